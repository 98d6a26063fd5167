use serde_json::Value;
use stackseer_aws::change_on_bus;
use stackseer_model::ports::{ChangeLog, PortError};

/// Fails only where trying again may help; what is wrong with an event stays wrong, so it is said and done.
pub async fn record(log: &impl ChangeLog, event: &Value) -> Result<(), PortError> {
    let id = event["id"].as_str().unwrap_or_default();
    let change = match change_on_bus(event) {
        Ok(Some(change)) => change,
        Ok(None) => {
            tracing::debug!(event = id, kind = %event["detail-type"], "not a change worth keeping");
            return Ok(());
        }
        Err(error) => {
            tracing::error!(event = id, source = %event["source"], %error, "this event can't be read and is dropped");
            return Ok(());
        }
    };
    match log.record_changes(std::slice::from_ref(&change)).await {
        Ok(()) => {
            tracing::info!(event = id, change = change.id, source = change.source, name = change.name, "recorded");
            Ok(())
        }
        Err(error @ PortError::Permanent { .. }) => {
            tracing::error!(event = id, %error, "this change can't be kept and is dropped");
            Ok(())
        }
        // A denial or a missing table is the deployment's fault: Lambda tries again, and then the alarm tells.
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use stackseer_aws::store::{make_table, store_over};
    use stackseer_embedded::Engine;
    use stackseer_model::ports::EventSource;
    use stackseer_model::{Inventory, RegionChange, Resource, Scope};
    use std::sync::Mutex;

    fn sample(name: &str) -> Value {
        let path = format!("{}/../../events/record-{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// Fails as told; what it was given stays with it.
    struct Log(Option<PortError>, Mutex<Vec<RegionChange>>);

    impl ChangeLog for Log {
        async fn record_changes(&self, changes: &[RegionChange]) -> Result<(), PortError> {
            self.1.lock().unwrap().extend_from_slice(changes);
            self.0.clone().map_or(Ok(()), Err)
        }
    }

    #[tokio::test]
    async fn every_sample_becomes_an_event_of_the_application_however_often_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(&folder.path().join("stackseer.db"), &make_table()).unwrap();
        let store = store_over(move |operation, request| engine.answer(operation, request));
        for name in ["cloudformation", "codedeploy", "api-call", "custom", "custom", "api-call"] {
            record(&store, &sample(name)).await.unwrap();
        }
        let of = |cfn: &str, name: &str| Resource { stack: Some("shop".into()), ..Resource::new(cfn, name) };
        let resources =
            vec![of("AWS::Lambda::Function", "checkout"), of("AWS::CodeDeploy::Application", "shop-deployments")];
        let inventory = Inventory { resources, ..Inventory::default() };
        let at = |text: &str| text.parse().unwrap();
        let (from, to) = (at("2026-11-25T03:00:00Z"), at("2026-11-25T04:00:00Z"));
        let changes = store.changes(Scope::new("123456789012", "eu-west-1"));
        let events = changes.change_events(&inventory, from, to).await.unwrap();
        let names: Vec<&str> = events.iter().map(|e| e.name.as_str()).collect();
        let expected = [
            "UpdateFunctionConfiguration",
            "UPDATE_COMPLETE",
            "DEPLOYMENT_START",
            "Release 2026.11.3: asks the payment service twice",
        ];
        assert_eq!(names, expected);
        assert!(events.iter().all(|e| e.resources.iter().any(|id| id.as_str().ends_with("checkout"))));
    }

    #[tokio::test]
    async fn what_can_not_be_read_is_done_and_what_is_no_change_is_not_kept() {
        let log = Log(None, Mutex::default());
        let mut malformed = sample("custom");
        malformed["detail"]["resources"] = json!("checkout");
        let mut between = sample("cloudformation");
        between["detail"]["status-details"]["status"] = json!("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
        for event in [malformed, between, json!(null)] {
            assert_eq!(record(&log, &event).await, Ok(()));
        }
        assert_eq!(log.1.into_inner().unwrap(), []);
    }

    #[tokio::test]
    async fn only_what_another_try_can_help_fails() {
        let action = || "dynamodb:BatchWriteItem".to_owned();
        let message = || "because".to_owned();
        for (error, fails) in [
            (PortError::Transient { action: action(), message: message() }, true),
            (PortError::Denied { action: action(), message: message() }, true),
            (PortError::NotFound { what: "DynamoDB table t".into() }, true),
            (PortError::Permanent { action: action(), message: message() }, false),
        ] {
            let log = Log(Some(error.clone()), Mutex::default());
            let answer = record(&log, &sample("custom")).await;
            assert_eq!(answer, if fails { Err(error) } else { Ok(()) });
            assert_eq!(log.1.into_inner().unwrap().len(), 1);
        }
    }
}
