//! Where insights go beside the channels, and from where events come.

use super::command;
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show::setting;
use crate::wire;
use axum::extract::State;
use serde_json::json;
use stackseer_model::{Encryption, Integrations};

pub async fn describe<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::DescribeServiceIntegrationRequest>,
) -> Result<Answer<wire::DescribeServiceIntegrationResponse>, Error> {
    let integrations = setting::integrations(&api.settings().await?.integrations);
    Ok(Answer(wire::DescribeServiceIntegrationResponse { service_integration: Some(integrations) }))
}

/// What is not named stays as it is.
pub async fn update<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::UpdateServiceIntegrationRequest>,
) -> Result<Answer<wire::UpdateServiceIntegrationResponse>, Error> {
    let wanted = &input.service_integration;
    let command = command("update-service-integration", &[("service-integration", json!(wanted))]);
    let entry = api.entry(&caller, &format!("Set the integrations: {}", said(wanted)), Some(&command));
    api.change(&entry, |settings| set(&mut settings.integrations, wanted)).await?;
    Ok(Answer(wire::UpdateServiceIntegrationResponse {}))
}

fn is_on(status: wire::OptInStatus) -> bool {
    status == wire::OptInStatus::Enabled
}

fn set(integrations: &mut Integrations, wanted: &wire::UpdateServiceIntegrationConfig) -> Result<(), Error> {
    let ops_center = wanted.ops_center.as_ref().and_then(|part| part.opt_in_status);
    integrations.ops_center = ops_center.map_or(integrations.ops_center, is_on);
    let logs = wanted.logs_anomaly_detection.as_ref().and_then(|part| part.opt_in_status);
    integrations.log_anomalies = logs.map_or(integrations.log_anomalies, is_on);
    if let Some(kms) = &wanted.kms_server_side_encryption {
        integrations.encryption = encryption(&integrations.encryption, kms)?;
    }
    Ok(())
}

fn encryption(
    before: &Encryption,
    wanted: &wire::KMSServerSideEncryptionIntegrationConfig,
) -> Result<Encryption, Error> {
    let field = "ServiceIntegration.KMSServerSideEncryption.KMSKeyId";
    let key = match (wanted.r#type, &wanted.kms_key_id) {
        (Some(wire::ServerSideEncryptionType::CustomerManagedKey), None) if before.key.is_none() => {
            return Err(Error::combination(field, "A key of one's own needs its KMSKeyId"));
        }
        (Some(wire::ServerSideEncryptionType::AwsOwnedKmsKey), Some(_)) => {
            return Err(Error::combination(field, "A key that AWS owns has no KMSKeyId"));
        }
        (Some(wire::ServerSideEncryptionType::AwsOwnedKmsKey), None) => None,
        (_, key) => key.clone().or_else(|| before.key.clone()),
    };
    Ok(Encryption { enabled: wanted.opt_in_status.map_or(before.enabled, is_on), key })
}

fn said(wanted: &wire::UpdateServiceIntegrationConfig) -> String {
    let word = |status: Option<wire::OptInStatus>| status.map_or("unchanged", |s| if is_on(s) { "on" } else { "off" });
    let parts = [
        ("OpsCenter", wanted.ops_center.as_ref().map(|part| part.opt_in_status)),
        ("log anomalies", wanted.logs_anomaly_detection.as_ref().map(|part| part.opt_in_status)),
        ("encryption", wanted.kms_server_side_encryption.as_ref().map(|part| part.opt_in_status)),
    ];
    let said = parts.into_iter().filter_map(|(name, status)| Some(format!("{name} {}", word(status?))));
    let said: Vec<String> = said.collect();
    if said.is_empty() { "nothing".to_owned() } else { said.join(", ") }
}

pub async fn event_sources<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::DescribeEventSourcesConfigRequest>,
) -> Result<Answer<wire::DescribeEventSourcesConfigResponse>, Error> {
    let sources = setting::event_sources(&api.settings().await?.event_sources);
    Ok(Answer(wire::DescribeEventSourcesConfigResponse { event_sources: Some(sources) }))
}

pub async fn update_event_sources<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::UpdateEventSourcesConfigRequest>,
) -> Result<Answer<wire::UpdateEventSourcesConfigResponse>, Error> {
    let profiler = input.event_sources.as_ref().and_then(|sources| sources.amazon_code_guru_profiler.as_ref());
    if let Some(status) = profiler.and_then(|profiler| profiler.status) {
        let is_on = status == wire::EventSourceOptInStatus::Enabled;
        let what = format!("Set CodeGuru Profiler as a source of events {}", if is_on { "on" } else { "off" });
        let command = command("update-event-sources-config", &[("event-sources", json!(input.event_sources))]);
        let entry = api.entry(&caller, &what, Some(&command));
        api.change(&entry, |settings| {
            settings.event_sources.profiler = is_on;
            Ok(())
        })
        .await?;
    }
    Ok(Answer(wire::UpdateEventSourcesConfigResponse {}))
}
