//! A check as it is asked of one resource: what people set of it counts, on the resource before its application before the account
//! before the catalogue.

use super::CheckSituation;
use crate::text;
use stackseer_catalog::{AskedByDefault, Check};
use stackseer_model::{CheckTag, Resource, check_setting};
use std::borrow::Cow;

pub struct Tuned<'a> {
    pub check: Cow<'a, Check>,
    /// The threshold that somebody set, and where.
    pub said: Option<String>,
}

/// None: it is not asked.
pub fn tuned<'a>(situation: &CheckSituation<'_>, check: &'a Check, resource: &Resource) -> Option<Tuned<'a>> {
    let tag = CheckTag::of(resource, &check.id);
    if !is_on(situation, check) && !matches!(tag, Some(CheckTag::On | CheckTag::Threshold(_))) {
        return None;
    }
    let set = check_setting(situation.settings, &check.id, &situation.application.id);
    let threshold = match tag {
        Some(CheckTag::Threshold(number)) => Some((number, format!("tag on {}", resource.name))),
        _ => set.and_then(|set| Some((set.threshold?, set.by.clone()))),
    };
    let own = threshold.and_then(|(number, place)| Some((check.with_threshold(number)?, number, place)));
    Some(match own {
        Some((check, number, place)) => {
            Tuned { check: Cow::Owned(check), said: Some(format!("{} ({place})", text::number(number))) }
        }
        None => Tuned { check: Cow::Borrowed(check), said: None },
    })
}

/// Whether it is asked where no tag says otherwise.
pub fn is_on(situation: &CheckSituation<'_>, check: &Check) -> bool {
    let set = check_setting(situation.settings, &check.id, &situation.application.id);
    set.and_then(|set| set.on).unwrap_or(check.default == AskedByDefault::On)
}
