//! SNS topics and their subscriptions.

use super::Live;
use super::reading::{Fields, Reading};
use crate::discovery::edges::Found;
use crate::error::port_error;
use aws_sdk_sns::types::Subscription;
use serde_json::Value;
use stackseer_model::ports::PortError;

const TOPIC: &str = "AWS::SNS::Topic";

impl Live {
    pub(super) async fn of_topics(&self, reading: &mut Reading<'_>, found: &mut Found<'_>) {
        let topics = reading.of_type(TOPIC);
        let action = "sns:ListSubscriptionsByTopic";
        let read = reading.each(&topics, "subscriptions", "SNS topic", |topic| self.subscriptions(topic)).await;
        let pending = |of: &[Subscription]| of.iter().filter(|s| confirmed(s).is_none()).count();
        let pending = |of: &[Subscription]| Fields::from([("Pending".to_owned(), Some(pending(of).to_string()))]);
        reading.set(action, read.iter().map(|(topic, of)| (topic.clone(), pending(of))));
        let mut subscriptions = Vec::new();
        for (topic, subscription) in read.iter().flat_map(|(topic, of)| of.iter().map(move |s| (topic, s))) {
            // E-mail addresses and web hooks are nobody's business here.
            let Some(endpoint) = subscription.endpoint.as_deref().filter(|e| e.starts_with("arn:")) else { continue };
            found.add_named(topic, endpoint);
            subscriptions.extend(confirmed(subscription).and_then(|arn| add(reading, found, arn, topic, endpoint)));
        }
        self.delivery(&subscriptions, reading).await;
    }

    async fn subscriptions(&self, topic: &str) -> Result<Vec<Subscription>, PortError> {
        let mut pages = self.sns.list_subscriptions_by_topic().topic_arn(topic).into_paginator().send();
        let mut subscriptions = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| port_error("sns:ListSubscriptionsByTopic", e))?;
            subscriptions.extend(page.subscriptions.unwrap_or_default());
        }
        Ok(subscriptions)
    }

    /// What becomes of a message that can't be delivered.
    async fn delivery(&self, subscriptions: &[String], reading: &mut Reading<'_>) {
        let action = "sns:GetSubscriptionAttributes";
        let read = reading.each(subscriptions, "delivery", "SNS subscription", |arn| async move {
            let answer = self.sns.get_subscription_attributes().subscription_arn(arn).send().await;
            let attributes = answer.map_err(|e| port_error(action, e))?.attributes.unwrap_or_default();
            Ok(attributes.into_iter().map(|(name, value)| (name, Value::from(value))).collect::<Value>())
        });
        let read = read.await;
        reading.set_answers(action, read.iter().map(|(arn, said)| (arn.clone(), said)));
    }
}

/// Its ARN, which it has once it is confirmed.
fn confirmed(subscription: &Subscription) -> Option<&str> {
    subscription.subscription_arn.as_deref().filter(|arn| arn.starts_with("arn:"))
}

/// The subscription stands between topic and receiver. None: the receiver is none of the application's.
fn add(reading: &mut Reading<'_>, found: &mut Found<'_>, arn: &str, topic: &str, endpoint: &str) -> Option<String> {
    let lookup = reading.lookup;
    let part = lookup.catalog.resource_of_arn(arn)?;
    let (topics, receivers) = (lookup.find(topic), lookup.find(endpoint));
    for (topic, receiver) in topics.iter().flat_map(|topic| receivers.iter().map(move |r| (*topic, *r))) {
        found.add_between(topic, &part.id, receiver);
    }
    if reading.inventory.resource(&part.id).is_none() && !receivers.is_empty() {
        reading.inventory.resources.push(part);
    }
    (!receivers.is_empty()).then(|| arn.to_owned())
}
