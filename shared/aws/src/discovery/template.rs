//! A CloudFormation template as `GetTemplate` returns it: JSON, or YAML with short intrinsic forms (`!Ref`, `!Sub`, …),
//! read into one JSON form with long ones.

use super::yaml;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub(crate) struct Template {
    /// By logical id.
    pub resources: BTreeMap<String, Declared>,
    pub conditions: Map<String, Value>,
    pub mappings: Map<String, Value>,
    pub outputs: Map<String, Value>,
    /// Something in it is imported from another stack.
    pub imports: bool,
    /// The parts that can't be read, and why.
    pub unread: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub cfn: String,
    pub properties: Value,
}

impl Template {
    /// # Errors
    ///
    /// No part of it can be read, and why.
    pub(crate) fn parse(body: &str) -> Result<Self, String> {
        let body = body.trim_start_matches('\u{feff}');
        // Braces may be YAML's as well.
        let json = body.trim_start().starts_with('{').then(|| serde_json::from_str(body));
        let read = match json {
            Some(Ok(document)) => Ok(Self::of(document)),
            Some(Err(error)) => yaml::parse(body).map(Self::of).map_err(|_| error.to_string()),
            None => yaml::parse(body).map(Self::of).or_else(|error| by_parts(body).ok_or(error)),
        };
        let imports = body.contains("ImportValue");
        read.map(|template| Self { imports, ..template })
    }

    fn of(mut document: Value) -> Self {
        let mut section = |name: &str| match document.get_mut(name).map(Value::take) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let resources = section("Resources").into_iter().filter_map(|(logical, mut declared)| {
            let cfn = declared.get("Type")?.as_str()?.to_owned();
            let properties = declared.get_mut("Properties").map(Value::take).unwrap_or_default();
            Some((logical, Declared { cfn, properties }))
        });
        Self {
            resources: resources.collect(),
            conditions: section("Conditions"),
            mappings: section("Mappings"),
            outputs: section("Outputs"),
            ..Self::default()
        }
    }

    fn extend(&mut self, other: Self) {
        self.resources.extend(other.resources);
        self.conditions.extend(other.conditions);
        self.mappings.extend(other.mappings);
        self.outputs.extend(other.outputs);
    }
}

/// Each resource, condition, … by itself, so that one that can't be read costs no other. `None` if no part can be.
fn by_parts(body: &str) -> Option<Template> {
    let mut whole = Template::default();
    for (section, text) in blocks(body, 0) {
        let indent = text.lines().skip(1).find(|l| is_content(l)).map_or(0, |l| l.len() - l.trim_start().len());
        let members = if indent > 0 { blocks(&text, indent) } else { Vec::new() };
        for (name, member) in members {
            match yaml::parse(&format!("{section}:\n{member}")) {
                Ok(document) => whole.extend(Template::of(document)),
                Err(reason) => whole.unread.push((format!("{section}/{name}"), reason)),
            }
        }
    }
    (!whole.resources.is_empty()).then_some(whole)
}

fn is_content(line: &str) -> bool {
    !line.trim().is_empty() && !line.trim_start().starts_with('#')
}

/// The keys at this indentation, each with its lines.
fn blocks(text: &str, indent: usize) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let starts = |name: &str| name.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\''));
        let key = line.get(indent..).filter(|rest| starts(rest) && line[..indent].trim().is_empty());
        if let Some((name, _)) = key.and_then(|rest| rest.split_once(':')) {
            blocks.push((name.trim_matches(['"', '\'', ' ']).to_owned(), String::new()));
        }
        if let Some((_, lines)) = blocks.last_mut() {
            lines.push_str(line);
            lines.push('\n');
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_forms_become_long_ones() {
        let template = Template::parse(
            r#"
AWSTemplateFormatVersion: 2010-09-09
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Both: !And [!Condition Prod, !Not [!Condition Old]]
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 30
      Code: {ZipFile: "exports.handler = () => {}"}
      Role: !GetAtt Role.Arn
      FunctionName: !Sub "${AWS::StackName}-worker"
      Environment:
        Variables:
          TABLE: !Ref Orders
          URL: !Join ["", ["https://", !Ref Api, ".example.com"]]
          SIZE: !If [Prod, !FindInMap [Sizes, prod, mb], "128"]
"#,
        )
        .unwrap();
        let worker = &template.resources["Worker"];
        assert_eq!(worker.cfn, "AWS::Lambda::Function");
        assert_eq!(worker.properties["Role"], json!({ "Fn::GetAtt": ["Role", "Arn"] }));
        assert_eq!(worker.properties["FunctionName"], json!({ "Fn::Sub": "${AWS::StackName}-worker" }));
        assert_eq!(worker.properties["Timeout"], json!(30));
        let variables = &worker.properties["Environment"]["Variables"];
        assert_eq!(variables["TABLE"], json!({ "Ref": "Orders" }));
        assert_eq!(variables["URL"], json!({ "Fn::Join": ["", ["https://", { "Ref": "Api" }, ".example.com"]] }));
        let size = json!({ "Fn::If": ["Prod", { "Fn::FindInMap": ["Sizes", "prod", "mb"] }, "128"] });
        assert_eq!(variables["SIZE"], size);
        let both = json!({ "Fn::And": [{ "Condition": "Prod" }, { "Fn::Not": [{ "Condition": "Old" }] }] });
        assert_eq!(template.conditions["Both"], both);
    }

    #[test]
    fn json_is_taken_as_it_is() {
        let template = Template::parse(r#"{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}"#).unwrap();
        assert_eq!(template.resources["Q"].cfn, "AWS::SQS::Queue");
        assert_eq!(template.resources["Q"].properties, Value::Null);
    }

    #[test]
    fn a_part_that_can_not_be_read_costs_no_other() {
        let template = Template::parse(
            "Conditions:\n  Prod: !Equals [a, a]\nResources:\n  # The first\n  Jobs:\n    Type: AWS::SQS::Queue\n\
             \x20   Properties: {VisibilityTimeout: 90}\n  Broken:\n    Type: AWS::SNS::Topic\n    Properties: [}\n\
             \x20 Dead: {Type: AWS::SQS::Queue}\n",
        )
        .unwrap();
        assert_eq!(template.resources.keys().collect::<Vec<_>>(), ["Dead", "Jobs"]);
        assert_eq!(template.resources["Jobs"].properties["VisibilityTimeout"], json!(90));
        assert!(template.conditions.contains_key("Prod"));
        let [(part, reason)] = template.unread.as_slice() else { panic!("{:?}", template.unread) };
        assert_eq!(part, "Resources/Broken");
        assert!(reason.contains("flow"), "{reason}");
    }

    #[test]
    fn braces_may_be_json_or_yaml() {
        for body in [
            "\u{feff}{\"Resources\": {\"Q\": {\"Type\": \"AWS::SNS::Topic\"}, \"Q\": {\"Type\": \"AWS::SQS::Queue\"}}}",
            "{Resources: {Q: {Type: AWS::SQS::Queue}}}",
        ] {
            assert_eq!(Template::parse(body).unwrap().resources["Q"].cfn, "AWS::SQS::Queue");
        }
    }

    #[test]
    fn what_is_no_template_says_why() {
        assert!(Template::parse("{").is_err());
        assert!(Template::parse("Resources: [unclosed").is_err());
        assert!(Template::parse("").is_err());
        assert!(Template::parse("just text").unwrap().resources.is_empty());
    }
}
