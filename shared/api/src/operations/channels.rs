//! Whom to tell.

use super::command;
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::{Error, Reason};
use crate::lists::{Ids, Paging};
use crate::show::setting;
use crate::wire;
use axum::extract::State;
use serde_json::json;
use stackseer_model::{ChannelId, MOST_CHANNELS, NotificationChannel};

const CHANNEL: &str = "NOTIFICATION_CHANNEL";
const USUAL_PAGE: usize = 100;

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListNotificationChannelsRequest>,
) -> Result<Answer<wire::ListNotificationChannelsResponse>, Error> {
    let paging = Paging::new(Request::of(&input), input.next_token.as_deref(), None, USUAL_PAGE, Ids::Text)?;
    let settings = api.settings().await?;
    let (page, next_token) = paging.slice(settings.channels.values().collect(), |channel| channel.id.to_string());
    let channels = page.into_iter().map(setting::channel).collect();
    Ok(Answer(wire::ListNotificationChannelsResponse { channels: Some(channels), next_token }))
}

/// The topic is not looked up: whoever may set channels need not be allowed to read topics.
pub async fn add<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::AddNotificationChannelRequest>,
) -> Result<Answer<wire::AddNotificationChannelResponse>, Error> {
    let missing = || Error::field("Config.Sns.TopicArn", "A channel needs the TopicArn of an SNS topic");
    let topic = input.config.sns.topic_arn.clone().ok_or_else(missing)?;
    let filter = setting::filter(input.config.filters.as_ref());
    let channel = NotificationChannel::new(&api.setup.own, &topic, filter);
    let entry = api.entry(&caller, &format!("Added the channel {topic}"), Some(&added(&channel)));
    api.change(&entry, |settings| {
        if settings.channels.contains_key(&channel.id) {
            let message = format!("There is a channel for {topic} already");
            return Err(Error::Conflict { kind: CHANNEL, id: channel.id.to_string(), message });
        }
        if settings.channels.len() >= MOST_CHANNELS {
            return Err(Error::QuotaExceeded(format!(
                "There are {MOST_CHANNELS} channels already, and no more can be"
            )));
        }
        settings.channels.insert(channel.id.clone(), channel.clone());
        Ok(())
    })
    .await?;
    Ok(Answer(wire::AddNotificationChannelResponse { id: channel.id.to_string() }))
}

/// The command that adds the channel.
pub fn added(channel: &NotificationChannel) -> String {
    command("add-notification-channel", &[("config", json!(setting::channel_config(channel)))])
}

pub async fn remove<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::RemoveNotificationChannelRequest>,
) -> Result<Answer<wire::RemoveNotificationChannelResponse>, Error> {
    let channel = found(&api, &input.id).await?;
    let command = command("remove-notification-channel", &[("id", input.id.as_str().into())]);
    let entry = api.entry(&caller, &format!("Removed the channel {}", channel.topic), Some(&command));
    let missing = || Error::not_found(CHANNEL, &input.id);
    api.change(&entry, |settings| settings.channels.remove(&channel.id).map(drop).ok_or_else(missing)).await?;
    Ok(Answer(wire::RemoveNotificationChannelResponse {}))
}

pub async fn test<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::TestChannelRequest>,
) -> Result<Answer<wire::TestChannelResponse>, Error> {
    let channel = found(&api, &input.id).await?;
    let refused =
        |message: String| Error::Validation { reason: Reason::InconsistentWithServiceState, message, fields: vec![] };
    let silent = || refused("Nothing is sent from here: there is no deployment behind it".to_owned());
    let took = api.setup.tester.as_ref().ok_or_else(silent)?.test(&channel).await?;
    took.map_err(|why| refused(format!("The channel did not take the message: {why}")))?;
    Ok(Answer(wire::TestChannelResponse {}))
}

async fn found<P: Ports>(api: &Api<P>, id: &str) -> Result<NotificationChannel, Error> {
    let mut settings = api.settings().await?;
    settings.channels.remove(&ChannelId(id.to_owned())).ok_or_else(|| Error::not_found(CHANNEL, id))
}
