//! The model's names in Rust.

/// `SsmOpsItemId` → `ssm_ops_item_id`, `KMSKeyId` → `kms_key_id`.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(index + 1);
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || after.is_some_and(char::is_ascii_lowercase)
            });
        if begins {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

pub fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// As serde's `rename_all = "PascalCase"` makes it of a field's name.
pub fn pascal(snake: &str) -> String {
    snake.split('_').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// A variant for an enum's value: `NEW_INSIGHT` → `NewInsight`, `p99` → `P99`, `AWS::Lambda` → `AwsLambda`.
pub fn variant(value: &str) -> String {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            let is_loud = word.chars().all(|c| !c.is_ascii_lowercase());
            if is_loud { capitalised(&word.to_ascii_lowercase()) } else { capitalised(word) }
        })
        .collect()
}

pub fn field(name: &str) -> String {
    let snake = snake(name);
    if matches!(snake.as_str(), "type" | "where" | "match" | "ref") { format!("r#{snake}") } else { snake }
}
