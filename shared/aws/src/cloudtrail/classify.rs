//! The table in `changes.toml`: which API calls are changes, and of which class.

use serde::Deserialize;
use serde_json::Value;
use stackseer_model::EventClass;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("changes.toml")).expect("changes.toml is read by a test"));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    change: Vec<Change>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    source: String,
    names: Vec<String>,
    /// Only events in which this pointer leads somewhere.
    has: Option<String>,
    pub class: Option<EventClass>,
    #[serde(default, rename = "property")]
    pub properties: Vec<Property>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Property {
    pub name: String,
    pub from: Option<String>,
    pub to: Option<String>,
    /// Changed if this leads somewhere, without saying to what.
    pub when: Option<String>,
    /// The catalogue's words for the event's.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
}

/// The entry for an event, if it is a change.
pub(crate) fn change_of(source: &str, name: &str, event: &Value) -> Option<&'static Change> {
    let source = source.trim_end_matches(".amazonaws.com");
    let fits = |change: &&Change| {
        (change.source == "*" || change.source == source)
            && change.names.iter().any(|pattern| matches(pattern, name))
            && change.has.as_ref().is_none_or(|pointer| event.pointer(pointer).is_some_and(|v| !v.is_null()))
    };
    TABLE.change.iter().find(fits).filter(|change| change.class.is_some())
}

/// `*` at either end stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        _ if pattern == "*" => true,
        (Some(inner), Some(_)) => name.contains(inner.trim_end_matches('*')),
        (Some(ending), None) => name.ends_with(ending),
        (None, Some(beginning)) => name.starts_with(beginning),
        (None, None) => pattern == name,
    }
}

/// `UpdateFunctionCode20150331v2` → `UpdateFunctionCode`, `UpdateDistribution2020_05_31` → `UpdateDistribution`.
pub(crate) fn without_version(name: &str) -> &str {
    let Some(start) = name.find(|c: char| c.is_ascii_digit()).filter(|start| *start > 0) else { return name };
    let tail = &name[start..];
    let digits = tail.chars().filter(char::is_ascii_digit).count();
    let is_version = digits >= 8 && tail.chars().all(|c| c.is_ascii_digit() || matches!(c, 'v' | '_'));
    if is_version { &name[..start] } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn class(source: &str, name: &str) -> Option<EventClass> {
        change_of(source, name, &json!({})).and_then(|c| c.class)
    }

    #[test]
    fn the_table_is_well_formed() {
        assert!(TABLE.change.len() > 40);
        for change in &TABLE.change {
            for property in &change.properties {
                let pointers: Vec<_> = [&property.from, &property.to, &property.when].into_iter().flatten().collect();
                assert!(!pointers.is_empty(), "{} of {:?} says nothing", property.name, change.names);
                assert!(
                    pointers
                        .iter()
                        .all(|p| p.starts_with("/requestParameters/") || p.starts_with("/responseElements/"))
                );
            }
        }
    }

    #[test]
    fn api_versions_are_cut_off_and_other_digits_stay() {
        for (name, plain) in [
            ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
            ("PutFunctionConcurrency20171031", "PutFunctionConcurrency"),
            ("UpdateDistribution2020_05_31", "UpdateDistribution"),
            ("CreateStack", "CreateStack"),
            ("CreateVpcV2", "CreateVpcV2"),
            ("UpdateEC2Fleet", "UpdateEC2Fleet"),
            ("20150331", "20150331"),
        ] {
            assert_eq!(without_version(name), plain);
        }
    }

    #[test]
    fn five_classes_and_none() {
        use EventClass::*;
        for (source, name, expected) in [
            ("lambda.amazonaws.com", "UpdateFunctionCode", Some(Deployment)),
            ("lambda.amazonaws.com", "UpdateFunctionConfiguration", Some(ConfigChange)),
            ("lambda.amazonaws.com", "AddPermission", Some(SecurityChange)),
            ("lambda.amazonaws.com", "CreateFunction", Some(Infrastructure)),
            ("lambda.amazonaws.com", "TagResource", None),
            ("dynamodb.amazonaws.com", "UpdateTable", Some(ConfigChange)),
            ("dynamodb.amazonaws.com", "DeleteTable", Some(Infrastructure)),
            ("cloudformation.amazonaws.com", "UpdateStack", Some(Deployment)),
            ("cloudformation.amazonaws.com", "CreateChangeSet", None),
            ("codedeploy.amazonaws.com", "CreateDeployment", Some(Deployment)),
            ("iam.amazonaws.com", "PutRolePolicy", Some(SecurityChange)),
            ("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", Some(SecurityChange)),
            ("ec2.amazonaws.com", "ModifySecurityGroupRules", Some(SecurityChange)),
            ("states.amazonaws.com", "StartExecution", None),
            ("logs.amazonaws.com", "CreateLogStream", None),
            ("glue.amazonaws.com", "UpdateTable", Some(SchemaChange)),
            ("newservice.amazonaws.com", "UpdateThing", Some(ConfigChange)),
            ("newservice.amazonaws.com", "FrobnicateThing", None),
        ] {
            assert_eq!(class(source, name), expected, "{source} {name}");
        }
        let index = json!({"requestParameters": {"globalSecondaryIndexUpdates": [{}]}});
        assert_eq!(change_of("dynamodb.amazonaws.com", "UpdateTable", &index).unwrap().class, Some(SchemaChange));
    }
}
