//! ARNs of what an insight names.

use stackseer_catalog::Catalog;
use stackseer_model::{Anomaly, Application, Insight, Place, ResourceRef};

pub(crate) fn partition(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// A metric's resource goes by its ARN where it has one.
pub(crate) fn of_anomaly(insight: &Insight, anomaly: &Anomaly) -> Vec<String> {
    arn(&insight.application, &anomaly.resource).into_iter().collect()
}

/// As its id has it, or by the rule of its type; none: it needs more than account, Region and name.
pub fn arn(application: &Application, resource: &ResourceRef) -> Option<String> {
    let known = Some(resource.id.as_str()).filter(|id| id.starts_with("arn:"));
    let built = || of_name(application, &resource.name, &resource.resource_type);
    known.map(str::to_owned).or_else(built)
}

/// Only types whose ARN is made of nothing but account, Region and name.
fn of_name(application: &Application, name: &str, resource_type: &str) -> Option<String> {
    let (region, account) = (application.region.clone(), application.account.clone());
    let place = Place { partition: partition(&region).to_owned(), region, account };
    Catalog::builtin().arn_of(resource_type, name, &place)
}
