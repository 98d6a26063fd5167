//! The tagging API: which resources carry a tag, and which exist at all.

use crate::error::{port_error, unseen};
use aws_config::{Region, SdkConfig};
use aws_sdk_resourcegroupstagging::Client;
use aws_sdk_resourcegroupstagging::types::TagFilter;
use stackseer_catalog::Catalog;
use stackseer_model::ports::PortError;
use stackseer_model::{CHECK_TAG, Place, Resource, Unseen};
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
    home: Client,
    elsewhere: Vec<Elsewhere>,
}

/// Services without a Region, whose tags are listed in one all the same.
#[derive(Debug, Clone)]
struct Elsewhere {
    region: String,
    client: Client,
    services: Vec<String>,
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
    /// Where the catalogue says that a type's metrics are kept in one other Region, its tags are too.
    pub(crate) fn new(sdk: &SdkConfig, place: &Place, catalog: &Catalog) -> Self {
        let mut services: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (service, region) in catalog.elsewhere(place) {
            services.entry(region).or_default().push(service);
        }
        let there = |(region, services): (String, Vec<String>)| {
            let config = aws_sdk_resourcegroupstagging::config::Builder::from(sdk);
            let client = Client::from_conf(config.region(Region::new(region.clone())).build());
            Elsewhere { region, client, services }
        };
        Self { home: Client::new(sdk), elsewhere: services.into_iter().map(there).collect() }
    }

    /// What has no Region and carries the key, or any: its tags are listed in one, and what could not be listed.
    pub(crate) async fn of_no_region(
        &self,
        tag: Option<(&str, &str)>,
    ) -> Result<(Vec<Tagged>, Vec<Unseen>), PortError> {
        let (mut found, mut missed) = (Vec::new(), Vec::new());
        for Elsewhere { region, client, services } in &self.elsewhere {
            match get(client, tag.map(|(key, value)| filter(key, Some(value))), services).await {
                Ok(tagged) => found.extend(tagged),
                Err(error @ PortError::Transient { .. }) => return Err(error),
                Err(error) => {
                    missed.push(unseen(format!("tagged resources of {} in {region}", services.join(", ")), &error))
                }
            }
        }
        Ok((found, missed))
    }

    /// Everything that carries the key, with one value or any.
    pub(crate) async fn with_tag(&self, key: &str, value: Option<&str>) -> Result<Vec<Tagged>, PortError> {
        get(&self.home, Some(filter(key, value)), &[]).await
    }

    /// Everything that was ever tagged.
    pub(crate) async fn all(&self) -> Result<Vec<Tagged>, PortError> {
        get(&self.home, None, &[]).await
    }
}

fn filter(key: &str, value: Option<&str>) -> TagFilter {
    TagFilter::builder().key(key).set_values(value.map(|v| vec![v.to_owned()])).build()
}

/// `services`: of these alone; of all, where none is named.
async fn get(client: &Client, filter: Option<TagFilter>, services: &[String]) -> Result<Vec<Tagged>, PortError> {
    let types = (!services.is_empty()).then(|| services.to_vec());
    let request = client.get_resources().set_tag_filters(filter.map(|f| vec![f])).set_resource_type_filters(types);
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
