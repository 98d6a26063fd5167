//! What answers say only between the lines, said so that a pointer leads to it.

use crate::signed::{each, text};
use serde_json::{Value, json};
use stackseer_model::Timestamp;

/// A state machine with the names of its states that may wait for ever: for a token or an activity, with no limit of time.
pub(super) fn state_machine(mut said: Value) -> Value {
    let definition = said.get("definition").and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok());
    let mut endless = Vec::new();
    endless_in(&definition.unwrap_or(Value::Null), &mut endless);
    if let Some(map) = said.as_object_mut() {
        map.insert("EndlessStates".to_owned(), json!(endless));
    }
    said
}

fn endless_in(machine: &Value, found: &mut Vec<String>) {
    for (name, state) in machine.get("States").and_then(Value::as_object).into_iter().flatten() {
        let resource = state["Resource"].as_str().unwrap_or_default();
        let waits = resource.ends_with(".waitForTaskToken") || resource.contains(":activity:");
        let limits = ["TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"];
        if waits && limits.iter().all(|limit| state.get(limit).is_none()) {
            found.push(name.clone());
        }
        for inner in ["Iterator", "ItemProcessor"].iter().filter_map(|name| state.get(name)) {
            endless_in(inner, found);
        }
        each(state.get("Branches")).for_each(|branch| endless_in(branch, found));
    }
}

/// A rule's targets, and which of them have no dead-letter queue.
pub(super) fn targets(said: Value) -> Value {
    let name = |target: &Value| text(&target["Arn"]).rsplit([':', '/']).next().unwrap_or_default().to_owned();
    let targets = || each(said.get("Targets"));
    let without = targets().filter(|target| target.pointer("/DeadLetterConfig/Arn").is_none());
    json!({"Targets": targets().map(name).collect::<Vec<_>>(), "WithoutDeadLetters": without.map(name).collect::<Vec<_>>()})
}

/// What waits to be done on a database, and when the first of it will be, whatever people do.
pub(super) fn maintenance(said: Value) -> Value {
    let actions = || each(said.pointer("/PendingMaintenanceActionDetails/PendingMaintenanceAction"));
    let names: Vec<String> = actions().map(|action| text(&action["Action"])).collect();
    let forced = actions().filter_map(|action| action["ForcedApplyDate"].as_str()).filter(|date| !date.is_empty());
    json!({"Actions": names, "Forced": forced.min()})
}

/// A certificate with the date that JSON has in seconds.
pub(super) fn certificate(said: Value) -> Value {
    let end = said["NotAfter"].as_f64().and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
    json!({"Ends": end.map(|end| end.to_string()), "InUse": said.get("InUse")})
}

/// The lowest limit of requests a second that any stage or method has, in the stages of an API of either kind.
pub(super) fn throttle(stages: &Value) -> Option<f64> {
    let of_stage = |stage: &Value| {
        let of_methods = stage.get("methodSettings").and_then(Value::as_object).into_iter().flat_map(|m| m.values());
        let of_routes = stage.get("routeSettings").and_then(Value::as_object).into_iter().flat_map(|m| m.values());
        let all = of_methods.chain(of_routes).chain(stage.get("defaultRouteSettings"));
        all.filter_map(|settings| settings["throttlingRateLimit"].as_f64()).collect::<Vec<_>>()
    };
    let stages = each(stages.get("item").or_else(|| stages.get("items")));
    stages.flat_map(of_stage).filter(|rate| *rate > 0.0).reduce(f64::min)
}

/// The longest that an API of either kind waits for what is behind it, in milliseconds, and the longest by default.
pub(super) fn integration_timeout(said: &Value, by_default: f64) -> f64 {
    let of_method = |method: &Value| method["methodIntegration"]["timeoutInMillis"].as_f64();
    let of_item = |item: &Value| {
        let methods = item.get("resourceMethods").and_then(Value::as_object).into_iter().flat_map(|m| m.values());
        methods.filter_map(of_method).chain(item["timeoutInMillis"].as_f64()).collect::<Vec<_>>()
    };
    let items = each(said.get("item").or_else(|| said.get("items")));
    items.flat_map(of_item).reduce(f64::max).unwrap_or(by_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_waits_without_a_limit_is_found_wherever_it_is() {
        let wait = |more: Value| {
            let mut state = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"});
            state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            state
        };
        let definition = json!({"States": {
            "Ask": wait(json!({})),
            "AskInTime": wait(json!({"TimeoutSeconds": 60})),
            "AskAndListen": wait(json!({"HeartbeatSecondsPath": "$.beat"})),
            "Approve": {"Type": "Task", "Resource": "arn:aws:states:eu-west-1:1:activity:approve"},
            "Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"},
            "Both": {"Type": "Parallel", "Branches": [{"States": {"AskWithin": wait(json!({}))}}]},
            "Every": {"Type": "Map", "ItemProcessor": {"States": {"AskEach": wait(json!({}))}}},
        }});
        let said = state_machine(json!({"definition": definition.to_string(), "type": "STANDARD"}));
        assert_eq!(said["EndlessStates"], json!(["Approve", "Ask", "AskWithin", "AskEach"]));
        assert_eq!(said["type"], "STANDARD");
        assert_eq!(state_machine(json!({"definition": "{}"}))["EndlessStates"], json!([]));
    }

    #[test]
    fn targets_without_a_dead_letter_queue_are_named() {
        let said = json!({"Targets": [
            {"Id": "1", "Arn": "arn:aws:lambda:eu-west-1:1:function:work"},
            {"Id": "2", "Arn": "arn:aws:sqs:eu-west-1:1:jobs", "DeadLetterConfig": {"Arn": "arn:aws:sqs:::dead"}},
        ]});
        assert_eq!(targets(said), json!({"Targets": ["work", "jobs"], "WithoutDeadLetters": ["work"]}));
    }

    #[test]
    fn dates_are_found_and_said_as_dates() {
        let action = |name: &str, forced: &str| json!({"Action": name, "ForcedApplyDate": forced});
        let waits = |actions: Value| json!({"PendingMaintenanceActionDetails": {"PendingMaintenanceAction": actions}});
        let two =
            waits(json!([action("os-upgrade", "2027-02-01T00:00:00Z"), action("db-upgrade", "2027-01-01T00:00:00Z")]));
        assert_eq!(
            maintenance(two),
            json!({"Actions": ["os-upgrade", "db-upgrade"], "Forced": "2027-01-01T00:00:00Z"})
        );
        assert_eq!(maintenance(waits(action("os-upgrade", "")))["Forced"], Value::Null);
        assert_eq!(certificate(json!({"NotAfter": 1_798_761_600.0}))["Ends"], "2027-01-01T00:00:00Z");
    }

    #[test]
    fn an_api_is_throttled_by_its_lowest_limit_and_waits_as_long_as_its_slowest() {
        let rest =
            json!({"item": [{"methodSettings": {"*/*": {"throttlingRateLimit": 500.0}}}, {"methodSettings": {}}]});
        assert_eq!(throttle(&rest), Some(500.0));
        let http = json!({"items": [{"defaultRouteSettings": {"throttlingRateLimit": 90.0}, "routeSettings": {
            "GET /": {"throttlingRateLimit": 20.0}}}]});
        assert_eq!(throttle(&http), Some(20.0));
        assert_eq!(throttle(&json!({"item": []})), None);
        let method = |t| json!({"methodIntegration": {"timeoutInMillis": t}});
        let rest = json!({"item": [{"resourceMethods": {"GET": method(5_000), "POST": method(10_000)}}, {}]});
        assert_eq!(integration_timeout(&rest, 29_000.0), 10_000.0);
        assert_eq!(integration_timeout(&json!({"items": [{"timeoutInMillis": 3_000}]}), 30_000.0), 3_000.0);
        assert_eq!(integration_timeout(&json!({}), 30_000.0), 30_000.0);
    }
}
