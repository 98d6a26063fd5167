//! What people asked not to be told of.

use crate::{Anomaly, AnomalyType, ApplicationId, Insight, MuteId, ResourceId, Scope, Severity, Status, Window};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    pub id: MuteId,
    pub what: Quiet,
    pub reason: String,
    pub from: Timestamp,
    /// Exclusive; none: until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// A maintenance window that comes again; none: all the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    pub by: String,
}

/// What a mute is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Quiet {
    Resource {
        id: ResourceId,
    },
    /// One series, by its key as text.
    Metric {
        key: String,
    },
    Check {
        id: String,
        /// None: of every resource.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resource: Option<ResourceId>,
    },
    Application {
        id: ApplicationId,
    },
}

/// That an insight is muted, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muted {
    pub mute: MuteId,
    pub by: String,
    pub reason: String,
    pub since: Timestamp,
    /// When this time of being muted is over, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The severity that people were last told of it; none: they know nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Severity>,
}

impl Mute {
    /// The same mute again has the same id.
    pub fn new(
        scope: &Scope,
        what: Quiet,
        reason: &str,
        (from, until): (Timestamp, Option<Timestamp>),
        window: Option<Window>,
        by: &str,
    ) -> Self {
        let (kind, of, on) = match &what {
            Quiet::Resource { id } => ("resource", id.as_str(), None),
            Quiet::Metric { key } => ("metric", key.as_str(), None),
            Quiet::Check { id, resource } => ("check", id.as_str(), resource.as_ref()),
            Quiet::Application { id } => ("application", id.as_str(), None),
        };
        let end = until.map(|until| until.to_string()).unwrap_or_default();
        let again = window.as_ref().map(Window::to_string).unwrap_or_default();
        let from_text = from.to_string();
        let mut parts = vec![kind, of, reason, &from_text, &end, &again, by];
        parts.extend(on.map(ResourceId::as_str));
        let id = MuteId::of(scope, &parts);
        Self { id, what, reason: reason.to_owned(), from, until, window, by: by.to_owned() }
    }

    /// None: it does not hold at `now`. Else until when it goes on holding, as far as that is known.
    fn holds_at(&self, now: Timestamp) -> Option<Option<Timestamp>> {
        if now < self.from || self.until.is_some_and(|until| until <= now) {
            return None;
        }
        match &self.window {
            None => Some(self.until),
            Some(window) => {
                let end = window.open_until(now)?;
                Some(Some(self.until.map_or(end, |until| until.min(end))))
            }
        }
    }
}

/// The mutes that hold at one time, with how long.
#[derive(Debug, Clone, Default)]
pub struct Mutes<'a>(Vec<(&'a Mute, Option<Timestamp>)>);

impl<'a> Mutes<'a> {
    pub fn at(mutes: impl IntoIterator<Item = &'a Mute>, now: Timestamp) -> Self {
        Self(mutes.into_iter().filter_map(|mute| Some((mute, mute.holds_at(now)?))).collect())
    }

    /// The mute that covers the insight, the one that lasts longest, and until when it holds: its application, its check, or
    /// each anomaly that can open an insight and goes on, or once all are over each one. What only explains is no reason to
    /// tell.
    pub fn of(&self, insight: &Insight) -> Option<(&'a Mute, Option<Timestamp>)> {
        let whole = |what: &Quiet| match what {
            Quiet::Application { id } => *id == insight.application.id,
            Quiet::Check { id, resource: None } => insight.check() == Some(id),
            Quiet::Check { .. } | Quiet::Resource { .. } | Quiet::Metric { .. } => false,
        };
        if let Some(found) = self.longest(whole) {
            return Some(found);
        }
        let symptoms = || insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal);
        let ongoing: Vec<&Anomaly> = symptoms().filter(|a| a.status == Status::Ongoing).collect();
        let symptoms = if ongoing.is_empty() { symptoms().collect() } else { ongoing };
        let each: Option<Vec<_>> = symptoms.into_iter().map(|a| self.of_anomaly(insight, a)).collect();
        // Of several it is muted as long as the first of them holds.
        each?.into_iter().min_by_key(|(_, until)| (until.is_none(), *until))
    }

    /// The mute that covers one anomaly of the insight.
    pub fn of_anomaly(&self, insight: &Insight, anomaly: &Anomaly) -> Option<(&'a Mute, Option<Timestamp>)> {
        self.longest(|what| covers(what, insight, anomaly))
    }

    fn longest(&self, covers: impl Fn(&Quiet) -> bool) -> Option<(&'a Mute, Option<Timestamp>)> {
        self.0.iter().filter(|(mute, _)| covers(&mute.what)).copied().max_by_key(|(_, until)| (until.is_none(), *until))
    }
}

fn covers(what: &Quiet, insight: &Insight, anomaly: &Anomaly) -> bool {
    match what {
        Quiet::Check { id, resource: Some(resource) } => {
            insight.check() == Some(id) && anomaly.resource.id == *resource
        }
        Quiet::Resource { id } => anomaly.resource.id == *id,
        Quiet::Metric { key } => anomaly.metric().is_some_and(|m| m.key.to_string() == *key),
        Quiet::Check { .. } | Quiet::Application { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn mute(until: Option<&str>, window: Option<Window>) -> Mute {
        let scope = Scope::new("123456789012", "eu-west-1");
        let what = Quiet::Check { id: "a-check".into(), resource: None };
        Mute::new(&scope, what, "known", (at("2026-11-25T00:00:00Z"), until.map(at)), window, "ann")
    }

    #[test]
    fn a_mute_holds_from_its_start_to_before_its_end() {
        let of_a_day = mute(Some("2026-11-26T00:00:00Z"), None);
        let until = Some(at("2026-11-26T00:00:00Z"));
        assert_eq!(of_a_day.holds_at(at("2026-11-24T23:59:59Z")), None);
        assert_eq!(of_a_day.holds_at(at("2026-11-25T00:00:00Z")), Some(until));
        assert_eq!(of_a_day.holds_at(at("2026-11-26T00:00:00Z")), None);
        assert_eq!(mute(None, None).holds_at(at("2030-01-01T00:00:00Z")), Some(None));
    }

    #[test]
    fn a_window_ends_with_its_time_or_with_the_mute() {
        let window = || Some(Window::new("0 2 * * *", 60, "UTC").unwrap());
        let nightly = mute(Some("2026-11-26T02:30:00Z"), window());
        assert_eq!(nightly.holds_at(at("2026-11-25T01:59:00Z")), None);
        assert_eq!(nightly.holds_at(at("2026-11-25T02:10:00Z")), Some(Some(at("2026-11-25T03:00:00Z"))));
        assert_eq!(nightly.holds_at(at("2026-11-26T02:10:00Z")), Some(Some(at("2026-11-26T02:30:00Z"))));
    }

    #[test]
    fn the_same_mute_has_the_same_id_and_another_another() {
        assert_eq!(mute(None, None).id, mute(None, None).id);
        assert_ne!(mute(None, None).id, mute(Some("2026-11-26T00:00:00Z"), None).id);
        let nightly = Window::new("0 2 * * *", 60, "UTC").unwrap();
        assert_ne!(mute(None, None).id, mute(None, Some(nightly)).id);
    }
}
