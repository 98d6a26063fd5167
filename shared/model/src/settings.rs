use crate::{
    Boundary, ChannelId, CheckSetting, Coverage, Mute, MuteId, Mutes, NotificationChannel, OwnSensitivity,
    Sensitivities, SensitivityId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many topics may be told, as DevOps Guru allows: each takes its time.
pub const MOST_CHANNELS: usize = 2;

/// What people have set in one account and Region.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Empty: nothing is watched.
    pub coverage: Vec<Coverage>,
    pub integrations: Integrations,
    pub event_sources: EventSources,
    pub channels: BTreeMap<ChannelId, NotificationChannel>,
    pub sensitivities: BTreeMap<SensitivityId, OwnSensitivity>,
    pub mutes: BTreeMap<MuteId, Mute>,
    /// Of checks, from a file on one machine; nobody keeps them.
    pub checks: Vec<CheckSetting>,
    /// The costs that were asked for last.
    pub estimate: Option<Estimate>,
}

/// What watching would cost of one application, as it was when somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    pub of: Boundary,
    pub at: Timestamp,
    /// By which who asks recognises the same question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    pub resources: Vec<EstimatedResources>,
}

/// Resources of one type that either publish something or don't.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimatedResources {
    pub resource_type: String,
    pub is_active: bool,
    pub count: usize,
    /// How many metrics of them are read at every watch.
    pub metrics: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrations {
    /// Whether each insight gets a work item.
    pub ops_center: bool,
    /// Whether logs are looked into.
    pub log_anomalies: bool,
    pub encryption: Encryption,
}

/// With what the deployment encrypts. It is told, not done: a deployment's key is a parameter of its template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    pub enabled: bool,
    /// None: a key that the cloud owns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Default for Encryption {
    fn default() -> Self {
        Self { enabled: true, key: None }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSources {
    /// Whether a profiler's recommendations are taken in.
    pub profiler: bool,
}

impl Settings {
    /// Those that hold now.
    pub fn sensitivities(&self, now: Timestamp) -> Sensitivities<'_> {
        Sensitivities::at(self.sensitivities.values(), now)
    }

    /// Those that hold now.
    pub fn muted(&self, now: Timestamp) -> Mutes<'_> {
        Mutes::at(self.mutes.values(), now)
    }
}
