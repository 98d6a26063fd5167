//! What somebody changed, in one line each.

use crate::text::{sentence, short};
use stackseer_model::time::moment;
use stackseer_model::*;

/// More of each is behind the link.
const MOST_CHANGES: usize = 4;
const MOST_PROPERTIES: usize = 4;
const MOST_RESOURCES: usize = 3;

/// What the causes name as changed just before comes first, then those nearest to the start.
pub(crate) fn changes(insight: &Insight, now: Timestamp) -> Vec<String> {
    let mut named: Vec<(&Change, &ResourceRef)> = vec![];
    for cause in &insight.causes {
        for change in &cause.changes {
            if !named.iter().any(|(known, _)| known.events == change.events && known.name == change.name) {
                named.push((change, &cause.resource));
            }
        }
    }
    named.truncate(MOST_CHANGES);
    let is_named = |event: &ChangeEvent| named.iter().any(|(change, _)| change.events.contains(&event.id));
    let mut others: Vec<&ChangeEvent> = insight.events.iter().filter(|event| !is_named(event)).collect();
    others.sort_by_key(|e| (e.time.as_second() - insight.start_time.as_second()).abs());
    let others =
        others.into_iter().map(|event| sentence(&format!("{}{}", line(event, &properties(event), now), judged(event))));
    let named = named.iter().map(|(change, on)| just_before(insight, change, on, now));
    named.chain(others).take(MOST_CHANGES).collect()
}

/// `13:56 UTC UpdateFunctionConfiguration on shop-checkout by alice: memory_mb 512 → 128, 7 min before the start`
fn just_before(insight: &Insight, change: &Change, on: &ResourceRef, now: Timestamp) -> String {
    let event = insight.events.iter().find(|event| change.events.contains(&event.id));
    let known = event.map(properties).filter(|known| !known.is_empty()).unwrap_or_else(|| change.what.clone());
    let said = match event {
        Some(event) => line(event, &known, now),
        None => {
            let to = if known.is_empty() { String::new() } else { format!(": {known}") };
            format!("{} {} on {}{to}", moment(change.time, now), change.name, on.name)
        }
    };
    let verdict = event.map(judged).unwrap_or_default();
    match relative(change.time, insight.start_time) {
        same if same.starts_with("in ") => sentence(&format!("{said}, {same}{verdict}")),
        before_or_after => sentence(&format!("{said}, {before_or_after} the start{verdict}")),
    }
}

/// `UpdateFunctionConfiguration on shop-checkout by alice: memory_mb 512 → 128`
pub fn change_said(event: &ChangeEvent) -> String {
    sentence(&what(event, &properties(event)))
}

/// With the time before it, and its day where `now` is another.
fn line(event: &ChangeEvent, properties: &str, now: Timestamp) -> String {
    sentence(&format!("{} {}", moment(event.time, now), what(event, properties)))
}

/// Of a release what it did: `; worse 30 min after: errors 0.1 % → 5 %, 600 invocations`
fn judged(event: &ChangeEvent) -> String {
    event.verdict.as_ref().map_or_else(String::new, |verdict| format!("; {}", verdict.said))
}

fn what(event: &ChangeEvent, properties: &str) -> String {
    let mut resources: Vec<&str> = event.resources.iter().take(MOST_RESOURCES).map(|r| short(r.as_str())).collect();
    let more = format!("{} more", event.resources.len() - resources.len());
    if event.resources.len() > MOST_RESOURCES {
        resources.push(&more);
    }
    let on = if resources.is_empty() { String::new() } else { format!(" on {}", resources.join(", ")) };
    let by = event.actor.as_ref().map_or_else(String::new, |actor| format!(" by {actor}"));
    let to = if properties.is_empty() { String::new() } else { format!(": {properties}") };
    format!("{}{on}{by}{to}", event.name)
}

/// `memory_mb 512 → 128`; of what is not known on a side, nothing is said.
fn properties(event: &ChangeEvent) -> String {
    let said = event.changes.iter().map(|PropertyChange { property, from, to }| match (from, to) {
        (Some(from), Some(to)) => format!("{property} {from} → {to}"),
        (None, Some(to)) => format!("{property} is now {to}"),
        (Some(from), None) => format!("{property} was {from}"),
        (None, None) => property.clone(),
    });
    let mut said: Vec<String> = said.collect();
    let more = said.len().saturating_sub(MOST_PROPERTIES);
    if more > 0 {
        said.truncate(MOST_PROPERTIES);
        said.push(format!("and {more} more"));
    }
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{at, changed_just_before, load_test};

    fn said(from: Option<&str>, to: Option<&str>) -> String {
        let mut insight = load_test();
        let property = PropertyChange {
            property: "memory_mb".to_owned(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
        };
        insight.events[0].changes = vec![property];
        changes(&insight, at("14:10")).remove(0)
    }

    #[test]
    fn of_a_side_that_is_not_known_nothing_is_said() {
        let start = "13:56 UTC UpdateFunctionConfiguration on shop-checkout by alice: memory_mb";
        assert_eq!(said(Some("512"), Some("128")), format!("{start} 512 → 128"));
        assert_eq!(said(None, Some("128")), format!("{start} is now 128"));
        assert_eq!(said(Some("512"), None), format!("{start} was 512"));
        assert_eq!(said(None, None), start);
    }

    #[test]
    fn a_cause_s_change_is_said_once_and_first() {
        let mut insight = changed_just_before();
        let nearer = ChangeEvent { id: "other".to_owned(), time: at("14:02"), ..insight.events[0].clone() };
        insight.events.insert(0, nearer);
        assert_eq!(
            changes(&insight, at("14:10")),
            [
                "13:56 UTC UpdateFunctionConfiguration on shop-checkout by alice: memory_mb 512 → 128, 7 min before the start",
                "14:02 UTC UpdateFunctionConfiguration on shop-checkout by alice: memory_mb 512 → 128"
            ]
        );
    }

    #[test]
    fn of_a_release_it_is_said_what_it_did() {
        let mut insight = changed_just_before();
        insight.events[0].verdict = Some(Verdict {
            outcome: VerdictOutcome::Worse,
            said: "worse 30 min after: errors 0.1 % → 5 %, 600 invocations".to_owned(),
            measures: vec![],
        });
        let said = changes(&insight, at("14:30")).remove(0);
        let end = "7 min before the start; worse 30 min after: errors 0.1 % → 5 %, 600 invocations";
        assert!(said.ends_with(end), "{said}");
        insight.causes.clear();
        assert!(
            changes(&insight, at("14:30"))
                .remove(0)
                .ends_with("512 → 128; worse 30 min after: errors 0.1 % → 5 %, 600 invocations")
        );
    }

    #[test]
    fn a_change_whose_event_is_not_there_is_said_by_itself() {
        let mut insight = changed_just_before();
        insight.events.clear();
        let later = "2026-11-24T14:10:00Z".parse().unwrap();
        assert_eq!(
            changes(&insight, later),
            [
                "2026-11-22 13:56 UTC UpdateFunctionConfiguration on shop-checkout: memory_mb 512 → 128, 7 min before the start"
            ]
        );
    }

    #[test]
    fn what_is_much_is_counted() {
        let mut insight = load_test();
        let change = insight.events[0].changes[0].clone();
        insight.events[0].changes = vec![change; 7];
        insight.events[0].resources = (1..=5).map(|n| ResourceId(format!("AWS::Lambda::Function/f{n}"))).collect();
        let said = changes(&insight, at("14:10")).remove(0);
        assert!(said.contains(" on f1, f2, f3, 2 more by alice"), "{said}");
        assert!(said.ends_with("512 → 128, and 3 more"), "{said}");
    }
}
