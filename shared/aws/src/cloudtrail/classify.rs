//! Which API calls are changes, and of which class: the catalogue's table.

use serde_json::Value;
use stackseer_catalog::{Catalog, Change};

/// The entry for an event, if it is a change.
pub(crate) fn change_of(source: &str, name: &str, event: &Value) -> Option<&'static Change> {
    let source = source.trim_end_matches(".amazonaws.com");
    let fits = |(of, change): &(&str, &Change)| {
        (*of == "*" || *of == source)
            && change.names.iter().any(|pattern| matches(pattern, name))
            && change.has.as_ref().is_none_or(|pointer| event.pointer(pointer).is_some_and(|v| !v.is_null()))
    };
    let (_, change) = Catalog::builtin().changes().find(fits)?;
    change.class.is_some().then_some(change)
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
    use stackseer_model::EventClass;

    fn class(source: &str, name: &str) -> Option<EventClass> {
        change_of(source, name, &json!({})).and_then(|c| c.class)
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
