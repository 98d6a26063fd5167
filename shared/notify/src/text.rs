//! How names and numbers are said.

use stackseer_catalog::Catalog;
use stackseer_model::Severity;

const MOST_SENTENCE: usize = 600;

/// At most `most` characters, the last of them an ellipsis where something was left out.
pub(crate) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Line breaks, tabs and control characters become single spaces.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One line of no more than a paragraph.
pub(crate) fn sentence(text: &str) -> String {
    // Cut first: what is far too long need not be read to its end.
    clip(&one_line(&clip(text, 4 * MOST_SENTENCE)), MOST_SENTENCE)
}

pub(crate) fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().iter().flat_map(|c| c.to_uppercase()).collect();
    first + letters.as_str()
}

/// `checkout (Lambda function)`
pub(crate) fn named(name: &str, resource_type: &str) -> String {
    match resource_type.is_empty() {
        true => name.to_owned(),
        false => format!("{name} ({})", Catalog::builtin().kind(resource_type)),
    }
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
    }
}

/// `4,120`
pub(crate) fn count(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let parts: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|part| str::from_utf8(part).ok()).collect();
    parts.join(",")
}

/// `83 %`; what is neither all nor nothing never reads as if it were.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0 %".to_owned(),
        few if few < 1.0 => "under 1 %".to_owned(),
        most if (99.0..100.0).contains(&most) => "over 99 %".to_owned(),
        other => format!("{other:.0} %"),
    }
}

/// `third`
pub(crate) fn nth(number: u32) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let word = number.checked_sub(1).and_then(|index| WORDS.get(index as usize));
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    word.map_or_else(|| format!("{number}{ending}"), |word| (*word).to_owned())
}

/// `4,120 a minute` → `4120 a minute`: some receivers take a comma for the end of a value.
pub(crate) fn without_thousands(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let digit = |index: usize| letters.get(index).is_some_and(char::is_ascii_digit);
    let between_thousands =
        |index: usize| index > 0 && digit(index - 1) && (1..=3).all(|next| digit(index + next)) && !digit(index + 4);
    let kept = letters.iter().enumerate().filter(|(index, letter)| **letter != ',' || !between_thousands(*index));
    kept.map(|(_, letter)| *letter).collect()
}

/// The last part of an ARN or of `Type/name`.
pub(crate) fn short(id: &str) -> &str {
    id.rsplit(['/', ':']).next().filter(|last| !last.is_empty()).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!([0.0, 999.4, 4120.0, 1_234_567.0].map(count), ["0", "999", "4,120", "1,234,567"]);
        assert_eq!([0.0, 0.004, 0.83, 0.996, 1.0].map(percent), ["0 %", "under 1 %", "83 %", "over 99 %", "100 %"]);
        assert_eq!([1, 3, 10, 11, 21, 22, 112].map(nth), ["first", "third", "tenth", "11th", "21st", "22nd", "112th"]);
    }

    #[test]
    fn only_the_commas_of_thousands_are_left_out() {
        for (text, said) in [
            ("4,120 a minute", "4120 a minute"),
            ("1,234,567", "1234567"),
            ("512, 128 and 1,2", "512, 128 and 1,2"),
            ("12,3456", "12,3456"),
            ("orders,200", "orders,200"),
        ] {
            assert_eq!(without_thousands(text), said);
        }
    }
}
