//! The configuration has a value it should not have.

use super::{CheckAnswer, Failure};
use stackseer_model::{Attribute, ConfigEvidence, Evidence, Resource};
use std::collections::BTreeMap;

pub fn answer(resource: &Resource, attribute: &str, bad: &[String]) -> CheckAnswer {
    match resource.attributes.get(attribute) {
        None => CheckAnswer::Unknown(format!("{attribute} of {} is not known", resource.name)),
        Some(Attribute::Unknown(why)) => {
            CheckAnswer::Unknown(format!("{attribute} of {} is not known: {why}", resource.name))
        }
        Some(Attribute::Known(value)) if bad.contains(value) => CheckAnswer::Fail(Box::new(Failure {
            evidence: Evidence::Config(ConfigEvidence { attribute: attribute.to_owned(), value: Some(value.clone()) }),
            since: None,
            values: BTreeMap::from([("attribute", attribute.replace('_', " ")), ("value", value.clone())]),
        })),
        Some(Attribute::Known(_) | Attribute::Unset) => CheckAnswer::Pass,
    }
}
