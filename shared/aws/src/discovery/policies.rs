//! What a role may call, from its own policies and those attached to it in the same template.

use super::intrinsics::{Reference, Scope};
use super::template::Template;
use serde_json::Value;

/// Actions by which code reads from what feeds it, or only looks at it: no call of its own making.
const NOT_CALLS: &[&str] = &[
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
    "kinesis:SubscribeToShard",
    "sns:Subscribe",
    "sqs:ChangeMessageVisibility",
    "sqs:ChangeMessageVisibilityBatch",
    "sqs:DeleteMessage",
    "sqs:DeleteMessageBatch",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
];

/// An `Allow` with the resources it names.
pub(crate) struct Statement<'a> {
    actions: Vec<&'a str>,
    pub resources: &'a Value,
}

impl Statement<'_> {
    /// Whether it lets the role call resources of this service. IAM ignores the case of actions.
    pub(crate) fn calls(&self, service: &str) -> bool {
        self.actions.iter().any(|action| {
            let Some((prefix, verb)) = action.split_once(':') else { return *action == "*" };
            let of = match prefix.to_ascii_lowercase().as_str() {
                "execute-api" => service == "apigateway",
                "rds-data" | "rds-db" => service == "rds",
                other => other == service,
            };
            let looks = verb.get(..8).is_some_and(|v| v.eq_ignore_ascii_case("Describe"));
            of && !looks && !NOT_CALLS.iter().any(|a| a.eq_ignore_ascii_case(action))
        })
    }
}

/// The statements of role `logical`.
pub(crate) fn of_role<'a>(template: &'a Template, scope: &Scope<'_>, logical: &str) -> Vec<Statement<'a>> {
    let points_at = |value: Option<&Value>, name: &str| {
        let references = value.map(|v| scope.references(v)).unwrap_or_default();
        references.contains(&Reference::Logical(name.to_owned()))
    };
    let mut statements = Vec::new();
    let role = template.resources.get(logical).map(|d| &d.properties);
    let inline = role.and_then(|r| r["Policies"].as_array()).into_iter().flatten();
    for policy in inline {
        add(policy, &mut statements);
    }
    for (name, declared) in &template.resources {
        let attached = match declared.cfn.as_str() {
            "AWS::IAM::Policy" => points_at(declared.properties.get("Roles"), logical),
            "AWS::IAM::RolePolicy" => points_at(declared.properties.get("RoleName"), logical),
            "AWS::IAM::ManagedPolicy" => {
                points_at(declared.properties.get("Roles"), logical)
                    || points_at(role.and_then(|r| r.get("ManagedPolicyArns")), name)
            }
            _ => false,
        };
        if attached {
            add(&declared.properties, &mut statements);
        }
    }
    statements
}

fn add<'a>(policy: &'a Value, statements: &mut Vec<Statement<'a>>) {
    let statement = &policy["PolicyDocument"]["Statement"];
    for one in statement.as_array().map_or(std::slice::from_ref(statement), Vec::as_slice) {
        if one["Effect"].as_str().is_none_or(|e| e == "Allow") && one.get("Resource").is_some() {
            let action = &one["Action"];
            let actions = action.as_array().map_or(std::slice::from_ref(action), Vec::as_slice);
            let actions = actions.iter().filter_map(Value::as_str).collect();
            statements.push(Statement { actions, resources: &one["Resource"] });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn calls(actions: &[&str], service: &str) -> bool {
        Statement { actions: actions.to_vec(), resources: &Value::Null }.calls(service)
    }

    #[test]
    fn an_action_is_a_call_unless_it_only_reads_what_feeds_it() {
        for (actions, service, is_call) in [
            (&["dynamodb:PutItem"][..], "dynamodb", true),
            (&["DynamoDB:GetItem"], "dynamodb", true),
            (&["dynamodb:*"], "dynamodb", true),
            (&["*"], "dynamodb", true),
            (&["sqs:SendMessage"], "sqs", true),
            (&["rds-data:ExecuteStatement"], "rds", true),
            (&["execute-api:Invoke"], "apigateway", true),
            (&["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "sqs", false),
            (&["sqs:receivemessage"], "sqs", false),
            (&["sqs:ReceiveMessage", "sqs:SendMessage"], "sqs", true),
            (&["kinesis:GetRecords", "kinesis:DescribeStream"], "kinesis", false),
            (&["dynamodb:DescribeTable"], "dynamodb", false),
            (&["sqs:SendMessage"], "sns", false),
            (&["logs:PutLogEvents"], "dynamodb", false),
            (&[], "dynamodb", false),
        ] {
            assert_eq!(calls(actions, service), is_call, "{actions:?} on {service}");
        }
    }

    #[test]
    fn only_what_is_allowed_on_something_counts() {
        let policy = json!({"PolicyDocument": {"Statement": [
            {"Effect": "Allow", "Action": ["sqs:SendMessage", "sns:Publish"], "Resource": "a"},
            {"Action": "sqs:SendMessage", "Resource": ["b", "c"]},
            {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "d"},
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "e"},
            {"Effect": "Allow", "Action": "sqs:SendMessage"},
        ]}});
        let alone =
            json!({"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sns:Publish", "Resource": "f"}}});
        let mut statements = Vec::new();
        let (empty, text) = (json!({}), json!({"PolicyDocument": "text"}));
        for policy in [&policy, &alone, &empty, &text] {
            add(policy, &mut statements);
        }
        let reached: Vec<&Value> =
            statements.iter().filter(|s| s.calls("sqs") || s.calls("sns")).map(|s| s.resources).collect();
        assert_eq!(reached, [&json!("a"), &json!(["b", "c"]), &json!("f")]);
    }
}
