//! Stacks as CloudFormation lists them: members, template, parameters, outputs, and nested stacks within.

use super::template::Template;
use crate::client::Place;
use crate::error::{port_error, unseen};
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{ResourceStatus, Stack as Described, StackStatus, TemplateStage};
use futures_util::stream::{self, StreamExt};
use stackseer_catalog::{Arn, Catalog};
use stackseer_model::ports::PortError;
use stackseer_model::{Resource, Unseen};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::{Mutex, OnceCell};

const DESCRIBE: &str = "cloudformation:DescribeStacks";
const LIST: &str = "cloudformation:ListStackResources";
const TEMPLATE: &str = "cloudformation:GetTemplate";
/// CloudFormation throttles early.
const AT_ONCE: usize = 3;

/// What a stack is before its members are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    pub id: String,
    pub name: String,
    pub root: Option<String>,
    pub status: Option<StackStatus>,
    pub tags: BTreeMap<String, String>,
    pub parameters: BTreeMap<String, String>,
    pub outputs: BTreeMap<String, String>,
    pub exports: BTreeMap<String, String>,
}

impl Head {
    /// Whether there is anything to watch: a change set that was never run and a failed creation leave an empty shell.
    pub(crate) fn is_alive(&self) -> bool {
        use StackStatus::{DeleteComplete, ReviewInProgress, RollbackComplete};
        !matches!(self.status, Some(DeleteComplete | ReviewInProgress | RollbackComplete))
    }

    pub(crate) fn is_changing(&self) -> bool {
        self.is_alive() && self.status.as_ref().is_some_and(|status| status.as_str().ends_with("_IN_PROGRESS"))
    }
}

/// One stack with its members, nested stacks apart.
#[derive(Debug, Default)]
pub(crate) struct StackRead {
    pub head: Head,
    /// By logical id.
    pub resources: BTreeMap<String, Resource>,
    pub physical_ids: BTreeMap<String, String>,
    pub template: Template,
    /// Nested stacks: logical id → stack id.
    pub nested: BTreeMap<String, String>,
    pub unseen: Vec<Unseen>,
    /// Its members could not be listed.
    pub is_partial: bool,
}

/// By id, a deleted stack's members are still listed for 90 days.
enum Members {
    There,
    Gone,
}

type Reading = Arc<OnceCell<Option<Arc<StackRead>>>>;

/// One run's view of CloudFormation: every stack is read once.
#[derive(Debug, Clone)]
pub(crate) struct Stacks {
    client: Client,
    place: Place,
    catalog: Arc<Catalog>,
    all: Arc<OnceCell<Arc<Vec<Head>>>>,
    read: Arc<Mutex<HashMap<String, Reading>>>,
}

impl Stacks {
    pub(crate) fn new(client: Client, place: Place, catalog: Arc<Catalog>) -> Self {
        Self { client, place, catalog, all: Arc::default(), read: Arc::default() }
    }

    /// Every stack of the Region, nested ones too.
    pub(crate) async fn all(&self) -> Result<Arc<Vec<Head>>, PortError> {
        let read = async {
            let mut pages = self.client.describe_stacks().into_paginator().send();
            let mut heads = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|e| port_error(DESCRIBE, e))?;
                heads.extend(page.stacks.unwrap_or_default().into_iter().map(head));
            }
            Ok(Arc::new(heads))
        };
        self.all.get_or_try_init(|| read).await.cloned()
    }

    /// By name or id. `NotFound` when it doesn't exist, or no longer does.
    pub(crate) async fn head(&self, stack: &str) -> Result<Head, PortError> {
        if let Some(known) = self.all.get().and_then(|all| all.iter().find(|h| h.id == stack || h.name == stack)) {
            return Ok(known.clone());
        }
        let gone = || PortError::NotFound { what: format!("stack {stack} in {}", self.place.region) };
        match self.client.describe_stacks().stack_name(stack).send().await {
            Ok(answer) => {
                let head = answer.stacks.unwrap_or_default().into_iter().next().map(head).ok_or_else(gone)?;
                // By id, a deleted stack is still told of for 90 days.
                if head.status == Some(StackStatus::DeleteComplete) { Err(gone()) } else { Ok(head) }
            }
            Err(error) => Err(match port_error(DESCRIBE, error) {
                PortError::NotFound { .. } => gone(),
                other => other,
            }),
        }
    }

    /// The stack and all nested in it, itself first. What was deleted meanwhile is left out; `NotFound` if that is the
    /// stack itself.
    pub(crate) async fn tree(&self, root: &str) -> Result<Vec<Arc<StackRead>>, PortError> {
        let head = self.head(root).await?;
        let gone = PortError::NotFound { what: format!("stack {}", head.name) };
        let mut tree = vec![self.stack(head).await?.ok_or(gone)?];
        let mut next = 0;
        while next < tree.len() {
            let level: Vec<String> = tree[next..].iter().flat_map(|s| s.nested.values().cloned()).collect();
            next = tree.len();
            let level: Vec<_> = level.into_iter().map(|id| self.nested(id)).collect();
            let mut nested = stream::iter(level).buffered(AT_ONCE);
            while let Some(stack) = nested.next().await {
                tree.extend(stack?);
            }
        }
        Ok(tree)
    }

    async fn nested(&self, id: String) -> Result<Option<Arc<StackRead>>, PortError> {
        match self.head(&id).await {
            Ok(head) => self.stack(head).await,
            Err(PortError::NotFound { .. }) => Ok(None),
            Err(error @ PortError::Denied { .. }) => {
                // `…:stack/name/uuid`
                let name = Arn::parse(&id).and_then(|a| a.rest.split('/').nth(1)).unwrap_or(&id).to_owned();
                let unseen = vec![unseen(format!("nested stack {name}"), &error)];
                Ok(Some(Arc::new(StackRead {
                    head: Head { id, name, ..Head::default() },
                    unseen,
                    is_partial: true,
                    ..StackRead::default()
                })))
            }
            Err(error) => Err(error),
        }
    }

    /// `None`: deleted meanwhile.
    async fn stack(&self, head: Head) -> Result<Option<Arc<StackRead>>, PortError> {
        let reading = self.read.lock().await.entry(head.id.clone()).or_default().clone();
        reading.get_or_try_init(|| self.read_stack(head)).await.cloned()
    }

    async fn read_stack(&self, head: Head) -> Result<Option<Arc<StackRead>>, PortError> {
        let mut read = StackRead { head, ..StackRead::default() };
        match self.members(&mut read).await {
            Ok(Members::Gone) | Err(PortError::NotFound { .. }) => return Ok(None),
            Err(error @ PortError::Denied { .. }) => {
                read.unseen.push(unseen(format!("resources of stack {}", read.head.name), &error));
                read.is_partial = true;
                return Ok(Some(Arc::new(read)));
            }
            Ok(Members::There) => {}
            Err(error) => return Err(error),
        }
        if read.resources.is_empty() {
            return Ok(Some(Arc::new(read)));
        }
        match self.template(&read.head.id).await {
            Ok(template) => {
                let unread = template.unread.iter().map(|(part, reason)| Unseen {
                    what: format!("{part} of the template of stack {}", read.head.name),
                    action: None,
                    reason: format!("it can't be read: {reason}"),
                });
                read.unseen.extend(unread);
                read.template = template;
            }
            Err(PortError::NotFound { .. }) => return Ok(None),
            Err(error) => {
                let what = format!("how the resources of stack {} hang together", read.head.name);
                read.unseen.push(unseen(what, &error));
            }
        }
        Ok(Some(Arc::new(read)))
    }

    async fn members(&self, read: &mut StackRead) -> Result<Members, PortError> {
        let mut listed = 0;
        let mut deleted = 0;
        let mut pages = self.client.list_stack_resources().stack_name(&read.head.id).into_paginator().send();
        while let Some(page) = pages.next().await {
            for member in page.map_err(|e| port_error(LIST, e))?.stack_resource_summaries.unwrap_or_default() {
                // Not there: deleted, or kept but no longer the stack's.
                use ResourceStatus::{DeleteComplete, DeleteSkipped};
                listed += 1;
                if matches!(member.resource_status, Some(DeleteComplete | DeleteSkipped)) {
                    deleted += 1;
                    continue;
                }
                // Without a physical id it was never created.
                let (Some(logical), Some(cfn), Some(physical)) =
                    (member.logical_resource_id, member.resource_type, member.physical_resource_id)
                else {
                    continue;
                };
                if physical.is_empty() {
                    continue;
                }
                let mut resource = self.catalog.resource_of_id(&cfn, &physical, &self.place);
                resource.stack = Some(read.head.name.clone());
                if cfn == "AWS::CloudFormation::Stack" {
                    read.nested.insert(logical.clone(), physical.clone());
                }
                read.resources.insert(logical.clone(), resource);
                read.physical_ids.insert(logical, physical);
            }
        }
        Ok(if listed > 0 && listed == deleted { Members::Gone } else { Members::There })
    }

    async fn template(&self, stack: &str) -> Result<Template, PortError> {
        let request = self.client.get_template().stack_name(stack).template_stage(TemplateStage::Processed);
        let answer = request.send().await.map_err(|e| port_error(TEMPLATE, e))?;
        Template::parse(&answer.template_body.unwrap_or_default()).map_err(|reason| PortError::Permanent {
            action: TEMPLATE.to_owned(),
            message: format!("the template can't be read: {reason}"),
        })
    }
}

fn head(stack: Described) -> Head {
    let mut exports = BTreeMap::new();
    let mut outputs = BTreeMap::new();
    for output in stack.outputs.unwrap_or_default() {
        let Some(value) = output.output_value else { continue };
        if let Some(name) = output.export_name {
            exports.insert(name, value.clone());
        }
        outputs.extend(output.output_key.map(|key| (key, value)));
    }
    let parameters = stack.parameters.unwrap_or_default().into_iter().filter_map(|p| {
        // A parameter that names a Systems Manager one is worth what that one holds; a hidden one isn't known.
        let value = p.resolved_value.or(p.parameter_value).filter(|v| v != "****")?;
        Some((p.parameter_key?, value))
    });
    Head {
        id: stack.stack_id.or_else(|| stack.stack_name.clone()).unwrap_or_default(),
        name: stack.stack_name.unwrap_or_default(),
        root: stack.root_id,
        status: stack.stack_status,
        tags: stack.tags.unwrap_or_default().into_iter().filter_map(|t| Some((t.key?, t.value?))).collect(),
        parameters: parameters.collect(),
        outputs,
        exports,
    }
}
