//! The roles of template.yaml against what the code and the catalogue need, both ways.

mod template;

use saphyr::Yaml;
use stackseer_aws::Function;
use stackseer_catalog::Catalog;
use std::collections::{BTreeMap, BTreeSet};
use template::{get, parsed, plain, text};

/// What Lambda does in the function's name.
const LOGS: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];
const DATA: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey", "xray:PutTelemetryRecords", "xray:PutTraceSegments"];
const FROM_QUEUE: &[&str] = &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
const FROM_STREAM: &[&str] =
    &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];
const FAILURES: &[&str] = &["sqs:SendMessage"];

/// The only actions that AWS doesn't let be narrowed to a resource.
const NOT_NARROWED: &[&str] = &[
    "acm:ListCertificates",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "cloudformation:DescribeStacks",
    "cloudtrail:LookupEvents",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "dynamodb:ListStreams",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeSubnets",
    "elasticloadbalancing:DescribeLoadBalancers",
    "lambda:GetAccountSettings",
    "lambda:ListEventSourceMappings",
    "lambda:ListFunctions",
    "rds:DescribeDBMajorEngineVersions",
    "sns:GetSubscriptionAttributes",
    "ssm:CreateOpsItem",
    "ssm:DescribeOpsItems",
    "tag:GetResources",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

fn by_lambda(function: Function) -> BTreeSet<&'static str> {
    let more: &[&[&str]] = match function {
        Function::Tick | Function::Record => &[DATA, FAILURES],
        Function::Watch | Function::Learn => &[DATA, FROM_QUEUE],
        Function::Notify => &[DATA, FROM_STREAM, FROM_QUEUE, FAILURES],
        Function::Api | Function::Operate => &[DATA],
        Function::Page => &[],
    };
    LOGS.iter().chain(more.iter().copied().flatten()).copied().collect()
}

/// Also where only under a condition.
fn names_everything(resource: &Yaml<'_>) -> bool {
    let resource = plain(resource);
    resource.as_str() == Some("*") || resource.as_sequence().into_iter().flatten().any(names_everything)
}

/// Action → whether some statement allows it on everything.
fn allowed(node: &Yaml<'_>, into: &mut BTreeMap<String, bool>) {
    let node = plain(node);
    if let (Some(actions), Some("Allow")) = (get(node, "Action"), get(node, "Effect").and_then(|e| e.as_str())) {
        let everything = get(node, "Resource").is_some_and(names_everything);
        let one = actions.as_str().into_iter();
        let actions = one.chain(actions.as_sequence().into_iter().flatten().filter_map(|a| a.as_str()));
        for action in actions {
            *into.entry(action.to_owned()).or_default() |= everything;
        }
        return;
    }
    for value in node.as_sequence().into_iter().flatten() {
        allowed(value, into);
    }
    for (_, value) in node.as_mapping().into_iter().flatten() {
        allowed(value, into);
    }
}

/// What the role of each function allows.
fn roles() -> BTreeMap<&'static str, BTreeMap<String, bool>> {
    let text = text();
    let template = parsed(&text);
    let resources = get(&template, "Resources").expect("resources");
    let role = |function: Function| {
        let named = format!("${{AWS::StackName}}-{}", function.name());
        let is_named = |properties: &&Yaml<'_>| {
            get(properties, "FunctionName").map(plain).and_then(|name| name.as_str()) == Some(named.as_str())
        };
        let all = plain(resources).as_mapping().expect("a mapping").iter();
        let mut all = all.filter_map(|(_, resource)| get(resource, "Properties"));
        let properties = all.find(is_named).expect("every function is deployed");
        let role =
            get(properties, "Role").map(plain).and_then(|r| r.as_str()).expect("every function has its own role");
        let role = role.strip_suffix(".Arn").expect("!GetAtt ….Arn");
        let policies = get(resources, role).and_then(|r| get(get(r, "Properties")?, "Policies")).expect("its policies");
        let mut actions = BTreeMap::new();
        allowed(policies, &mut actions);
        (function.name(), actions)
    };
    Function::ALL.into_iter().map(role).collect()
}

#[test]
fn each_role_allows_what_its_function_needs_and_nothing_more() {
    let roles = roles();
    for function in Function::ALL {
        let granted: BTreeSet<&str> = roles[function.name()].keys().map(String::as_str).collect();
        let needed: BTreeSet<&str> = function.actions().union(&by_lambda(function)).copied().collect();
        let missing: Vec<_> = needed.difference(&granted).collect();
        let unused: Vec<_> = granted.difference(&needed).collect();
        assert!(missing.is_empty() && unused.is_empty(), "{}: missing {missing:?}, unused {unused:?}", function.name());
    }
}

#[test]
fn what_the_catalogue_reads_is_allowed_to_who_reads_it() {
    let roles = roles();
    for action in Catalog::builtin().iam_actions() {
        assert!(roles["learn"].contains_key(action), "{action} of the catalogue is not in the role of learn");
    }
}

#[test]
fn everything_that_can_be_narrowed_to_a_resource_is() {
    let granted = roles().into_values().flatten();
    let everything: BTreeSet<String> = granted.filter(|(_, all)| *all).map(|(action, _)| action).collect();
    assert_eq!(everything, NOT_NARROWED.iter().map(|a| (*a).to_owned()).collect());
}

/// The rows that functions write are in the table; the index is for who lists them.
#[test]
fn only_the_api_may_read_the_index_of_lists() {
    let text = text();
    assert!(text.contains("IndexName: lists"));
    let line = |text: &str| text.matches("${Table.Arn}/index/lists").count();
    let role = |name: &str| text.split(&format!("\n  {name}Role:")).nth(1);
    assert_eq!(line(&text), 2);
    for name in ["Api", "Operate"] {
        let role = role(name).and_then(|role| role.split("\n\n").next()).expect("its policies");
        assert_eq!(line(role), 1, "{name}");
    }
}

/// The functions that nobody but an operator may invoke are the only ones through which anything is changed.
#[test]
fn who_may_only_look_changes_nothing() {
    let writes = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
    let roles = roles();
    assert!(writes.iter().all(|action| !roles["api"].contains_key(*action)));
    assert!(writes.iter().any(|action| roles["operate"].contains_key(*action)));
}
