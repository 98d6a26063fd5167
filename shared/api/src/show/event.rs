//! Changes.

use super::resource::{application, collection, label};
use super::{clipped, some};
use crate::wire;
use stackseer_catalog::Catalog;
use stackseer_model::{
    Application, ChangeEvent, DataSource, EventClass, ResourceId, ResourceRef, Verdict, VerdictOutcome,
};
use stackseer_notify as notify;

const MOST_NAME: usize = 50;
/// The model's shortest ARN.
const LEAST_ARN: usize = 36;

pub fn event(of: &Application, event: &ChangeEvent) -> wire::Event {
    let source = Some(event.source.clone()).filter(|source| (10..=50).contains(&source.len()));
    wire::Event {
        id: some(&event.id),
        time: Some(event.time.into()),
        event_source: source,
        name: Some(clipped(&event.name, MOST_NAME)),
        data_source: data_source(event.data_source),
        event_class: Some(event_class(event.class)),
        resource_collection: collection(of),
        resources: Some(event.resources.iter().map(|id| resource(of, id)).collect()),
        application: Some(application(of)),
        sentence: Some(notify::change_said(event)),
        actor: event.actor.clone(),
        verdict: event.verdict.as_ref().map(verdict),
    }
}

fn verdict(verdict: &Verdict) -> wire::ReleaseVerdict {
    let outcome = match verdict.outcome {
        VerdictOutcome::NotJudged => wire::ReleaseOutcome::NotJudged,
        VerdictOutcome::Same => wire::ReleaseOutcome::Same,
        VerdictOutcome::Better => wire::ReleaseOutcome::Better,
        VerdictOutcome::Worse => wire::ReleaseOutcome::Worse,
    };
    wire::ReleaseVerdict { outcome, sentence: verdict.said.clone() }
}

fn resource(of: &Application, id: &ResourceId) -> wire::EventResource {
    let named = named(id);
    wire::EventResource {
        arn: notify::arn(of, &named).filter(|arn| arn.len() >= LEAST_ARN),
        label: some(&label(&named.resource_type)),
        name: Some(named.name),
        r#type: Some(named.resource_type),
    }
}

/// As the id says it: an event knows nothing else of its resources.
pub fn named(id: &ResourceId) -> ResourceRef {
    let of_arn = Catalog::builtin().resource_of_arn(id.as_str()).map(|resource| ResourceRef::from(&resource));
    of_arn.map_or_else(|| notify::resource_by_id(id), |named| ResourceRef { id: id.clone(), ..named })
}

/// The user's own events are of no source that the model has.
pub fn data_source(source: DataSource) -> Option<wire::EventDataSource> {
    match source {
        DataSource::AwsCloudTrail => Some(wire::EventDataSource::AwsCloudTrail),
        DataSource::AwsCodeDeploy => Some(wire::EventDataSource::AwsCodeDeploy),
        DataSource::Custom => None,
    }
}

pub fn event_class(class: EventClass) -> wire::EventClass {
    match class {
        EventClass::Infrastructure => wire::EventClass::Infrastructure,
        EventClass::Deployment => wire::EventClass::Deployment,
        EventClass::SecurityChange => wire::EventClass::SecurityChange,
        EventClass::ConfigChange => wire::EventClass::ConfigChange,
        EventClass::SchemaChange => wire::EventClass::SchemaChange,
    }
}
