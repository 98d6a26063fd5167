use crate::{ApplicationId, Resource};
use serde::{Deserialize, Serialize};

/// Before the id of a check, the key of a resource's tag that sets it. Discovery keeps such tags as attributes.
pub const CHECK_TAG: &str = "stackseer:check:";

/// What somebody set of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckSetting {
    pub check: String,
    /// None: in the whole account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationId>,
    /// Whether it is asked; none: as the catalogue has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// Instead of the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Where it was set, as a text names it: `stackseer.toml`.
    pub by: String,
}

/// What a resource's tag says of a check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CheckTag {
    On,
    /// It is known, and nobody is to be told.
    Off,
    Threshold(f64),
}

impl CheckTag {
    /// None: nothing, or nothing that has a meaning.
    pub fn of(resource: &Resource, check: &str) -> Option<Self> {
        match resource.known(&format!("{CHECK_TAG}{check}"))? {
            "on" => Some(Self::On),
            "off" => Some(Self::Off),
            number => number.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0).map(Self::Threshold),
        }
    }
}

/// The setting that counts: the application's before the account's, of several the last.
pub fn check_setting<'a>(
    settings: &'a [CheckSetting],
    check: &str,
    application: &ApplicationId,
) -> Option<&'a CheckSetting> {
    let of = |wanted: Option<&ApplicationId>| {
        settings.iter().rfind(|s| s.check == check && s.application.as_ref() == wanted)
    };
    of(Some(application)).or_else(|| of(None))
}
