use crate::{ApplicationId, InsightId, ResourceId, Scope, SensitivityId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How rare something must be to be unusual; each step is five times rarer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sensitivity {
    Low,
    #[default]
    Medium,
    High,
}

impl Sensitivity {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// As people write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// None: there is nothing lower.
    pub fn lower(self) -> Option<Self> {
        match self {
            Self::High => Some(Self::Medium),
            Self::Medium => Some(Self::Low),
            Self::Low => None,
        }
    }
}

/// What a sensitivity is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Judged {
    Application {
        id: ApplicationId,
    },
    Resource {
        id: ResourceId,
    },
    /// One series, by its key as text.
    Metric {
        key: String,
    },
}

/// Of an application, a resource or a metric, instead of the deployment's. The narrowest that holds is the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSensitivity {
    pub id: SensitivityId,
    pub of: Judged,
    pub sensitivity: Sensitivity,
    /// Exclusive; none: until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    pub by: String,
    /// The insight whose feedback lowered it; none: somebody set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<InsightId>,
}

impl Judged {
    /// What kind of thing it is, in one word, and which.
    pub fn said(&self) -> (&'static str, &str) {
        match self {
            Self::Application { id } => ("application", id.as_str()),
            Self::Resource { id } => ("resource", id.as_str()),
            Self::Metric { key } => ("metric", key),
        }
    }
}

impl OwnSensitivity {
    /// There is one of each thing: another takes its place.
    pub fn new(scope: &Scope, of: Judged, sensitivity: Sensitivity, until: Option<Timestamp>, by: &str) -> Self {
        let id = SensitivityId::of(scope, &of);
        Self { id, of, sensitivity, until, by: by.to_owned(), feedback: None }
    }

    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// The sensitivities that hold at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sensitivities<'a>(BTreeMap<&'a Judged, Sensitivity>);

impl<'a> Sensitivities<'a> {
    pub fn at(set: impl IntoIterator<Item = &'a OwnSensitivity>, now: Timestamp) -> Self {
        Self(set.into_iter().filter(|own| own.holds_at(now)).map(|own| (&own.of, own.sensitivity)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of a metric, by its key as text, of a resource in an application: the narrowest. None: the deployment's holds.
    pub fn of(&self, application: &ApplicationId, resource: &ResourceId, metric: &str) -> Option<Sensitivity> {
        let narrowest_first = [
            Judged::Metric { key: metric.to_owned() },
            Judged::Resource { id: resource.clone() },
            Judged::Application { id: application.clone() },
        ];
        narrowest_first.iter().find_map(|judged| self.0.get(judged).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRIC: &str = "AWS/Lambda Errors Sum FunctionName=checkout";

    fn named(application: &str, resource: &str) -> (ApplicationId, ResourceId) {
        (ApplicationId(application.to_owned()), ResourceId(resource.to_owned()))
    }

    fn set(of: Judged, sensitivity: Sensitivity, until: Option<&str>) -> OwnSensitivity {
        let scope = Scope::new("123456789012", "eu-west-1");
        OwnSensitivity::new(&scope, of, sensitivity, until.map(|text| text.parse().unwrap()), "ann")
    }

    #[test]
    fn the_narrowest_that_holds_counts_and_of_anything_else_none() {
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        let (shop, checkout) = named("shop", "checkout");
        let (billing, mailer) = named("billing", "mailer");
        let of_metric = |until| set(Judged::Metric { key: METRIC.to_owned() }, Sensitivity::High, until);
        let all = [
            set(Judged::Application { id: shop.clone() }, Sensitivity::Low, None),
            set(Judged::Resource { id: checkout.clone() }, Sensitivity::Medium, None),
            of_metric(Some("2026-11-25T13:00:00Z")),
        ];
        let held = Sensitivities::at(&all, now);
        assert_eq!(held.of(&shop, &checkout, METRIC), Some(Sensitivity::High));
        assert_eq!(held.of(&shop, &checkout, "another"), Some(Sensitivity::Medium));
        assert_eq!(held.of(&shop, &mailer, "another"), Some(Sensitivity::Low));
        assert_eq!(held.of(&billing, &mailer, "another"), None);
        // A resource is as sensitive in each application that has it.
        assert_eq!(held.of(&billing, &checkout, "another"), Some(Sensitivity::Medium));

        let over = [all[0].clone(), all[1].clone(), of_metric(Some("2026-11-25T12:00:00Z"))];
        assert_eq!(Sensitivities::at(&over, now).of(&shop, &checkout, METRIC), Some(Sensitivity::Medium));
        assert!(Sensitivities::at(&over[2..], now).is_empty());
    }

    #[test]
    fn there_is_one_of_each_thing() {
        let of = |key: &str| Judged::Metric { key: key.to_owned() };
        let low = set(of("a"), Sensitivity::Low, None);
        assert_eq!(low.id, set(of("a"), Sensitivity::High, Some("2026-11-26T00:00:00Z")).id);
        assert_ne!(low.id, set(of("b"), Sensitivity::Low, None).id);
        assert_ne!(low.id, set(Judged::Resource { id: ResourceId("a".into()) }, Sensitivity::Low, None).id);
    }
}
