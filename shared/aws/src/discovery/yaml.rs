//! YAML as CloudFormation takes it: version 1.1, its tags as long intrinsic forms, aliases and merge keys expanded, the
//! last of doubled keys. JSON is YAML too.

use libyaml_safer::{EventData, Parser, ScalarStyle};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Far deeper than CloudFormation takes.
const DEEPEST: usize = 200;
/// Aliases of aliases can make a small text enormous. CloudFormation's largest template has a million bytes.
const MOST_NODES: usize = 2_000_000;

/// The first document.
///
/// # Errors
///
/// What is wrong, with its line and column.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let mut input = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut reader = Reader { parser, anchors: HashMap::new(), nodes: 0 };
    loop {
        match reader.next()? {
            EventData::StreamStart { .. } | EventData::DocumentStart { .. } => {}
            EventData::StreamEnd => return Err("it is empty".to_owned()),
            event => return reader.node(event, 0),
        }
    }
}

struct Reader<'r, 'b> {
    parser: Parser<&'b mut &'r [u8]>,
    /// With the number of nodes in each.
    anchors: HashMap<String, (Value, usize)>,
    nodes: usize,
}

impl Reader<'_, '_> {
    fn next(&mut self) -> Result<EventData, String> {
        self.parser.parse().map(|event| event.data).map_err(|e| e.to_string())
    }

    fn node(&mut self, event: EventData, depth: usize) -> Result<Value, String> {
        let before = self.nodes;
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return Err("it is too deep or too large".to_owned());
        }
        let (anchor, tag, value) = match event {
            EventData::Alias { anchor } => {
                let (value, nodes) =
                    self.anchors.get(&anchor).ok_or_else(|| format!("no anchor is called {anchor}"))?;
                self.nodes += nodes;
                return Ok(value.clone());
            }
            EventData::Scalar { anchor, tag, value, style, .. } => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                (anchor, tag, if plain { plain_scalar(value) } else { Value::String(value) })
            }
            EventData::SequenceStart { anchor, tag, .. } => (anchor, tag, self.sequence(depth)?),
            EventData::MappingStart { anchor, tag, .. } => (anchor, tag, self.mapping(depth)?),
            _ => return Err("a value is missing".to_owned()),
        };
        let value = match tag.as_deref().and_then(|t| t.strip_prefix('!')).filter(|name| !name.is_empty()) {
            Some(name) => tagged(name, value),
            None => value,
        };
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, (value.clone(), self.nodes - before));
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                EventData::SequenceEnd => return Ok(Value::Array(items)),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, String> {
        let mut own = Map::new();
        let mut merged = Vec::new();
        loop {
            let key = match self.next()? {
                EventData::MappingEnd => break,
                event => self.node(event, depth + 1)?,
            };
            let event = self.next()?;
            let value = self.node(event, depth + 1)?;
            match key {
                Value::String(key) if key == "<<" => merged.push(value),
                Value::String(key) => {
                    own.insert(key, value);
                }
                other => {
                    own.insert(other.to_string(), value);
                }
            }
        }
        // Its own keys stand above those merged in, and of these the first named.
        for value in merged {
            let maps = if let Value::Array(maps) = value { maps } else { vec![value] };
            for (key, value) in
                maps.into_iter().filter_map(|m| if let Value::Object(m) = m { Some(m) } else { None }).flatten()
            {
                own.entry(key).or_insert(value);
            }
        }
        Ok(Value::Object(own))
    }
}

/// What an unquoted scalar means in YAML 1.1. A number keeps its text where that would be lost: an account id with a
/// leading zero, a version `1.10`.
fn plain_scalar(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return json!(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return json!(false),
        _ => {}
    }
    let number = text.parse::<i64>().map(|n| json!(n)).or_else(|_| text.parse::<f64>().map(|n| json!(n)));
    match number {
        Ok(number) if number.to_string().as_str() == text => number,
        _ => Value::String(text),
    }
}

fn tagged(name: &str, value: Value) -> Value {
    match (name, value) {
        ("Ref" | "Condition", value) => json!({ name: value }),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            json!({ "Fn::GetAtt": [resource, attribute] })
        }
        (name, value) => json!({ format!("Fn::{name}"): value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cloudformation_takes_is_read() {
        for (text, value) in [
            (
                "p: !Sub '{\n  \"Version\": \"2012-10-17\"\n}'\n",
                json!({"p": {"Fn::Sub": "{ \"Version\": \"2012-10-17\" }"}}),
            ),
            ("p: \"one\ntwo\n\nthree \\\n   four\"\n", json!({"p": "one two\nthree four"})),
            ("\u{feff}a: 1\r\nb: x # y\r\n", json!({"a": 1, "b": "x"})),
            ("a: 1\nb: 2\na: 3\n", json!({"a": 3, "b": 2})),
            ("{\n\t\"a\": [1,\n\t\t2]\n}", json!({"a": [1, 2]})),
            (
                "x: &d {b: 1, c: 2}\ny:\n  <<: *d\n  c: 3\nz: [*d]\n",
                json!({
                "x": {"b": 1, "c": 2}, "y": {"b": 1, "c": 3}, "z": [{"b": 1, "c": 2}]}),
            ),
            (
                "a: &one {k: 1}\nb: &two {k: 2, l: 2}\nc: {<<: [*one, *two]}\n",
                json!({
                "a": {"k": 1}, "b": {"k": 2, "l": 2}, "c": {"k": 1, "l": 2}}),
            ),
            (
                "a: yes\nb: Off\nc: 'yes'\nd: !!str no\ne: y\n",
                json!({"a": true, "b": false, "c": "yes", "d": "no", "e": "y"}),
            ),
            (
                "a: 012345678901\nb: 1.10\nc: 0.5\nd: 2010-09-09\ne: ~\nf:\n",
                json!({
                "a": "012345678901", "b": "1.10", "c": 0.5, "d": "2010-09-09", "e": null, "f": null}),
            ),
            (
                "a: !If [Yes, !Join ['', [!Ref X, !GetAtt Y.Z.W]], !GetAtt [Q, Arn]]\n",
                json!({"a": {"Fn::If": [
                true, {"Fn::Join": ["", [{"Ref": "X"}, {"Fn::GetAtt": ["Y", "Z.W"]}]]}, {"Fn::GetAtt": ["Q", "Arn"]}]}}),
            ),
            (
                "a: !Sub\n  - ${x}\n  - {x: !ImportValue y}\n",
                json!({"a": {"Fn::Sub": ["${x}", {"x": {"Fn::ImportValue": "y"}}]}}),
            ),
            (
                "%YAML 1.1\n---\na: |\n  #!/bin/sh\n  x: y\nb: >-\n  one\n  two\n...\n",
                json!({"a": "#!/bin/sh\nx: y\n", "b": "one two"}),
            ),
            ("a:\n- b\n- c: d\n? e\n: f\n", json!({"a": ["b", {"c": "d"}], "e": "f"})),
        ] {
            assert_eq!(parse(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_yaml_says_why_and_where() {
        let error = parse("a: 1\nb: [unclosed\n").unwrap_err();
        assert!(error.contains("line 3") && error.contains("flow sequence"), "{error}");
        assert_eq!(parse(""), Err("it is empty".to_owned()));
        assert_eq!(parse("a: *b\n"), Err("no anchor is called b".to_owned()));
    }

    #[test]
    fn a_small_text_that_would_be_enormous_is_refused() {
        let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for i in 1..12 {
            let alias = format!("*a{}", i - 1);
            text += &format!("a{i}: &a{i} [{}]\n", vec![alias; 10].join(","));
        }
        assert!(parse(&text).is_err());
        assert!(parse(&"[".repeat(10_000)).is_err());
    }
}
