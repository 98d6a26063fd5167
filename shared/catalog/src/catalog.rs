//! All the knowledge at hand: what is built in, and the user's own namespaces.

use crate::schema::{self, CatalogError, Check, MetricSpec, Pattern, Service};
use stackseer_model::{Inventory, Metric, MetricKey, Resource, Unseen};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Path and text of every file of `/catalog`, validated by the build script.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Every series needs this one.
const READS: [&str; 2] = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"];

#[derive(Debug, Clone, Default)]
pub struct Catalog {
    services: Vec<Service>,
    patterns: Vec<Pattern>,
    checks: Vec<Check>,
}

impl Catalog {
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::with_user_files(&[]).expect("the build script has validated the built-in files"))
    }

    /// The built-in catalogue and the user's own files of metrics, in the same format.
    pub fn with_user_files(files: &[(String, String)]) -> Result<Self, Vec<CatalogError>> {
        let builtin = FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let all: Vec<(String, String)> = builtin.chain(files.iter().cloned()).collect();
        let schema::Read { services, checks, patterns } = schema::read(&all)?;
        Ok(Self { services, patterns, checks })
    }

    pub fn services(&self) -> &[Service] {
        &self.services
    }

    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    pub fn spec(&self, key: &MetricKey) -> Option<(&Service, &MetricSpec)> {
        let same_dimensions = |s: &&Service| s.dimensions.keys().eq(key.dimensions.keys());
        self.services.iter().filter(|s| s.namespace == key.namespace).filter(same_dimensions).find_map(|service| {
            let spec = service.metrics.iter().find(|m| m.name == key.name && m.statistic == key.statistic)?;
            Some((service, spec))
        })
    }

    /// How a sentence says it: `duration`, `throttled writes`.
    pub fn label_of(&self, metric: &Metric) -> String {
        self.spec(&metric.key).map_or_else(|| metric.key.name.clone(), |(_, spec)| spec.label.clone())
    }

    /// What titles call the service: `Lambda`.
    pub fn service_label(&self, resource_type: &str) -> String {
        let known = self.services.iter().find(|s| s.resource_type == resource_type).map(|s| s.label.clone());
        known.unwrap_or_else(|| resource_type.split("::").nth(1).unwrap_or(resource_type).to_owned())
    }

    /// DevOps Guru's `ServiceName`.
    pub fn service_name(&self, resource_type: &str) -> Option<&str> {
        self.services.iter().find(|s| s.resource_type == resource_type)?.service.as_deref()
    }

    /// Namespace and metric whose dimension values only `ListMetrics` knows, for the resources at hand.
    pub fn wildcard_metrics(&self, inventory: &Inventory) -> Vec<(String, String)> {
        let wanted = |service: &&Service| {
            service.dimensions.values().any(|v| v == "*") && inventory.resources.iter().any(|r| applies(service, r))
        };
        let metrics: BTreeSet<(String, String)> = self
            .services
            .iter()
            .filter(wanted)
            .flat_map(|s| s.metrics.iter().map(|m| (s.namespace.clone(), m.name.clone())))
            .collect();
        metrics.into_iter().collect()
    }

    /// The metrics of a resource. `sets` answers with the dimension sets that `ListMetrics` knows for a namespace and metric.
    /// A dimension that needs an attribute nobody knows is said, not guessed.
    pub fn metrics_of(
        &self,
        resource: &Resource,
        sets: impl Fn(&str, &str) -> Vec<BTreeMap<String, String>>,
    ) -> (Vec<Metric>, Vec<Unseen>) {
        let mut metrics = Vec::new();
        let mut unseen = Vec::new();
        for service in self.services.iter().filter(|s| applies(s, resource)) {
            let dimensions = match resolved(service, resource) {
                Ok(dimensions) => dimensions,
                Err(attribute) => {
                    unseen.push(Unseen {
                        what: format!("{} metrics of {}", service.label, resource.name),
                        action: None,
                        reason: format!("{attribute} of {} is not known", resource.name),
                    });
                    continue;
                }
            };
            for spec in &service.metrics {
                for dimensions in expanded(&dimensions, || sets(&service.namespace, &spec.name)) {
                    metrics.push(metric(service, spec, resource, dimensions));
                }
            }
        }
        (metrics, unseen)
    }

    /// What reading all this needs of IAM.
    pub fn iam_actions(&self) -> BTreeSet<&str> {
        let named = self.services.iter().flat_map(|s| &s.iam);
        let named =
            named.chain(self.checks.iter().flat_map(|c| &c.iam)).chain(self.patterns.iter().flat_map(|p| &p.iam));
        named.map(String::as_str).chain(READS).collect()
    }
}

fn applies(service: &Service, resource: &Resource) -> bool {
    service.resource_type == resource.resource_type
        && service.only.iter().all(|(attribute, wanted)| resource.known(attribute) == Some(wanted))
}

/// Dimension templates filled in from the resource; `*` stays. The error is the attribute that is not known.
fn resolved(service: &Service, resource: &Resource) -> Result<BTreeMap<String, String>, String> {
    let fill = |(dimension, template): (&String, &String)| {
        let Some(attribute) = template.strip_prefix('{').and_then(|t| t.strip_suffix('}')) else {
            return Ok((dimension.clone(), template.clone()));
        };
        let value = match attribute {
            "name" => Some(resource.name.clone()),
            "arn" => resource.arn.clone(),
            _ => resource.known(attribute).map(str::to_owned),
        };
        value.map(|value| (dimension.clone(), value)).ok_or_else(|| attribute.to_owned())
    };
    service.dimensions.iter().map(fill).collect()
}

fn expanded(
    dimensions: &BTreeMap<String, String>,
    sets: impl FnOnce() -> Vec<BTreeMap<String, String>>,
) -> Vec<BTreeMap<String, String>> {
    if !dimensions.values().any(|v| v == "*") {
        return vec![dimensions.clone()];
    }
    let fits = |set: &BTreeMap<String, String>| {
        set.len() == dimensions.len()
            && dimensions.iter().all(|(name, value)| set.get(name).is_some_and(|v| value == "*" || v == value))
    };
    sets().into_iter().filter(fits).collect()
}

fn metric(service: &Service, spec: &MetricSpec, resource: &Resource, dimensions: BTreeMap<String, String>) -> Metric {
    Metric {
        key: MetricKey {
            namespace: service.namespace.clone(),
            name: spec.name.clone(),
            dimensions,
            statistic: spec.statistic.clone(),
        },
        resource: resource.id.clone(),
        unit: spec.unit.clone(),
        role: spec.role,
        kind: spec.kind,
        bad: spec.bad,
        missing: spec.missing,
        period: spec.period.unwrap_or(service.period),
        publication_delay: spec.publication_delay.unwrap_or(service.publication_delay),
        opens: spec.opens,
        least: spec.least,
    }
}
