//! What a template's values are once the stack exists: intrinsic functions over parameters, physical ids and outputs.

use super::template::Template;
use crate::client::Place;
use serde_json::{Map, Value};
use stackseer_model::Resource;
use std::collections::BTreeMap;

/// All that `Ref`, `GetAtt` and their like can mean in one stack.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a> {
    pub template: &'a Template,
    pub stack: &'a str,
    pub stack_id: &'a str,
    pub place: &'a Place,
    /// Values as `DescribeStacks` gives them.
    pub parameters: &'a BTreeMap<String, String>,
    /// What exists, by logical id.
    pub resources: &'a BTreeMap<String, Resource>,
    /// What `Ref` gives for them.
    pub physical_ids: &'a BTreeMap<String, String>,
    /// Of nested stacks, by logical id.
    pub outputs: &'a BTreeMap<String, BTreeMap<String, String>>,
    /// The stack's own.
    pub own_outputs: &'a BTreeMap<String, String>,
    /// Of all the stacks that could be read.
    pub exports: &'a BTreeMap<String, String>,
}

/// Something a value points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reference {
    /// A resource of the same template.
    Logical(String),
    /// Text that may name a resource: an ARN, a URL, a name.
    Text(String),
}

impl Scope<'_> {
    /// The value with every intrinsic that can be known replaced by what it gives. The others stay.
    pub(crate) fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::Object(map) => match intrinsic(map) {
                Some((name, argument)) => self.call(name, argument).unwrap_or_else(|| value.clone()),
                None => Value::Object(
                    map.iter().map(|(k, v)| (k.clone(), self.resolve(v))).filter(|(_, v)| !v.is_null()).collect(),
                ),
            },
            Value::Array(items) => {
                Value::Array(items.iter().map(|v| self.resolve(v)).filter(|v| !v.is_null()).collect())
            }
            _ => value.clone(),
        }
    }

    /// The value as text, if all of it is known.
    pub(crate) fn text(&self, value: &Value) -> Option<String> {
        match self.resolve(value) {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(bool) => Some(bool.to_string()),
            _ => None,
        }
    }

    fn call(&self, name: &str, argument: &Value) -> Option<Value> {
        let items = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        match name {
            "Ref" => self.reference(argument.as_str()?),
            "Fn::GetAtt" => {
                let (resource, attribute) = get_att(argument)?;
                self.attribute(&resource, &attribute).map(Value::String)
            }
            "Fn::Sub" => self.substitute(argument).map(Value::String),
            "Fn::Join" => {
                let separator = items.first()?.as_str()?;
                let parts = self.resolve(items.get(1)?);
                let parts: Option<Vec<String>> = parts.as_array()?.iter().map(|p| self.text(p)).collect();
                Some(Value::String(parts?.join(separator)))
            }
            "Fn::Select" => {
                let index: usize = self.text(items.first()?)?.parse().ok()?;
                self.resolve(items.get(1)?).as_array()?.get(index).cloned()
            }
            "Fn::Split" => {
                let separator = items.first()?.as_str()?;
                let text = self.text(items.get(1)?)?;
                Some(text.split(separator).map(Value::from).collect())
            }
            "Fn::FindInMap" => {
                let key = |i: usize| self.text(items.get(i)?);
                let [map, first, second] = [key(0)?, key(1)?, key(2)?];
                let found = self.template.mappings.get(&map).and_then(|m| m.get(&first)?.get(&second)).cloned();
                found.or_else(|| Some(self.resolve(items.get(3)?.get("DefaultValue")?)))
            }
            "Fn::ToJsonString" => {
                let resolved = self.resolve(argument);
                (!has_intrinsic(&resolved)).then(|| Value::String(resolved.to_string()))
            }
            "Fn::ImportValue" => self.exports.get(&self.text(argument)?).cloned().map(Value::String),
            "Fn::If" => {
                let branch = if self.condition(items.first()?)? { items.get(1)? } else { items.get(2)? };
                Some(self.resolve(branch))
            }
            _ => None,
        }
    }

    fn reference(&self, name: &str) -> Option<Value> {
        let Place { partition, region, account } = self.place;
        let text = match name {
            "AWS::NoValue" => return Some(Value::Null),
            "AWS::Region" => region.clone(),
            "AWS::AccountId" => account.clone(),
            "AWS::Partition" => partition.clone(),
            "AWS::StackName" => self.stack.to_owned(),
            "AWS::StackId" => self.stack_id.to_owned(),
            "AWS::URLSuffix" if partition == "aws-cn" => "amazonaws.com.cn".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            _ => self.parameters.get(name).or_else(|| self.physical_ids.get(name))?.clone(),
        };
        Some(Value::String(text))
    }

    /// ARNs and names are what points at resources; other attributes stay unknown.
    fn attribute(&self, logical: &str, attribute: &str) -> Option<String> {
        if let Some(output) = attribute.strip_prefix("Outputs.") {
            return self.outputs.get(logical)?.get(output).cloned();
        }
        let resource = self.resources.get(logical)?;
        match attribute {
            "Arn" | "TopicArn" | "LoadBalancerArn" | "TargetGroupArn" | "ServiceArn" => resource.arn.clone(),
            "Name" | "QueueName" | "TopicName" => Some(resource.name.clone()),
            _ => None,
        }
    }

    fn substitute(&self, argument: &Value) -> Option<String> {
        let (text, own) = sub_parts(argument)?;
        let mut known = true;
        let result = replace_variables(text, |name| {
            let value = match own.and_then(|map| map.get(name)) {
                Some(value) => self.text(value),
                None => match name.split_once('.') {
                    Some((resource, attribute)) => self.attribute(resource, attribute),
                    None => self.reference(name).and_then(|v| v.as_str().map(str::to_owned)),
                },
            };
            known &= value.is_some();
            value.unwrap_or_default()
        });
        known.then_some(result)
    }

    fn condition(&self, value: &Value) -> Option<bool> {
        match value {
            Value::String(name) => return self.condition(self.template.conditions.get(name)?),
            // One that is called `Yes` or `No`.
            Value::Bool(name) => return self.condition(self.template.conditions.get(&name.to_string())?),
            _ => {}
        }
        let (name, argument) = intrinsic(value.as_object()?)?;
        let items = argument.as_array().map(Vec::as_slice).unwrap_or_default();
        match name {
            "Condition" => self.condition(argument),
            "Fn::Equals" => Some(self.text(items.first()?)? == self.text(items.get(1)?)?),
            "Fn::Not" => self.condition(items.first()?).map(|c| !c),
            "Fn::And" => {
                items.iter().map(|c| self.condition(c)).collect::<Option<Vec<_>>>().map(|c| c.iter().all(|c| *c))
            }
            "Fn::Or" => {
                items.iter().map(|c| self.condition(c)).collect::<Option<Vec<_>>>().map(|c| c.iter().any(|c| *c))
            }
            _ => None,
        }
    }

    /// Of a choice whose condition is known, what was chosen; the value itself otherwise.
    pub(crate) fn chosen<'v>(&self, value: &'v Value) -> &'v Value {
        let choice = value.as_object().and_then(intrinsic).filter(|(name, _)| *name == "Fn::If");
        let Some([condition, yes, no]) = choice.and_then(|(_, items)| items.as_array()).map(Vec::as_slice) else {
            return value;
        };
        match self.condition(condition) {
            Some(true) => self.chosen(yes),
            Some(false) => self.chosen(no),
            None => value,
        }
    }

    /// The texts of a list, each with `*` for what is not known of it.
    pub(crate) fn patterns(&self, value: &Value) -> Vec<String> {
        match self.chosen(value) {
            Value::Array(items) => items.iter().flat_map(|item| self.patterns(item)).collect(),
            value => match self.resolve(value) {
                Value::Null => vec![],
                Value::Array(items) => items.iter().map(|item| self.pattern(item)).collect(),
                _ => vec![self.pattern(value)],
            },
        }
    }

    /// The text, with `*` for what is not known of it.
    pub(crate) fn pattern(&self, value: &Value) -> String {
        let value = self.chosen(value);
        if let Some(text) = self.text(value) {
            return text;
        }
        let Some((name, argument)) = value.as_object().and_then(intrinsic) else { return "*".to_owned() };
        let of_resource = |logical: &str| {
            let arn = self.resources.get(logical).and_then(|r| r.arn.clone());
            arn.map_or_else(|| "*".to_owned(), |arn| format!("{arn}/*"))
        };
        match name {
            "Fn::GetAtt" => get_att(argument).map_or_else(|| "*".to_owned(), |(logical, _)| of_resource(&logical)),
            "Fn::Sub" => sub_parts(argument).map_or_else(
                || "*".to_owned(),
                |(text, own)| {
                    replace_variables(text, |variable| match own.and_then(|map| map.get(variable)) {
                        Some(value) => self.pattern(value),
                        None => match variable.split_once('.') {
                            Some((logical, attribute)) => {
                                self.attribute(logical, attribute).unwrap_or_else(|| of_resource(logical))
                            }
                            None => self
                                .reference(variable)
                                .and_then(|v| v.as_str().map(str::to_owned))
                                .unwrap_or_else(|| "*".to_owned()),
                        },
                    })
                },
            ),
            "Fn::Join" => match argument.as_array().map(Vec::as_slice) {
                Some([Value::String(separator), Value::Array(parts)]) => {
                    parts.iter().map(|part| self.pattern(part)).collect::<Vec<_>>().join(separator)
                }
                _ => "*".to_owned(),
            },
            _ => "*".to_owned(),
        }
    }

    /// Everything the value points at, in its own order and with doubles. Of a choice whose condition is known, only
    /// what was chosen.
    pub(crate) fn references(&self, value: &Value) -> Vec<Reference> {
        let mut found = Vec::new();
        self.collect(value, &mut found);
        found
    }

    fn collect(&self, value: &Value, found: &mut Vec<Reference>) {
        match value {
            Value::String(text) => found.push(Reference::Text(text.clone())),
            Value::Array(items) => items.iter().for_each(|v| self.collect(v, found)),
            Value::Object(map) => match intrinsic(map) {
                Some((name, argument)) => self.collect_call(name, argument, found),
                None => map.values().for_each(|v| self.collect(v, found)),
            },
            _ => {}
        }
    }

    fn collect_call(&self, name: &str, argument: &Value, found: &mut Vec<Reference>) {
        let named = |name: &str, found: &mut Vec<Reference>| {
            if self.template.resources.contains_key(name) {
                found.push(Reference::Logical(name.to_owned()));
            }
        };
        match name {
            "Ref" => named(argument.as_str().unwrap_or_default(), found),
            "Fn::GetAtt" => {
                if let Some((resource, _)) = get_att(argument) {
                    named(&resource, found);
                }
            }
            "Fn::Sub" => {
                if let Some((text, own)) = sub_parts(argument) {
                    replace_variables(text, |variable| {
                        match own.and_then(|map| map.get(variable)) {
                            Some(value) => self.collect(value, found),
                            None => named(variable.split('.').next().unwrap_or(variable), found),
                        }
                        String::new()
                    });
                }
            }
            "Fn::If" => {
                let items = argument.as_array().map(Vec::as_slice).unwrap_or_default();
                let chosen = items.first().and_then(|c| self.condition(c));
                for (branch, holds) in items.iter().skip(1).zip([true, false]) {
                    if chosen.is_none_or(|c| c == holds) {
                        self.collect(branch, found);
                    }
                }
                return;
            }
            _ => self.collect(argument, found),
        }
        // What it comes to may itself be the name, ARN or URL of something in another stack.
        if let Some(Value::String(text)) = self.call(name, argument) {
            found.push(Reference::Text(text));
        }
    }
}

/// `{"Ref": …}`, `{"Fn::…": …}` and `{"Condition": …}`: objects with exactly one such key.
fn intrinsic(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = map.iter().next()?;
    let known = map.len() == 1
        && (name.starts_with("Fn::")
            || name == "Ref" && argument.is_string()
            || name == "Condition" && (argument.is_string() || argument.is_boolean()));
    known.then_some((name.as_str(), argument))
}

fn has_intrinsic(value: &Value) -> bool {
    match value {
        Value::Object(map) => intrinsic(map).is_some() || map.values().any(has_intrinsic),
        Value::Array(items) => items.iter().any(has_intrinsic),
        _ => false,
    }
}

/// `["Resource", "Attr"]` or `"Resource.Attr"`.
fn get_att(argument: &Value) -> Option<(String, String)> {
    match argument {
        Value::String(path) => path.split_once('.').map(|(r, a)| (r.to_owned(), a.to_owned())),
        Value::Array(parts) => Some((parts.first()?.as_str()?.to_owned(), parts.get(1)?.as_str()?.to_owned())),
        _ => None,
    }
}

fn sub_parts(argument: &Value) -> Option<(&str, Option<&Map<String, Value>>)> {
    match argument {
        Value::String(text) => Some((text, None)),
        Value::Array(parts) => Some((parts.first()?.as_str()?, parts.get(1).and_then(Value::as_object))),
        _ => None,
    }
}

/// Replaces `${name}`; `${!name}` is the literal `${name}`.
fn replace_variables(text: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(end) = rest[start..].find('}') else { break };
        result.push_str(&rest[..start]);
        let name = rest[start + 2..start + end].trim();
        match name.strip_prefix('!') {
            Some(literal) => result.push_str(&format!("${{{literal}}}")),
            None => result.push_str(&value(name)),
        }
        rest = &rest[start + end + 1..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use stackseer_catalog::Catalog;

    /// Owns what a scope borrows.
    struct Stack {
        template: Template,
        place: Place,
        parameters: BTreeMap<String, String>,
        resources: BTreeMap<String, Resource>,
        physical_ids: BTreeMap<String, String>,
        outputs: BTreeMap<String, BTreeMap<String, String>>,
        exports: BTreeMap<String, String>,
        own_outputs: BTreeMap<String, String>,
    }

    fn stack() -> Stack {
        let template = json!({
            "Conditions": {
                "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
                "NotProd": {"Fn::Not": [{"Condition": "Prod"}]},
                "Unknown": {"Fn::Equals": [{"Ref": "Nobody"}, "x"]},
            },
            "Mappings": {"Sizes": {"prod": {"mb": 1024}}},
            "Resources": {
                "Orders": {"Type": "AWS::DynamoDB::Table"},
                "Worker": {"Type": "AWS::Lambda::Function"},
                "Data": {"Type": "AWS::CloudFormation::Stack"},
            },
        });
        let place = Place { partition: "aws".into(), region: "eu-west-1".into(), account: "123456789012".into() };
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Stack {
            template: Template::parse(&template.to_string()).unwrap(),
            parameters: map(&[("Stage", "prod"), ("Names", "a,b")]),
            resources: BTreeMap::from([
                ("Orders".into(), Catalog::builtin().resource_of_id("AWS::DynamoDB::Table", "shop-orders", &place)),
                ("Worker".into(), Catalog::builtin().resource_of_id("AWS::Lambda::Function", "shop-worker", &place)),
            ]),
            physical_ids: map(&[("Orders", "shop-orders"), ("Worker", "shop-worker")]),
            outputs: BTreeMap::from([("Data".into(), map(&[("Queue", "https://sqs/1/jobs")]))]),
            exports: map(&[("shared-topic", "arn:aws:sns:eu-west-1:123456789012:news")]),
            own_outputs: BTreeMap::new(),
            place,
        }
    }

    impl Stack {
        fn scope(&self) -> Scope<'_> {
            Scope {
                template: &self.template,
                stack: "shop",
                stack_id: "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1",
                place: &self.place,
                parameters: &self.parameters,
                resources: &self.resources,
                physical_ids: &self.physical_ids,
                outputs: &self.outputs,
                exports: &self.exports,
                own_outputs: &self.own_outputs,
            }
        }
    }

    #[test]
    fn intrinsics_give_what_cloudformation_gave() {
        let stack = stack();
        let scope = stack.scope();
        for (value, text) in [
            (json!({"Ref": "Orders"}), Some("shop-orders")),
            (json!({"Ref": "Stage"}), Some("prod")),
            (
                json!({"Fn::GetAtt": ["Orders", "Arn"]}),
                Some("arn:aws:dynamodb:eu-west-1:123456789012:table/shop-orders"),
            ),
            (json!({"Fn::GetAtt": "Data.Outputs.Queue"}), Some("https://sqs/1/jobs")),
            (
                json!({"Fn::Sub": "${AWS::StackName}-${Stage}-${!Kept}-${Worker}"}),
                Some("shop-prod-${Kept}-shop-worker"),
            ),
            (json!({"Fn::Sub": ["${Table.Name}/${X}", {"Table.Name": "t", "X": {"Ref": "Stage"}}]}), Some("t/prod")),
            (json!({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 1]]}), Some("a-prod-1")),
            (json!({"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "Names"}]}]}), Some("b")),
            (json!({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "mb"]}), Some("1024")),
            (json!({"Fn::FindInMap": ["Sizes", "dev", "mb", {"DefaultValue": 128}]}), Some("128")),
            (json!({"Fn::FindInMap": ["Sizes", {"Ref": "Nobody"}, "mb", {"DefaultValue": 128}]}), None),
            (json!({"Fn::ToJsonString": {"table": {"Ref": "Orders"}}}), Some("{\"table\":\"shop-orders\"}")),
            (json!({"Fn::If": ["NotProd", "no", {"Fn::If": ["Prod", "yes", "no"]}]}), Some("yes")),
            (json!({"Fn::ImportValue": "shared-topic"}), Some("arn:aws:sns:eu-west-1:123456789012:news")),
            (json!({"Fn::If": ["Unknown", "a", "b"]}), None),
            (json!({"Fn::Sub": "x-${Nobody}"}), None),
            (json!({"Fn::GetAtt": ["Worker", "SnapStartResponse"]}), None),
            (json!({"Ref": "AWS::NoValue"}), None),
            (json!({"Fn::Sub": "broken ${"}), Some("broken ${")),
        ] {
            assert_eq!(scope.text(&value).as_deref(), text, "{value}");
        }
    }

    #[test]
    fn of_what_is_not_known_a_pattern_is_left() {
        let stack = stack();
        let scope = stack.scope();
        let orders = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-orders";
        for (value, patterns) in [
            (json!("*"), vec!["*".to_owned()]),
            (json!([{"Fn::GetAtt": ["Orders", "Arn"]}, {"Ref": "AWS::NoValue"}]), vec![orders.to_owned()]),
            (json!({"Fn::GetAtt": ["Orders", "StreamArn"]}), vec![format!("{orders}/*")]),
            (json!({"Fn::Sub": "arn:aws:sqs:*:*:${Nobody}-jobs"}), vec!["arn:aws:sqs:*:*:*-jobs".to_owned()]),
            (json!({"Fn::Join": [":", ["arn", {"Fn::ImportValue": "unknown"}]]}), vec!["arn:*".to_owned()]),
            (json!({"Fn::If": ["Prod", {"Fn::GetAtt": ["Orders", "Arn"]}, "*"]}), vec![orders.to_owned()]),
        ] {
            assert_eq!(scope.patterns(&value), patterns, "{value}");
        }
    }

    #[test]
    fn references_are_found_however_they_are_written() {
        let stack = stack();
        let scope = stack.scope();
        let logical = |value: Value| {
            let mut names: Vec<String> = scope
                .references(&value)
                .into_iter()
                .filter_map(|r| if let Reference::Logical(name) = r { Some(name) } else { None })
                .collect();
            names.dedup();
            names
        };
        assert_eq!(logical(json!([{"Ref": "Orders"}, {"Ref": "Stage"}])), ["Orders"]);
        assert_eq!(logical(json!({"a": {"Fn::Sub": "${Worker.Arn}/invocations"}})), ["Worker"]);
        assert_eq!(logical(json!({"Fn::Join": ["", ["arn:x/", {"Fn::GetAtt": ["Orders", "Arn"]}]]})), ["Orders"]);
        assert_eq!(logical(json!({"Fn::If": ["Prod", {"Ref": "Orders"}, {"Ref": "Worker"}]})), ["Orders"]);
        assert_eq!(logical(json!({"Fn::If": ["Unknown", {"Ref": "Orders"}, {"Ref": "Worker"}]})), ["Orders", "Worker"]);
        assert_eq!(logical(json!({"Fn::Sub": ["${Fn}", {"Fn": {"Ref": "Worker"}}]})), ["Worker"]);
        let texts = scope.references(&json!({"Fn::GetAtt": ["Data", "Outputs.Queue"]}));
        assert!(texts.contains(&Reference::Text("https://sqs/1/jobs".into())));
    }
}
