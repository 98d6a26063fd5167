//! What the model allows: the one place where a request is held to it.

use crate::time::Time;
use regex::Regex;
use serde_json::Value;
use std::sync::OnceLock;

/// What a value may be.
#[derive(Debug)]
pub enum Rule {
    Structure(&'static [Member]),
    List { min: Option<usize>, max: Option<usize>, sparse: bool, of: &'static Rule },
    Map(&'static Rule),
    Text { min: Option<usize>, max: Option<usize>, pattern: Option<Pattern> },
    Enum(&'static [&'static str]),
    Integer { min: Option<i64>, max: Option<i64> },
    Double,
    Boolean,
    Time,
}

#[derive(Debug)]
pub struct Member {
    pub name: &'static str,
    pub required: bool,
    pub place: Place,
    pub rule: &'static Rule,
}

/// Where in a request or an answer a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Body,
    Uri,
    Query,
    Header,
}

/// A regular expression that may match anywhere unless it says otherwise.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    regex: OnceLock<Regex>,
}

impl Pattern {
    pub const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    fn is_match(&self, value: &str) -> bool {
        self.regex.get_or_init(|| Regex::new(self.text).expect("the model's patterns are valid")).is_match(value)
    }
}

/// What is wrong with a value, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `StatusFilter.Ongoing.Type`
    pub field: String,
    pub message: String,
    /// It isn't even of the right kind.
    pub is_other_kind: bool,
}

/// A request that breaks more rules than this is told of the first ones.
const MOST_VIOLATIONS: usize = 20;
/// Of a wrong value so much is said back.
const MOST_ECHOED: usize = 100;

impl Rule {
    pub fn members(&self) -> &'static [Member] {
        match self {
            Self::Structure(members) => members,
            _ => &[],
        }
    }

    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        let mut found = Vec::new();
        self.check(value, "", &mut found);
        found
    }

    fn check(&self, value: &Value, field: &str, found: &mut Vec<Violation>) {
        if found.len() >= MOST_VIOLATIONS {
            return;
        }
        match (self, value) {
            (Self::Structure(members), Value::Object(object)) => {
                for member in *members {
                    let field =
                        if field.is_empty() { member.name.to_owned() } else { format!("{field}.{}", member.name) };
                    match object.get(member.name) {
                        None | Some(Value::Null) if member.required => broken(found, &field, "Member must not be null"),
                        None | Some(Value::Null) => {}
                        Some(value) => member.rule.check(value, &field, found),
                    }
                }
            }
            (Self::List { min, max, sparse, of }, Value::Array(items)) => {
                within(items.len(), *min, *max, field, found);
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !sparse || !item.is_null()) {
                    of.check(item, &format!("{field}[{index}]"), found);
                }
            }
            (Self::Map(of), Value::Object(object)) => {
                object.iter().for_each(|(name, value)| of.check(value, &format!("{field}.{name}"), found));
            }
            (Self::Text { min, max, pattern }, Value::String(text)) => {
                within(text.chars().count(), *min, *max, field, found);
                if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
                    let rule = format!("Member must satisfy regular expression pattern: {}", pattern.text);
                    wrong(found, field, text, &rule);
                }
            }
            (Self::Enum(values), Value::String(text)) => {
                if !values.contains(&text.as_str()) {
                    let values = values.join(", ");
                    wrong(found, field, text, &format!("Member must satisfy enum value set: [{values}]"));
                }
            }
            (Self::Integer { min, max }, Value::Number(number)) => match number.as_i64() {
                Some(whole) => {
                    if let Some(min) = min.filter(|min| whole < *min) {
                        wrong(
                            found,
                            field,
                            &whole.to_string(),
                            &format!("Member must have value greater than or equal to {min}"),
                        );
                    }
                    if let Some(max) = max.filter(|max| whole > *max) {
                        wrong(
                            found,
                            field,
                            &whole.to_string(),
                            &format!("Member must have value less than or equal to {max}"),
                        );
                    }
                }
                None => other_kind(found, field, self),
            },
            (Self::Double, Value::Number(_)) | (Self::Boolean, Value::Bool(_)) => {}
            (Self::Time, Value::Number(number)) if number.as_f64().and_then(Time::of_seconds).is_some() => {}
            _ => other_kind(found, field, self),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Structure(_) | Self::Map(_) => "an object",
            Self::List { .. } => "a list",
            Self::Text { .. } | Self::Enum(_) => "a string",
            Self::Integer { .. } => "a whole number",
            Self::Double => "a number",
            Self::Boolean => "true or false",
            Self::Time => "a time, as a number of seconds since 1970",
        }
    }
}

fn within(length: usize, min: Option<usize>, max: Option<usize>, field: &str, found: &mut Vec<Violation>) {
    if let Some(min) = min.filter(|min| length < *min) {
        broken(found, field, &format!("Member must have length greater than or equal to {min}"));
    }
    if let Some(max) = max.filter(|max| length > *max) {
        broken(found, field, &format!("Member must have length less than or equal to {max}"));
    }
}

fn broken(found: &mut Vec<Violation>, field: &str, rule: &str) {
    let message = format!("Value at '{field}' failed to satisfy constraint: {rule}");
    found.push(Violation { field: field.to_owned(), message, is_other_kind: false });
}

fn wrong(found: &mut Vec<Violation>, field: &str, value: &str, rule: &str) {
    let value: String = value.chars().filter(|c| !c.is_control()).take(MOST_ECHOED).collect();
    let message = format!("Value '{value}' at '{field}' failed to satisfy constraint: {rule}");
    found.push(Violation { field: field.to_owned(), message, is_other_kind: false });
}

fn other_kind(found: &mut Vec<Violation>, field: &str, rule: &Rule) {
    let message = format!("Value at '{field}' is not {}", rule.kind());
    found.push(Violation { field: field.to_owned(), message, is_other_kind: true });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::Operation;
    use serde_json::json;

    fn fields(operation: Operation, request: Value) -> Vec<(String, bool)> {
        operation.input().violations(&request).into_iter().map(|v| (v.field, v.is_other_kind)).collect()
    }

    #[test]
    fn what_the_model_allows_passes() {
        for (operation, request) in [
            (Operation::ListInsights, json!({"StatusFilter": {"Ongoing": {"Type": "REACTIVE"}}, "MaxResults": 100})),
            (Operation::ListInsights, json!({"StatusFilter": {"Ongoing": null}, "Unknown": 1})),
            (Operation::DescribeOrganizationHealth, json!({})),
            (Operation::DescribeAccountOverview, json!({"FromTime": 1_794_996_400.5})),
            (
                Operation::UpdateResourceCollection,
                json!({"Action": "ADD", "ResourceCollection": {"Tags": [{"AppBoundaryKey": "devops-guru-ä b", "TagValues": ["*", ""]}]}}),
            ),
            (
                Operation::AddNotificationChannel,
                json!({"Config": {"Sns": {"TopicArn": "arn:aws:sns:eu-central-1:123456789012:ops"}}}),
            ),
        ] {
            assert_eq!(fields(operation, request), []);
        }
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let broken = |field: &str| vec![(field.to_owned(), false)];
        for (operation, request, field) in [
            (Operation::ListInsights, json!({}), "StatusFilter"),
            (
                Operation::ListInsights,
                json!({"StatusFilter": {"Ongoing": {"Type": "ODD"}}}),
                "StatusFilter.Ongoing.Type",
            ),
            (Operation::ListInsights, json!({"StatusFilter": {}, "MaxResults": 0}), "MaxResults"),
            (Operation::ListInsights, json!({"StatusFilter": {}, "MaxResults": 101}), "MaxResults"),
            (Operation::DescribeInsight, json!({"Id": "a/b"}), "Id"),
            (Operation::DescribeInsight, json!({"Id": "ä"}), "Id"),
            (Operation::DescribeInsight, json!({"Id": "a", "AccountId": "12345678901x"}), "AccountId"),
            (
                Operation::DescribeOrganizationHealth,
                json!({"AccountIds": [], "OrganizationalUnitIds": ["ou-1"]}),
                "OrganizationalUnitIds[0]",
            ),
        ] {
            assert_eq!(fields(operation, request.clone()), broken(field), "{request}");
        }
        let six = vec!["123456789012"; 6];
        assert_eq!(fields(Operation::DescribeOrganizationHealth, json!({"AccountIds": six})), broken("AccountIds"));
    }

    #[test]
    fn another_kind_of_value_is_told_apart() {
        let other = |field: &str| vec![(field.to_owned(), true)];
        for (request, field) in [
            (json!({"StatusFilter": []}), "StatusFilter"),
            (json!({"StatusFilter": {}, "MaxResults": "5"}), "MaxResults"),
            (json!({"StatusFilter": {}, "MaxResults": 5.5}), "MaxResults"),
            (
                json!({"StatusFilter": {"Any": {"Type": "REACTIVE", "StartTimeRange": {"FromTime": "2026-11-18T10:06:40Z"}}}}),
                "StatusFilter.Any.StartTimeRange.FromTime",
            ),
        ] {
            assert_eq!(fields(Operation::ListInsights, request), other(field));
        }
    }

    #[test]
    fn every_pattern_of_the_model_is_one_that_can_be_read() {
        fn patterns(rule: &'static Rule, found: &mut Vec<&'static Pattern>, depth: usize) {
            match rule {
                Rule::Text { pattern: Some(pattern), .. } => found.push(pattern),
                Rule::Structure(members) if depth < 9 => {
                    members.iter().for_each(|m| patterns(m.rule, found, depth + 1))
                }
                Rule::List { of, .. } | Rule::Map(of) => patterns(of, found, depth + 1),
                _ => {}
            }
        }
        let mut found = Vec::new();
        for operation in Operation::ALL {
            patterns(operation.input(), &mut found, 0);
            patterns(operation.output(), &mut found, 0);
        }
        assert!(found.len() > 20);
        found.iter().for_each(|pattern| _ = pattern.is_match("x"));
    }
}
