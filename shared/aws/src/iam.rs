//! What each function of the deployed line asks of AWS: what its role in template.yaml allows, no less and no more.

use stackseer_catalog::Catalog;
use std::collections::BTreeSet;

/// A function of template.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    Tick,
    Watch,
    Learn,
    Record,
    Notify,
    Api,
    Operate,
    Page,
}

type Actions = &'static [&'static str];

/// `discovery`: which applications there are.
const APPLICATIONS: Actions = &["cloudformation:DescribeStacks", "tag:GetResources"];
/// `discovery`: what one consists of. The catalogue has those that read the resources themselves.
const INVENTORY: Actions = &[
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
    "cloudwatch:ListMetrics",
    "tag:GetResources",
];
const CHANGES: Actions = &["cloudtrail:LookupEvents"];
const SERIES: Actions = &["cloudwatch:GetMetricData"];
const DIMENSIONS: Actions = &["cloudwatch:ListMetrics"];
const QUEUE: Actions = &["sqs:SendMessage"];
/// `invoke`: that `notify` tests a channel.
const INVOKE: Actions = &["lambda:InvokeFunction"];

/// `store`: what is learned, what changed.
const ROWS: Actions = &["dynamodb:Query"];
const WRITTEN_ROWS: Actions = &["dynamodb:BatchWriteItem"];
/// `store`: an insight with its series, whether open or closed.
const INSIGHT: Actions = &["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"];
/// `store`: a transaction is allowed by what is in it.
const COMMIT: Actions = &[
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
];

/// `channels`: an OpsItem is made with tags.
const CHANNELS: Actions = &[
    "events:PutEvents",
    "secretsmanager:GetSecretValue",
    "sns:Publish",
    "ssm:AddTagsToResource",
    "ssm:CreateOpsItem",
    "ssm:DescribeOpsItems",
    "ssm:UpdateOpsItem",
];

impl Function {
    pub const ALL: [Self; 8] =
        [Self::Tick, Self::Watch, Self::Learn, Self::Record, Self::Notify, Self::Api, Self::Operate, Self::Page];

    /// As binary and folder are called; `operate` is `api` with another role.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tick => "tick",
            Self::Watch => "watch",
            Self::Learn => "learn",
            Self::Record => "record",
            Self::Notify => "notify",
            Self::Api => "api",
            Self::Operate => "operate",
            Self::Page => "page",
        }
    }

    /// Not what Lambda does in its name: logs, traces, taking from its queue or stream, and telling of failures.
    pub fn actions(self) -> BTreeSet<&'static str> {
        let parts: &[Actions] = match self {
            Self::Tick => &[APPLICATIONS, CHANGES, ROWS, WRITTEN_ROWS, QUEUE],
            Self::Watch => &[SERIES, COMMIT],
            Self::Learn => &[INVENTORY, SERIES, DIMENSIONS, COMMIT],
            Self::Record => &[WRITTEN_ROWS],
            Self::Notify => &[INSIGHT, WRITTEN_ROWS, CHANNELS, QUEUE],
            Self::Api => &[INSIGHT],
            Self::Operate => &[COMMIT, INVOKE],
            Self::Page => &[],
        };
        let mut actions: BTreeSet<&str> = parts.iter().copied().flatten().copied().collect();
        if self == Self::Learn {
            actions.extend(Catalog::builtin().resource_actions().map(|(_, iam)| iam.action.as_str()));
        }
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions;
    use std::path::Path;

    /// Those that call nothing: lists, other people's policies, and the fake AWS.
    const NO_CALLS: &[&str] = &["iam.rs", "permissions.rs", "discovery/policies.rs", "wire.rs"];

    fn all() -> BTreeSet<&'static str> {
        Function::ALL.iter().flat_map(|f| f.actions()).collect()
    }

    /// The actions that the adapters name where they call: each error says what was not possible.
    fn called() -> BTreeSet<String> {
        let mut called = BTreeSet::new();
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![sources.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&sources).unwrap().to_str().unwrap().replace('\\', "/");
                if path.is_dir() {
                    folders.push(path);
                } else if !name.ends_with("tests.rs") && !name.contains("tests/") && !NO_CALLS.contains(&name.as_str())
                {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                    called.extend(code.split('"').filter(|text| is_action(text)).map(str::to_owned));
                }
            }
        }
        called
    }

    /// `service:Operation`
    fn is_action(text: &str) -> bool {
        let Some((service, operation)) = text.split_once(':') else { return false };
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !service.is_empty()
            && service.chars().all(lower)
            && operation.starts_with(|c: char| c.is_ascii_uppercase())
            && operation.chars().all(|c| c.is_ascii_alphanumeric())
    }

    #[test]
    fn what_the_adapters_call_is_what_the_functions_need() {
        let mut called = called();
        // Needs no permission, and only the command line asks.
        assert!(called.remove("sts:GetCallerIdentity"));
        assert!(called.remove("dynamodb:TransactWriteItems"));
        called.extend(["dynamodb:PutItem", "dynamodb:DeleteItem", "ssm:AddTagsToResource"].map(str::to_owned));
        assert_eq!(called, all().into_iter().map(str::to_owned).collect());
    }

    #[test]
    fn what_a_scan_needs_is_what_the_functions_need_without_queues_channels_and_each_other() {
        let scan: BTreeSet<&str> = permissions().iter().map(|p| p.action).collect();
        let others: BTreeSet<&str> = CHANNELS.iter().chain(QUEUE).chain(INVOKE).copied().collect();
        assert_eq!(scan, all().difference(&others).copied().collect());
    }

    #[test]
    fn only_learning_looks_into_the_account() {
        for function in Function::ALL.into_iter().filter(|f| *f != Function::Learn) {
            let is_look = |a: &&str| (a.starts_with("lambda:") && !INVOKE.contains(a)) || a.contains("DescribeTable");
            let looks = function.actions().into_iter().find(is_look);
            assert_eq!(looks, None, "{}", function.name());
        }
    }
}
