//! Applications, resources and what is watched of them.

use crate::wire;
use stackseer_catalog::Catalog;
use stackseer_model::{Application, Boundary, Metric, ResourceRef, ResourceState, Timestamp, Watching};
use stackseer_notify as notify;
use std::collections::BTreeSet;

pub fn application(application: &Application) -> wire::ApplicationName {
    let kind = match application.boundary {
        Boundary::Stack { .. } => wire::ApplicationKind::Stack,
        Boundary::Tag { .. } => wire::ApplicationKind::Tag,
        Boundary::Unassigned => wire::ApplicationKind::Region,
    };
    wire::ApplicationName { id: application.id.to_string(), name: application.name.clone(), kind }
}

/// None: in no stack and under no tag.
pub fn collection(application: &Application) -> Option<wire::ResourceCollection> {
    match &application.boundary {
        Boundary::Stack { name } => {
            let stacks = wire::CloudFormationCollection { stack_names: Some(vec![name.clone()]) };
            Some(wire::ResourceCollection { cloud_formation: Some(stacks), tags: None })
        }
        Boundary::Tag { key, value } => {
            let tag = wire::TagCollection { app_boundary_key: key.clone(), tag_values: vec![value.clone()] };
            Some(wire::ResourceCollection { cloud_formation: None, tags: Some(vec![tag]) })
        }
        Boundary::Unassigned => None,
    }
}

pub fn named(application: &Application, resource: &ResourceRef) -> wire::NamedResource {
    wire::NamedResource {
        name: resource.name.clone(),
        r#type: resource.resource_type.clone(),
        label: label(&resource.resource_type),
        arn: notify::arn(application, resource),
        console_url: Some(notify::page(application, resource)),
    }
}

/// `Lambda function`
pub fn label(resource_type: &str) -> String {
    Catalog::builtin().kind(resource_type)
}

pub fn metric(metric: &Metric) -> wire::NamedMetric {
    wire::NamedMetric {
        key: metric.key.to_string(),
        namespace: metric.key.namespace.clone(),
        name: metric.key.name.clone(),
        label: Catalog::builtin().label_of(metric),
    }
}

/// DevOps Guru's names of the services; a type it never had has none.
pub fn services<'a>(types: impl IntoIterator<Item = &'a str>) -> BTreeSet<wire::ServiceName> {
    let names = types.into_iter().filter_map(|resource_type| Catalog::builtin().service_name(resource_type));
    names.filter_map(|name| serde_json::from_value(name.into()).ok()).collect()
}

pub fn service_collection<'a>(types: impl IntoIterator<Item = &'a str>) -> wire::ServiceCollection {
    wire::ServiceCollection { service_names: Some(services(types).into_iter().collect()) }
}

/// DevOps Guru's name of the type in its filter; a type it never had has none.
pub fn resource_type_filter(resource_type: &str) -> Option<wire::ResourceTypeFilter> {
    let filter = Catalog::builtin().resource_type(resource_type)?.filter.clone()?;
    serde_json::from_value(filter.into()).ok()
}

pub fn monitored(of: &Application, state: &ResourceState, at: Timestamp) -> wire::MonitoredResourceIdentifier {
    let (because, turn_on) = match &state.watching {
        Watching::Watched => (None, None),
        Watching::WatchedInPart { because, turn_on } => (Some(because.clone()), Some(turn_on.clone())),
        Watching::WithoutMetrics { because, turn_on } => (Some(because.clone()), turn_on.clone()),
        Watching::NotSupported => (Some("not supported yet".to_owned()), None),
    };
    wire::MonitoredResourceIdentifier {
        monitored_resource_name: super::some(&super::clipped(&state.resource.name, MOST_NAME)),
        r#type: super::some(&state.resource.resource_type),
        resource_permission: Some(wire::ResourcePermission::FullPermission),
        last_updated: Some(at.into()),
        resource_collection: collection(of),
        application: Some(application(of)),
        label: super::some(&label(&state.resource.resource_type)),
        state: Some(crate::operations::resources::state(&state.watching)),
        because,
        turn_on,
    }
}

const MOST_NAME: usize = 512;
