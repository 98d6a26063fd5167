use crate::ApplicationId;
use serde::{Deserialize, Serialize};

/// What is watched as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    pub id: ApplicationId,
    /// Stack name, tag value, or Region: what titles call it.
    pub name: String,
    pub boundary: Boundary,
    pub account: String,
    pub region: String,
}

impl Application {
    pub fn new(account: &str, region: &str, boundary: Boundary) -> Self {
        let (key, name) = match &boundary {
            Boundary::Stack { name } => (format!("stack/{name}"), name.clone()),
            Boundary::Tag { key, value } => (format!("tag/{key}={value}"), value.clone()),
            Boundary::Unassigned => ("unassigned".to_owned(), region.to_owned()),
        };
        Self {
            id: ApplicationId::of(account, region, &key),
            name,
            boundary,
            account: account.to_owned(),
            region: region.to_owned(),
        }
    }

    pub fn scope(&self) -> Scope {
        Scope::new(&self.account, &self.region)
    }
}

/// One account in one Region: names are unique within it at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    pub account: String,
    pub region: String,
}

impl Scope {
    pub fn new(account: &str, region: &str) -> Self {
        Self { account: account.to_owned(), region: region.to_owned() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Boundary {
    /// A root CloudFormation stack with its nested stacks.
    Stack { name: String },
    /// One value under one tag key.
    Tag { key: String, value: String },
    /// The Region's resources that are in no stack.
    Unassigned,
}

/// What the user asked to have watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Coverage {
    Stacks {
        names: Vec<String>,
    },
    /// `values` empty: every value found under the key.
    Tags {
        key: String,
        values: Vec<String>,
    },
    Region,
}
