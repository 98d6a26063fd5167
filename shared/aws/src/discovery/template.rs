//! A CloudFormation template as `GetTemplate` returns it: JSON, or YAML with short intrinsic forms (`!Ref`, `!Sub`, …),
//! read into one JSON form with long ones.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub(crate) struct Template {
    /// By logical id.
    pub resources: BTreeMap<String, Declared>,
    pub conditions: Map<String, Value>,
    pub mappings: Map<String, Value>,
}

#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub cfn: String,
    pub properties: Value,
}

impl Template {
    pub(crate) fn parse(body: &str) -> Result<Self, String> {
        let mut document = match body.trim_start().starts_with('{') {
            true => serde_json::from_str(body).map_err(|e| e.to_string())?,
            false => yaml(body)?,
        };
        let mut section = |name: &str| match document.get_mut(name).map(Value::take) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let resources = section("Resources").into_iter().filter_map(|(logical, mut declared)| {
            let cfn = declared.get("Type")?.as_str()?.to_owned();
            let properties = declared.get_mut("Properties").map(Value::take).unwrap_or_default();
            Some((logical, Declared { cfn, properties }))
        });
        let resources = resources.collect();
        Ok(Self { resources, conditions: section("Conditions"), mappings: section("Mappings") })
    }
}

fn yaml(body: &str) -> Result<Value, String> {
    let documents = Yaml::load_from_str(body).map_err(|e| e.to_string())?;
    documents.first().map(json_of).ok_or_else(|| "the template is empty".to_owned())
}

fn json_of(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(b) => json!(b),
            Scalar::Integer(i) => json!(i),
            Scalar::FloatingPoint(f) => json!(f.into_inner()),
            Scalar::String(s) => json!(s),
        },
        Yaml::Sequence(items) => Value::Array(items.iter().map(json_of).collect()),
        Yaml::Mapping(map) => Value::Object(map.iter().map(|(key, value)| (key_of(key), json_of(value))).collect()),
        Yaml::Tagged(tag, inner) => {
            let inner = json_of(inner);
            match (tag.suffix.as_str(), inner) {
                ("Ref", inner) => json!({ "Ref": inner }),
                ("Condition", inner) => json!({ "Condition": inner }),
                ("GetAtt", Value::String(path)) => {
                    let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
                    json!({ "Fn::GetAtt": [resource, attribute] })
                }
                (name, inner) => json!({ format!("Fn::{name}"): inner }),
            }
        }
        Yaml::Representation(text, ..) => json!(text),
        Yaml::Alias(_) | Yaml::BadValue => Value::Null,
    }
}

fn key_of(key: &Yaml<'_>) -> String {
    match json_of(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_is_no_template_says_why() {
        assert!(Template::parse("{").is_err());
        assert!(Template::parse("Resources: [unclosed").is_err());
        assert!(Template::parse("").is_err());
        assert!(Template::parse("just text").unwrap().resources.is_empty());
    }
}
