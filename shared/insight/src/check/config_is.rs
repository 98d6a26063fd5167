//! The configuration has a value it should not have.

use super::{CheckAnswer, Failure};
use stackseer_model::Resource;
use std::collections::BTreeMap;

pub fn answer(resource: &Resource, attribute: &str, bad: &[String]) -> CheckAnswer {
    match resource.attributes.get(attribute) {
        None => CheckAnswer::Unknown(format!("{attribute} of {} is not known", resource.name)),
        Some(value) if bad.contains(value) => CheckAnswer::Fail(Box::new(Failure {
            metric: None,
            observed: 0.0,
            limit: None,
            since: None,
            values: BTreeMap::from([("attribute", attribute.replace('_', " ")), ("value", value.clone())]),
        })),
        Some(_) => CheckAnswer::Pass,
    }
}
