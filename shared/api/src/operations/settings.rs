//! All that is set, each with the command that sets it.

use super::{channels, command};
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show::setting;
use crate::wire;
use axum::extract::State;
use serde_json::json;
use stackseer_model::{Coverage, NotificationChannel};

pub async fn get<P: Ports>(
    State(api): State<Api<P>>,
    Body(_): Body<wire::GetSettingsRequest>,
) -> Result<Answer<wire::GetSettingsResponse>, Error> {
    let settings = api.settings().await?;
    let integrations = setting::integrations(&settings.integrations);
    let sources = setting::event_sources(&settings.event_sources);
    Ok(Answer(wire::GetSettingsResponse {
        coverage: coverage(&settings.coverage),
        channels: settings.channels.values().map(channel).collect(),
        integrations: wire::IntegrationsSetting {
            command: command("update-service-integration", &[("service-integration", json!(integrations))]),
            service_integration: integrations,
        },
        event_sources: wire::EventSourcesSetting {
            command: command("update-event-sources-config", &[("event-sources", json!(sources))]),
            event_sources: sources,
        },
    }))
}

fn coverage(coverage: &[Coverage]) -> wire::CoverageSetting {
    let (names, tags) = (setting::stack_names(coverage), setting::tags(coverage));
    let add = |collection| {
        let arguments = [("action", json!("ADD")), ("resource-collection", collection)];
        command("update-resource-collection", &arguments)
    };
    let stacks = (!names.is_empty()).then(|| add(json!({"CloudFormation": {"StackNames": names}})));
    let by_tags = (!tags.is_empty()).then(|| add(json!({"Tags": tags})));
    wire::CoverageSetting {
        resource_collection: wire::ResourceCollectionFilter {
            cloud_formation: Some(wire::CloudFormationCollectionFilter { stack_names: Some(names) }),
            tags: Some(tags),
        },
        region: coverage.contains(&Coverage::Region),
        command: [stacks, by_tags].into_iter().flatten().collect::<Vec<_>>().join("\n"),
    }
}

fn channel(channel: &NotificationChannel) -> wire::ChannelSetting {
    wire::ChannelSetting {
        id: channel.id.to_string(),
        config: setting::channel_config(channel),
        command: channels::added(channel),
    }
}
