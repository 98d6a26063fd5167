//! Test messages to channels.

use crate::scene::Scene;
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_api::{Tester, Tried};
use stackseer_model::NotificationChannel;
use stackseer_model::ports::PortError;
use std::future::ready;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// Answers as it is told to, and knows what it was asked.
struct Told {
    answer: Tried,
    asked: Mutex<Vec<String>>,
}

impl Tester for Told {
    fn test<'a>(&'a self, channel: &'a NotificationChannel) -> Pin<Box<dyn Future<Output = Tried> + Send + 'a>> {
        self.asked.lock().unwrap().push(channel.topic.clone());
        Box::pin(ready(self.answer.clone()))
    }
}

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:ops";

/// Status, and what is said.
async fn tested(answer: Tried) -> (u16, Value) {
    let tester = Arc::new(Told { answer, asked: Mutex::default() });
    let scene = Scene::testing(Some(tester.clone()));
    let config = json!({"Config": {"Sns": {"TopicArn": TOPIC}}});
    let id = scene.call(Operation::AddNotificationChannel, config).await["Id"].clone();
    let said = scene.try_call(Operation::TestChannel, json!({"Id": id})).await;
    assert_eq!(*tester.asked.lock().unwrap(), [TOPIC]);
    (said.status.as_u16(), said.body)
}

#[tokio::test]
async fn the_channel_is_sent_a_message_and_what_it_refuses_is_told() {
    assert_eq!(tested(Ok(Ok(()))).await, (200, json!({})));
    let (status, said) = tested(Ok(Err(format!("SNS topic {TOPIC} not found")))).await;
    assert_eq!((status, &said["Reason"]), (400, &json!("PARAMETER_INCONSISTENT_WITH_SERVICE_STATE")));
    assert_eq!(said["Message"], format!("The channel did not take the message: SNS topic {TOPIC} not found"));
    let slow = PortError::Transient { action: "sns:Publish".into(), message: "no answer".into() };
    assert_eq!(tested(Err(slow)).await.0, 500);
}

#[tokio::test]
async fn a_channel_that_is_not_there_is_not_tried() {
    let tester = Arc::new(Told { answer: Ok(Ok(())), asked: Mutex::default() });
    let scene = Scene::testing(Some(tester.clone()));
    let said = scene.try_call(Operation::TestChannel, json!({"Id": "00000000-0000-4000-8000-000000000000"})).await;
    assert_eq!((said.status.as_u16(), said.error.as_deref()), (404, Some("ResourceNotFoundException")));
    assert_eq!(*tester.asked.lock().unwrap(), Vec::<String>::new());
}
