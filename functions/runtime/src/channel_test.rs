//! What `operate` asks of `notify`, and is answered: a message to a channel that says that it is a test.

use serde::{Deserialize, Serialize};
use stackseer_model::ChannelId;
use stackseer_model::ports::PortError;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestChannel {
    pub test_channel: ChannelId,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tested {
    /// Why the channel did not take it; none: it did.
    pub refused: Option<String>,
}

impl TestChannel {
    /// The event by which it is asked for.
    pub fn of(channel: &ChannelId) -> Vec<u8> {
        serde_json::json!({"testChannel": channel}).to_string().into_bytes()
    }
}

impl Tested {
    /// What passes by itself is no answer of the channel.
    pub fn of(sent: Result<(), PortError>) -> Result<Self, PortError> {
        match sent {
            Ok(()) => Ok(Self { refused: None }),
            Err(error @ PortError::Transient { .. }) => Err(error),
            Err(error) => Ok(Self { refused: Some(error.to_string()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_what_is_read() {
        let channel = ChannelId("3f2a81c4".to_owned());
        let read: TestChannel = serde_json::from_slice(&TestChannel::of(&channel)).unwrap();
        assert_eq!(read, TestChannel { test_channel: channel });
        assert!(serde_json::from_str::<TestChannel>(r#"{"Records": []}"#).is_err());
    }

    #[test]
    fn what_the_channel_refuses_is_an_answer_and_what_passes_is_none() {
        assert_eq!(Tested::of(Ok(())), Ok(Tested { refused: None }));
        let gone = Tested::of(Err(PortError::NotFound { what: "SNS topic a".into() }));
        assert_eq!(gone, Ok(Tested { refused: Some("SNS topic a not found".into()) }));
        let slow = || PortError::Transient { action: "sns:Publish".into(), message: "no answer".into() };
        assert_eq!(Tested::of(Err(slow())), Err(slow()));
    }
}
