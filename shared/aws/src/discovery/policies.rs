//! What a role may call: its own policies, those attached to it in any stack of the application, and AWS's managed ones.

use super::edges::Stack;
use super::intrinsics::Reference;
use serde_json::{Value, json};
use stackseer_model::ResourceId;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Actions that are calls of the code's own making, by service as ARNs name it. Others look, set up, or read from what
/// feeds the code. A service that isn't here can be called without IAM: over its host name, with a password.
#[rustfmt::skip]
const CALLS: &[(&str, &[&str])] = &[
    ("dynamodb", &["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem",
        "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem",
        "dynamodb:TransactGetItems", "dynamodb:TransactWriteItems",
        "dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"]),
    ("sqs", &["sqs:SendMessage", "sqs:SendMessageBatch"]),
    ("sns", &["sns:Publish"]),
    ("kinesis", &["kinesis:PutRecord", "kinesis:PutRecords"]),
    ("firehose", &["firehose:PutRecord", "firehose:PutRecordBatch"]),
    ("states", &["states:StartExecution", "states:StartSyncExecution"]),
    ("events", &["events:PutEvents"]),
    ("lambda", &["lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl"]),
    ("s3", &["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectVersion"]),
];

/// Calls of services that can also be reached without IAM.
#[rustfmt::skip]
const OPEN_CALLS: &[(&str, &[&str])] = &[
    ("apigateway", &["execute-api:Invoke", "execute-api:ManageConnections"]),
    ("appsync", &["appsync:GraphQL"]),
    // Who may read a database's password calls the database.
    ("rds", &["rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement", "rds-db:connect", "secretsmanager:GetSecretValue"]),
    ("redshift", &["redshift-data:ExecuteStatement", "redshift:GetClusterCredentials", "secretsmanager:GetSecretValue"]),
    ("elasticache", &["elasticache:Connect", "secretsmanager:GetSecretValue"]),
    ("es", &["es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete"]),
    ("kafka", &["kafka-cluster:WriteData"]),
    ("cognito-idp", &["cognito-idp:AdminGetUser", "cognito-idp:AdminCreateUser", "cognito-idp:AdminInitiateAuth"]),
];

/// Actions by which code takes what it is fed.
const READS: &[(&str, &[&str])] = &[
    ("sqs", &["sqs:ReceiveMessage"]),
    ("kinesis", &["kinesis:GetRecords", "kinesis:SubscribeToShard"]),
    ("kafka", &["kafka-cluster:ReadData"]),
];

/// AWS's managed policies that let code call something; the others it attaches to code let it log, trace and poll.
const MANAGED: &[(&str, &str)] = &[
    ("AdministratorAccess", "*"),
    ("PowerUserAccess", "*"),
    ("AmazonDynamoDBFullAccess", "dynamodb:*"),
    ("AmazonDynamoDBFullAccess_v2", "dynamodb:*"),
    ("AmazonDynamoDBReadOnlyAccess", "dynamodb:Get*"),
    ("AmazonSQSFullAccess", "sqs:*"),
    ("AmazonSNSFullAccess", "sns:*"),
    ("AmazonKinesisFullAccess", "kinesis:*"),
    ("AmazonKinesisFirehoseFullAccess", "firehose:*"),
    ("AWSStepFunctionsFullAccess", "states:*"),
    ("AmazonEventBridgeFullAccess", "events:*"),
    ("AWSLambda_FullAccess", "lambda:*"),
    ("AWSLambdaRole", "lambda:InvokeFunction"),
    ("AmazonS3FullAccess", "s3:*"),
    ("AmazonS3ReadOnlyAccess", "s3:Get*"),
];

static ANYTHING: LazyLock<Value> = LazyLock::new(|| json!("*"));

/// A statement of a policy, with the stack in whose words its resources are.
#[derive(Clone)]
pub(crate) struct Statement<'s, 'a> {
    stack: Stack<'s, 'a>,
    allows: bool,
    actions: Vec<&'a str>,
    resources: &'a Value,
}

/// All that is known of what a role may do.
#[derive(Clone, Default)]
pub(crate) struct Grants<'s, 'a> {
    statements: Vec<Statement<'s, 'a>>,
    /// A policy of it is written nowhere that could be read.
    is_partial: bool,
}

/// What code under a role does with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    Calls,
    /// Takes what it is fed.
    Reads,
    /// One of both, or both.
    Either,
}

impl Statement<'_, '_> {
    fn does(&self, verbs: &[&str]) -> bool {
        self.actions.iter().any(|action| is_any_of(action, verbs))
    }

    fn covers(&self, id: &ResourceId) -> bool {
        self.stack.named(Some(self.resources)).contains(id)
            || id.as_str().starts_with("arn:")
                && self.stack.scope.patterns(self.resources).iter().any(|pattern| {
                    // Its indexes, streams, objects, aliases are it.
                    glob(pattern, id.as_str())
                        || pattern.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with(['/', ':']))
                })
    }
}

impl<'s, 'a> Grants<'s, 'a> {
    /// Of a role that a property names. `None`: no template of the application has it.
    pub(crate) fn of(stacks: &[Stack<'s, 'a>], stack: Stack<'s, 'a>, property: &Value) -> Option<Self> {
        let roles: Vec<(Stack<'s, 'a>, String)> =
            stack.scope.references(property).iter().flat_map(|reference| declared(stacks, stack, reference)).collect();
        if roles.is_empty() {
            return None;
        }
        let mut grants = Self::default();
        for (of, role) in &roles {
            grants.add_role(stacks, *of, role);
        }
        Some(grants)
    }

    fn add_role(&mut self, stacks: &[Stack<'s, 'a>], stack: Stack<'s, 'a>, logical: &str) {
        let role = &stack.scope.template.resources[logical].properties;
        role["Policies"].as_array().into_iter().flatten().for_each(|policy| self.add(stack, policy));
        for managed in role["ManagedPolicyArns"].as_array().into_iter().flatten() {
            self.add_managed(stacks, stack, managed);
        }
        let id = stack.scope.physical_ids.get(logical);
        for other in stacks {
            for declared in other.scope.template.resources.values() {
                let property = match declared.cfn.as_str() {
                    "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => "Roles",
                    "AWS::IAM::RolePolicy" => "RoleName",
                    _ => continue,
                };
                let named = declared.properties.get(property).map(|v| other.scope.references(v)).unwrap_or_default();
                let is_this = |reference: &Reference| match reference {
                    Reference::Logical(name) => other.scope.stack_id == stack.scope.stack_id && name == logical,
                    Reference::Text(name) => Some(name) == id,
                };
                if named.iter().any(is_this) {
                    self.add(*other, &declared.properties);
                }
            }
        }
    }

    fn add_managed(&mut self, stacks: &[Stack<'s, 'a>], stack: Stack<'s, 'a>, arn: &'a Value) {
        if let Some(name) =
            stack.scope.text(arn).as_deref().and_then(|t| t.split_once(":iam::aws:policy/")).map(|(_, n)| n)
        {
            let name = name.rsplit('/').next().unwrap_or(name);
            let action = MANAGED.iter().find(|(managed, _)| *managed == name).map(|(_, action)| *action);
            let (allows, resources) = (true, &*ANYTHING);
            self.statements.extend(action.map(|a| Statement { stack, allows, actions: vec![a], resources }));
            return;
        }
        let policies: Vec<_> =
            stack.scope.references(arn).iter().flat_map(|reference| declared(stacks, stack, reference)).collect();
        self.is_partial |= policies.is_empty();
        for (of, policy) in policies {
            self.add(of, &of.scope.template.resources[&policy].properties);
        }
    }

    fn add(&mut self, stack: Stack<'s, 'a>, policy: &'a Value) {
        let statement = &policy["PolicyDocument"]["Statement"];
        if statement.is_null() {
            return;
        }
        for one in list(statement) {
            let chosen = stack.scope.chosen(one);
            let allows = chosen["Effect"].as_str().is_none_or(|e| e == "Allow");
            if !allows && chosen.get("Condition").is_some() {
                continue;
            }
            let resources = &chosen["Resource"];
            if chosen.get("Action").is_none() || resources.is_null() {
                // `NotAction`, `NotResource`: who knows what is left.
                self.is_partial |= allows && chosen.is_object();
                continue;
            }
            let actions = list(&chosen["Action"]).iter().filter_map(Value::as_str).collect();
            self.statements.push(Statement { stack, allows, actions, resources });
        }
    }

    /// What the statements say of a resource: nothing allowed is `None`.
    pub(crate) fn says(&self, service: &str, id: &ResourceId) -> Option<Use> {
        self.with(service, |statement| statement.covers(id))
    }

    /// Whether code with this role may call what its environment names.
    pub(crate) fn permits(&self, service: &str, id: &ResourceId) -> Option<Use> {
        match self.says(service, id) {
            None if self.is_partial || !CALLS.iter().any(|(s, _)| *s == service) => Some(Use::Calls),
            says => says,
        }
    }

    fn with(&self, service: &str, concerns: impl Fn(&Statement<'_, '_>) -> bool) -> Option<Use> {
        let allowed = |table: &[(&str, &[&str])]| {
            let verbs = table.iter().find(|(s, _)| *s == service).map_or(&[][..], |(_, verbs)| verbs);
            let does =
                |allows: bool| self.statements.iter().any(|s| s.allows == allows && s.does(verbs) && concerns(s));
            !verbs.is_empty() && does(true) && !does(false)
        };
        match (allowed(CALLS) || allowed(OPEN_CALLS), allowed(READS)) {
            (true, true) => Some(Use::Either),
            (true, false) => Some(Use::Calls),
            (false, true) => Some(Use::Reads),
            (false, false) => None,
        }
    }

    /// The resources that it is let use by name, not by a `*` for all.
    pub(crate) fn named(&self) -> BTreeSet<ResourceId> {
        self.statements.iter().filter(|s| s.allows).flat_map(|s| s.stack.named(Some(s.resources))).collect()
    }

    /// Whether it may start executions of a state machine and wait for their end.
    pub(crate) fn waits_for(&self, machine: &ResourceId) -> bool {
        let of = |verb: &str| self.statements.iter().any(|s| s.allows && s.does(&[verb]) && s.covers(machine));
        of("states:StartSyncExecution") && !of("states:StartExecution")
    }
}

/// Whether an action, or a pattern of actions, has one of these in it. IAM ignores their case.
fn is_any_of(action: &str, verbs: &[&str]) -> bool {
    verbs.iter().any(|verb| glob(&action.to_lowercase(), &verb.to_lowercase()))
}

/// The declarations a reference means, in any of the stacks. An instance profile is its roles.
fn declared<'s, 'a>(
    stacks: &[Stack<'s, 'a>],
    stack: Stack<'s, 'a>,
    reference: &Reference,
) -> Vec<(Stack<'s, 'a>, String)> {
    let found: Vec<(Stack<'s, 'a>, String)> = match reference {
        Reference::Logical(logical) => vec![(stack, logical.clone())],
        Reference::Text(text) => {
            let name = text.rsplit('/').next().unwrap_or(text);
            let of = |other: &Stack<'s, 'a>| {
                let is =
                    |id: &str| id == text || !text.contains(':') && id == name || text.contains(":role/") && id == name;
                let ids = other.scope.physical_ids.iter().filter(|(_, id)| is(id));
                let iam = ids.filter(|(l, _)| {
                    other.scope.template.resources.get(*l).is_some_and(|d| d.cfn.starts_with("AWS::IAM::"))
                });
                iam.map(|(logical, _)| (*other, logical.clone())).collect::<Vec<_>>()
            };
            stacks.iter().flat_map(of).collect()
        }
    };
    let profile_or_self = found.into_iter().flat_map(|(of, logical)| match of.scope.template.resources.get(&logical) {
        Some(profile) if profile.cfn == "AWS::IAM::InstanceProfile" => {
            let roles = profile.properties.get("Roles").map(|v| of.scope.references(v)).unwrap_or_default();
            roles.iter().flat_map(|role| declared(stacks, of, role)).collect()
        }
        Some(_) => vec![(of, logical)],
        None => vec![],
    });
    profile_or_self.collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// `*` stands for any text, `?` for any character.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    match pattern.find(['*', '?']) {
        None => pattern == text,
        Some(at) => {
            let Some(rest) = text.strip_prefix(&pattern[..at]) else { return false };
            let after = &pattern[at + 1..];
            if pattern[at..].starts_with('?') {
                return rest.chars().next().is_some_and(|c| glob(after, &rest[c.len_utf8()..]));
            }
            after.is_empty() || rest.char_indices().map(|(i, _)| i).chain([rest.len()]).any(|i| glob(after, &rest[i..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_a_call_unless_it_only_reads_what_feeds_it() {
        let verbs = |table: &[(&str, &'static [&'static str])], service: &str| {
            table.iter().find(|(s, _)| *s == service).map_or(&[][..], |(_, verbs)| *verbs)
        };
        for (action, service, is_call, is_read) in [
            ("dynamodb:PutItem", "dynamodb", true, false),
            ("DynamoDB:getitem", "dynamodb", true, false),
            ("dynamodb:*", "dynamodb", true, false),
            ("*", "dynamodb", true, false),
            ("dynamodb:GetRecords", "dynamodb", false, false),
            ("dynamodb:Describe*", "dynamodb", false, false),
            ("sqs:SendMessage", "sqs", true, false),
            ("sqs:Receive*", "sqs", false, true),
            ("sqs:GetQueueUrl", "sqs", false, false),
            ("sqs:*", "sqs", true, true),
            ("kinesis:Get*", "kinesis", false, true),
            ("sqs:SendMessage", "sns", false, false),
            ("logs:PutLogEvents", "dynamodb", false, false),
        ] {
            assert_eq!(is_any_of(action, verbs(CALLS, service)), is_call, "{action} on {service}");
            assert_eq!(is_any_of(action, verbs(READS, service)), is_read, "{action} on {service}");
        }
        assert!(is_any_of("rds-data:ExecuteStatement", verbs(OPEN_CALLS, "rds")));
        assert!(is_any_of("execute-api:Invoke", verbs(OPEN_CALLS, "apigateway")));
    }

    #[test]
    fn patterns_match_as_iam_has_them() {
        for (pattern, text, matches) in [
            ("*", "anything", true),
            ("sqs:send*", "sqs:sendmessage", true),
            ("sqs:send*", "sqs:receivemessage", false),
            ("arn:*:table/shop-*", "arn:aws:dynamodb:eu-west-1:1:table/shop-orders", true),
            ("arn:*:table/shop-*", "arn:aws:dynamodb:eu-west-1:1:table/orders", false),
            ("arn:aws:s3:::photos-?", "arn:aws:s3:::photos-1", true),
            ("arn:aws:s3:::photos-?", "arn:aws:s3:::photos-10", false),
            ("exact", "exactly", false),
        ] {
            assert_eq!(glob(pattern, text), matches, "{pattern} on {text}");
        }
    }
}
