//! The tagging API: which resources carry a tag, and which exist at all.

use crate::error::port_error;
use aws_sdk_resourcegroupstagging::Client;
use aws_sdk_resourcegroupstagging::types::TagFilter;
use stackseer_model::ports::PortError;
use stackseer_model::{CHECK_TAG, Resource};
use std::collections::BTreeMap;

pub(crate) const GET: &str = "tag:GetResources";
/// DevOps Guru takes one tag key as an application's, and only with this beginning, in any letter case.
const PREFIX: &str = "devops-guru-";

#[derive(Debug, Clone)]
pub(crate) struct Tagged {
    pub arn: String,
    pub tags: BTreeMap<String, String>,
}

impl Tagged {
    /// Puts what its tags set of checks on the resource.
    pub fn set_checks(&self, resource: &mut Resource) {
        let own = self.tags.iter().filter(|(key, _)| key.starts_with(CHECK_TAG));
        own.for_each(|(key, value)| resource.set(key, value.as_str()));
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Tags {
    client: Client,
}

pub(crate) fn check_key(key: &str) -> Result<(), PortError> {
    if key.to_lowercase().starts_with(PREFIX) && key.len() > PREFIX.len() {
        return Ok(());
    }
    let message = format!(
        "`{key}` does not start with `{PREFIX}` (in any letter case), which the key of an application's tag must"
    );
    Err(PortError::Permanent { action: "tag key".to_owned(), message })
}

impl Tags {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Everything that carries the key, with one value or any.
    pub(crate) async fn with_tag(&self, key: &str, value: Option<&str>) -> Result<Vec<Tagged>, PortError> {
        let filter = TagFilter::builder().key(key).set_values(value.map(|v| vec![v.to_owned()])).build();
        self.get(Some(filter)).await
    }

    /// Everything that was ever tagged.
    pub(crate) async fn all(&self) -> Result<Vec<Tagged>, PortError> {
        self.get(None).await
    }

    async fn get(&self, filter: Option<TagFilter>) -> Result<Vec<Tagged>, PortError> {
        let request = self.client.get_resources().set_tag_filters(filter.map(|f| vec![f]));
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            for mapping in page.map_err(|e| port_error(GET, e))?.resource_tag_mapping_list.unwrap_or_default() {
                let tags = mapping.tags.unwrap_or_default().into_iter().map(|t| (t.key, t.value)).collect();
                found.extend(mapping.resource_arn.map(|arn| Tagged { arn, tags }));
            }
        }
        Ok(found)
    }
}
