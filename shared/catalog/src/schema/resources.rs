//! `catalog/resources/*.toml`: all that is known of a resource type. `catalog/ignored/*.toml`: the types that are none.

use super::changes::Change;
use super::forms::Form;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceType {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// CloudFormation's name: `AWS::Lambda::Function`.
    #[serde(rename = "type")]
    pub cfn: String,
    /// Other CloudFormation types that make the very same.
    #[serde(default)]
    pub also: Vec<String>,
    /// What titles call the service: `Lambda`.
    pub label: String,
    /// What people call one of them: `Lambda function`.
    pub kind: String,
    /// DevOps Guru's `ServiceName`, where it has one.
    #[serde(default)]
    pub service: Option<String>,
    /// DevOps Guru's `ResourceTypeFilter`, where it has one.
    #[serde(default)]
    pub filter: Option<String>,
    /// What it is in the topology.
    pub node: Node,
    /// Its own page in the AWS console, without the start; without one it is searched for.
    #[serde(default)]
    pub console: Option<String>,
    /// Where attributes tell kinds of one type apart, what is different of them.
    #[serde(default, rename = "variant")]
    pub variants: Vec<Variant>,
    #[serde(default)]
    pub arn: Option<ArnForms>,
    /// Forms of CloudFormation's physical id, the first that fits; without one it is the name. An ARN is always understood.
    #[serde(default)]
    pub physical_id: Vec<Form>,
    /// It is a part of what this property of the template names: what names it names that, and what it names that names.
    #[serde(default)]
    pub part_of: Option<String>,
    /// It is a part of whatever names it so.
    #[serde(default)]
    pub run_by: Vec<RunBy>,
    /// Property of the template with the role its code runs under: what the role may call, the code calls.
    #[serde(default)]
    pub role: Option<String>,
    #[serde(default, rename = "attribute")]
    pub attributes: Vec<AttributeSpec>,
    #[serde(default, rename = "edge")]
    pub edges: Vec<EdgeSpec>,
    #[serde(default, rename = "iam")]
    pub iam: Vec<IamAction>,
    /// The API calls that change it. The first entry that fits decides.
    #[serde(default, rename = "change")]
    pub changes: Vec<Change>,
}

/// What a resource is in the topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// Answers its caller.
    Sync,
    /// Takes what it is given and passes it on later: queues, topics, streams, rules, state machines.
    Async,
    /// Keeps data: answers its caller, and may feed changes to others.
    Data,
    /// Not part of any call, and nothing to watch: a part of another, or what others are set up with.
    Helper,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Attribute values that a resource of this kind has.
    pub only: BTreeMap<String, String>,
    pub label: String,
    #[serde(default)]
    pub service: Option<String>,
}

/// `arn:partition:service:region:account:form`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArnForms {
    /// Also CloudTrail's event source.
    pub service: String,
    /// The first that fits. A part is the resource's `name`, an attribute, or only a part; without a `name` the last is it.
    pub forms: Vec<Form>,
    #[serde(default)]
    pub scope: Scope,
    /// Another type's ARNs have the same form: an ARN alone means that one.
    #[serde(default)]
    pub is_shared: bool,
}

/// What an ARN says of the place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Region and account.
    #[default]
    Account,
    /// The Region alone.
    Region,
    /// The account alone.
    Global,
    /// Neither.
    World,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunBy {
    #[serde(rename = "type")]
    pub cfn: String,
    /// That type's property which names this resource.
    pub property: String,
}

/// Configuration that metrics, checks and patterns use.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeSpec {
    /// `timeout_seconds`
    pub name: String,
    /// JSON pointers into the template's properties: the first that leads somewhere.
    #[serde(default)]
    pub property: Vec<String>,
    /// How the property says it.
    #[serde(default, rename = "as")]
    pub form: Notation,
    /// Made of the parts of ARN or id: `{kind}/{name}/{id}`. A part that is called like an attribute needs no saying.
    #[serde(default)]
    pub parts: Option<Form>,
    /// Where the service itself says it.
    #[serde(default)]
    pub live: Option<LiveField>,
    /// The attribute of the same name of a caller of this type.
    #[serde(default)]
    pub of_caller: Option<String>,
    /// The only resource of another type that is a part of this one says it.
    #[serde(default)]
    pub of_part: Option<PartProperty>,
    /// The catalogue's words for the source's.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    #[serde(default)]
    pub unit: Option<String>,
    /// What AWS documents to be so where nothing is said.
    #[serde(default)]
    pub default: Option<String>,
    /// People call the resource by it, not by its id.
    #[serde(default)]
    pub is_name: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notation {
    #[default]
    Text,
    /// A resource's name or ARN: its name.
    Name,
    /// Anything: `true`, if something is there.
    Presence,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveField {
    /// `lambda:ListFunctions`
    pub action: String,
    /// Of the action's answer: a name that the adapter gives it, or a JSON pointer into what it says of the resource, in
    /// which `*` stands for each item of a list. What a pointer doesn't lead to is not set.
    pub field: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartProperty {
    #[serde(rename = "type")]
    pub cfn: String,
    pub property: String,
}

/// A property whose references are edges.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeSpec {
    /// JSON pointer into the template's properties, in which `*` stands for each item of a list.
    pub property: String,
    pub way: Way,
    /// Whether the caller waits for the answer, where both ends allow it.
    #[serde(default = "yes")]
    pub waits: bool,
    /// Says that one may call the other, not how: only where nothing else makes an edge between the two.
    #[serde(default)]
    pub is_weak: bool,
    /// The resource is a part that stands between what it is a part of and what is named: predicates find it there.
    #[serde(default)]
    pub is_between: bool,
}

fn yes() -> bool {
    true
}

/// Which way a property's references point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The resource calls or feeds what it names.
    Out,
    /// What it names calls or feeds the resource.
    In,
    /// Settings of the resource's code: it calls what it names there, if its `role` may.
    Code,
}

/// An action that reading resources of this type needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IamAction {
    /// `lambda:ListFunctions`
    pub action: String,
    /// What goes unseen without it.
    pub without: String,
}

/// Types that are no resources: what others are set up with, or a part of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    #[serde(skip)]
    pub id: String,
    /// Why there is nothing to watch.
    pub because: String,
    /// CloudFormation's names, or `service:kind` as in ARNs; `*` at the end stands for anything.
    pub types: Vec<String>,
}

impl ResourceType {
    /// By CloudFormation's name.
    pub fn is(&self, cfn: &str) -> bool {
        self.cfn == cfn || self.also.iter().any(|also| also == cfn)
    }

    pub fn attribute(&self, name: &str) -> Option<&AttributeSpec> {
        self.attributes.iter().find(|a| a.name == name)
    }
}

impl Ignored {
    pub fn has(&self, cfn: &str) -> bool {
        self.types.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => cfn.starts_with(beginning),
            None => pattern == cfn,
        })
    }
}
