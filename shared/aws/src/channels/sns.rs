use super::Links;
use crate::error::port_error;
use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::operation::publish::builders::PublishFluentBuilder;
use aws_sdk_sns::types::MessageAttributeValue;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use stackseer_model::ports::{Channel, PortError};
use stackseer_model::{Filter, Insight, Message, NotificationChannel, Scope};
use stackseer_notify::{chat, sns};

const ACTION: &str = "sns:Publish";

/// A standard topic.
pub(super) struct Sns {
    client: Client,
    topic: String,
    form: Form,
    id: String,
    filter: Filter,
    links: Links,
}

/// Who listens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// What listened to DevOps Guru, and people by e-mail.
    DevOpsGuru,
    /// Amazon Q Developer in chat applications.
    Chat,
}

impl Sns {
    pub(super) fn new(sdk: &SdkConfig, topic: &str, form: Form, filter: Filter, links: Links) -> Self {
        let kind = if form == Form::Chat { "chat" } else { "sns" };
        Self { client: Client::new(sdk), topic: topic.to_owned(), form, id: format!("{kind}:{topic}"), filter, links }
    }

    /// A message that says that it is a test.
    pub(super) async fn test(&self, channel: &NotificationChannel, scope: &Scope) -> Result<(), PortError> {
        let test = sns::test(channel, scope);
        let request = self.client.publish().message_structure("json").subject(test.subject).message(test.message);
        self.send(request, test.attributes).await
    }

    async fn send(
        &self,
        mut request: PublishFluentBuilder,
        attributes: Vec<(&'static str, String)>,
    ) -> Result<(), PortError> {
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
            let value = value.map_err(|e| PortError::Permanent { action: ACTION.into(), message: e.to_string() })?;
            request = request.message_attributes(name, value);
        }
        match request.topic_arn(&self.topic).send().await {
            Ok(_) => Ok(()),
            // SNS says no more than "Topic does not exist".
            Err(error) if error.code() == Some("NotFound") => {
                Err(PortError::NotFound { what: format!("SNS topic {}", self.topic) })
            }
            Err(error) => Err(port_error(ACTION, error)),
        }
    }
}

impl Channel for Sns {
    fn id(&self) -> &str {
        &self.id
    }

    fn wants(&self, message: &Message, insight: &Insight) -> bool {
        self.filter.wants(message, insight)
    }

    async fn deliver(&self, message: &Message, insight: &Insight) -> Result<(), PortError> {
        let publish = sns::publish(message, insight, &self.links);
        let request = self.client.publish();
        let request = match self.form {
            Form::DevOpsGuru => request.message_structure("json").subject(publish.subject).message(publish.message),
            Form::Chat => request.message(chat::payload(message, insight, &self.links).to_string()),
        };
        self.send(request, publish.attributes).await
    }
}
