//! ARNs of what an insight names.

use stackseer_catalog::Catalog;
use stackseer_model::{Anomaly, Insight, Place, ResourceRef};

pub(crate) fn partition(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// A metric's resource goes by its ARN where it has one.
pub(crate) fn of_anomaly(insight: &Insight, anomaly: &Anomaly) -> Vec<String> {
    of_resource(insight, &anomaly.resource)
}

/// As its id has it, or by the rule of its type.
pub(crate) fn of_resource(insight: &Insight, resource: &ResourceRef) -> Vec<String> {
    let known = Some(resource.id.as_str()).filter(|id| id.starts_with("arn:"));
    let built = || of_name(insight, &resource.name, &resource.resource_type);
    known.map(str::to_owned).or_else(built).into_iter().collect()
}

/// Only types whose ARN is made of nothing but account, Region and name.
fn of_name(insight: &Insight, name: &str, resource_type: &str) -> Option<String> {
    let (region, account) = (insight.application.region.clone(), insight.application.account.clone());
    let place = Place { partition: partition(&region).to_owned(), region, account };
    Catalog::builtin().arn_of(resource_type, name, &place)
}
