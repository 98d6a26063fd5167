//! What is set.

use crate::wire;
use stackseer_model::{
    Coverage, Encryption, EventSources, Filter, Integrations, Judged, MessageType, Mute, NotificationChannel,
    OwnSensitivity, Quiet, Sensitivity, Severity,
};
use std::collections::BTreeSet;

/// Every stack, or every value of a key.
pub const EVERY: &str = "*";

pub fn stack_names(coverage: &[Coverage]) -> Vec<String> {
    let names = coverage.iter().flat_map(|covered| match covered {
        Coverage::Region => vec![EVERY.to_owned()],
        Coverage::Stacks { names } => names.clone(),
        Coverage::Tags { .. } => vec![],
    });
    names.collect()
}

pub fn tags(coverage: &[Coverage]) -> Vec<wire::TagCollectionFilter> {
    let tag = |covered: &Coverage| match covered {
        Coverage::Tags { key, values } => {
            let every = values.is_empty().then(|| EVERY.to_owned());
            let tag_values = values.iter().cloned().chain(every).collect();
            Some(wire::TagCollectionFilter { app_boundary_key: key.clone(), tag_values })
        }
        Coverage::Region | Coverage::Stacks { .. } => None,
    };
    coverage.iter().filter_map(tag).collect()
}

pub fn channel(channel: &NotificationChannel) -> wire::NotificationChannel {
    let config = channel_config(channel);
    wire::NotificationChannel { id: Some(channel.id.to_string()), config: Some(config) }
}

pub fn channel_config(channel: &NotificationChannel) -> wire::NotificationChannelConfig {
    wire::NotificationChannelConfig {
        sns: wire::SnsChannelConfig { topic_arn: Some(channel.topic.clone()) },
        filters: filters(&channel.filter),
    }
}

/// None: those of who sets none.
fn filters(filter: &Filter) -> Option<wire::NotificationFilterConfig> {
    let severities: Vec<_> = filter.severities.iter().rev().map(|severity| super::severity(*severity)).collect();
    let message_types: Vec<_> = filter.message_types.iter().map(|kind| message_type(*kind)).collect();
    (*filter != Filter::default()).then(|| wire::NotificationFilterConfig {
        severities: Some(severities).filter(|list| !list.is_empty()),
        message_types: Some(message_types).filter(|list| !list.is_empty()),
    })
}

pub fn filter(filters: Option<&wire::NotificationFilterConfig>) -> Filter {
    let Some(filters) = filters else { return Filter::default() };
    let severity = |severity: &wire::InsightSeverity| match severity {
        wire::InsightSeverity::Low => Severity::Low,
        wire::InsightSeverity::Medium => Severity::Medium,
        wire::InsightSeverity::High => Severity::High,
    };
    let kind = |kind: &wire::NotificationMessageType| match kind {
        wire::NotificationMessageType::NewInsight => MessageType::NewInsight,
        wire::NotificationMessageType::ClosedInsight => MessageType::ClosedInsight,
        wire::NotificationMessageType::NewAssociation => MessageType::NewAssociation,
        wire::NotificationMessageType::SeverityUpgraded => MessageType::SeverityUpgraded,
        wire::NotificationMessageType::NewRecommendation => MessageType::NewRecommendation,
    };
    Filter {
        severities: filters.severities.iter().flatten().map(severity).collect::<BTreeSet<_>>(),
        message_types: filters.message_types.iter().flatten().map(kind).collect::<BTreeSet<_>>(),
    }
}

fn message_type(kind: MessageType) -> wire::NotificationMessageType {
    match kind {
        MessageType::NewInsight => wire::NotificationMessageType::NewInsight,
        MessageType::ClosedInsight => wire::NotificationMessageType::ClosedInsight,
        MessageType::NewAssociation => wire::NotificationMessageType::NewAssociation,
        MessageType::SeverityUpgraded => wire::NotificationMessageType::SeverityUpgraded,
        MessageType::NewRecommendation => wire::NotificationMessageType::NewRecommendation,
    }
}

pub fn opt_in(is_on: bool) -> wire::OptInStatus {
    if is_on { wire::OptInStatus::Enabled } else { wire::OptInStatus::Disabled }
}

pub fn integrations(integrations: &Integrations) -> wire::ServiceIntegrationConfig {
    let Encryption { enabled, key } = &integrations.encryption;
    let kind = match key {
        Some(_) => wire::ServerSideEncryptionType::CustomerManagedKey,
        None => wire::ServerSideEncryptionType::AwsOwnedKmsKey,
    };
    let status = |is_on| Some(opt_in(is_on));
    wire::ServiceIntegrationConfig {
        ops_center: Some(wire::OpsCenterIntegration { opt_in_status: status(integrations.ops_center) }),
        logs_anomaly_detection: Some(wire::LogsAnomalyDetectionIntegration {
            opt_in_status: status(integrations.log_anomalies),
        }),
        kms_server_side_encryption: Some(wire::KMSServerSideEncryptionIntegration {
            kms_key_id: key.clone(),
            opt_in_status: status(*enabled),
            r#type: Some(kind),
        }),
    }
}

pub fn event_sources(sources: &EventSources) -> wire::EventSourcesConfig {
    let status = match sources.profiler {
        true => wire::EventSourceOptInStatus::Enabled,
        false => wire::EventSourceOptInStatus::Disabled,
    };
    let profiler = wire::AmazonCodeGuruProfilerIntegration { status: Some(status) };
    wire::EventSourcesConfig { amazon_code_guru_profiler: Some(profiler) }
}

pub fn mute(mute: &Mute) -> wire::Mute {
    let mut what = wire::MuteTarget::default();
    match &mute.what {
        Quiet::Resource { id } => what.resource = Some(id.to_string()),
        Quiet::Metric { key } => what.metric = Some(key.clone()),
        Quiet::Check { id, resource } => {
            what.check = Some(id.clone());
            what.resource = resource.as_ref().map(ToString::to_string);
        }
        Quiet::Application { id } => what.application = Some(id.to_string()),
    }
    wire::Mute {
        id: mute.id.to_string(),
        what,
        reason: mute.reason.clone(),
        from: mute.from.into(),
        until: mute.until.map(Into::into),
        window: mute.window.as_ref().map(|window| wire::MaintenanceWindow {
            cron: window.cron().to_owned(),
            minutes: window.minutes().into(),
            time_zone: window.time_zone().to_owned(),
        }),
        by: mute.by.clone(),
    }
}

pub fn level(sensitivity: Sensitivity) -> wire::SensitivityLevel {
    match sensitivity {
        Sensitivity::Low => wire::SensitivityLevel::Low,
        Sensitivity::Medium => wire::SensitivityLevel::Medium,
        Sensitivity::High => wire::SensitivityLevel::High,
    }
}

pub fn sensitivity(set: &OwnSensitivity) -> wire::OwnSensitivity {
    let mut what = wire::SensitivityTarget::default();
    match &set.of {
        Judged::Application { id } => what.application = Some(id.to_string()),
        Judged::Resource { id } => what.resource = Some(id.to_string()),
        Judged::Metric { key } => what.metric = Some(key.clone()),
    }
    wire::OwnSensitivity {
        id: set.id.to_string(),
        what,
        sensitivity: level(set.sensitivity),
        until: set.until.map(Into::into),
        by: set.by.clone(),
        insight_id: set.feedback.as_ref().map(ToString::to_string),
    }
}
