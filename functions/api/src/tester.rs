//! Channels are tested by `notify`: what reaches them so reaches them when something is wrong.

use stackseer_api::{Tester, Tried};
use stackseer_aws::{Aws, Functions};
use stackseer_fn_runtime::{TestChannel, Tested};
use stackseer_model::NotificationChannel;
use stackseer_model::ports::PortError;
use std::pin::Pin;

pub struct Notify {
    functions: Functions,
    name: String,
}

impl Notify {
    pub fn new(aws: &Aws, name: String) -> Self {
        Self { functions: aws.functions(), name }
    }
}

impl Tester for Notify {
    fn test<'a>(&'a self, channel: &'a NotificationChannel) -> Pin<Box<dyn Future<Output = Tried> + Send + 'a>> {
        Box::pin(async move {
            let answer = self.functions.invoke(&self.name, TestChannel::of(&channel.id)).await?;
            tried(&self.name, &answer)
        })
    }
}

fn tried(name: &str, answer: &[u8]) -> Tried {
    let Tested { refused } = serde_json::from_slice(answer)
        .map_err(|error| PortError::Permanent { action: format!("test by {name}"), message: error.to_string() })?;
    Ok(refused.map_or(Ok(()), Err))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_notify_answers_is_told() {
        assert_eq!(tried("seer-notify", br#"{"refused":null}"#), Ok(Ok(())));
        assert_eq!(tried("seer-notify", br#"{"refused":"no such topic"}"#), Ok(Err("no such topic".to_owned())));
        // As of a version that knows no tests.
        let other = tried("seer-notify", br#"{"batchItemFailures":[]}"#);
        assert!(
            matches!(&other, Err(PortError::Permanent { action, .. }) if action.contains("seer-notify")),
            "{other:?}"
        );
    }
}
