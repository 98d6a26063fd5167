//! All the knowledge at hand: what is built in, and the user's own namespaces.

use crate::identity::Arn;
use crate::schema::{
    self, ANY, CatalogError, Change, Check, DataTable, DevOpsGuru, IamAction, Ignored, Look, Looks, MetricSpec, Node,
    Pattern, ResourceType, Service, VerdictRules,
};
use stackseer_model::{Inventory, Metric, MetricKey, Place, Resource, Role, Unseen};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Path and text of every file of `/catalog`, validated by the build script.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Every series needs this one.
const READS: [&str; 2] = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"];

#[derive(Debug, Clone, Default)]
pub struct Catalog {
    resources: Vec<ResourceType>,
    ignored: Vec<Ignored>,
    /// Each with the event source it is of.
    changes: Vec<(String, Change)>,
    services: Vec<Service>,
    patterns: Vec<Pattern>,
    checks: Vec<Check>,
    looks: Vec<Looks>,
    verdicts: Vec<VerdictRules>,
    devops_guru: Vec<DevOpsGuru>,
    tables: Vec<DataTable>,
}

impl Catalog {
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::with_user_files(&[]).expect("the build script has validated the built-in files"))
    }

    /// The built-in catalogue and the user's own files, in the same format.
    pub fn with_user_files(files: &[(String, String)]) -> Result<Self, Vec<CatalogError>> {
        let builtin = FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let all: Vec<(String, String)> = builtin.chain(files.iter().cloned()).collect();
        let read = schema::read(&all)?;
        let of_resources = read.resources.iter().flat_map(|r| r.changes.iter().map(move |c| (r.arn.as_ref(), c)));
        let general = read.changes.iter().flat_map(|c| c.change.iter().map(|c| (None, c)));
        let source = |(arn, change): (Option<&schema::ArnForms>, &Change)| {
            let source = change.source.clone().or_else(|| Some(arn?.service.clone()));
            (source.unwrap_or_default(), change.clone())
        };
        let changes = of_resources.chain(general).map(source).collect();
        let schema::Read {
            resources, ignored, services, checks, patterns, looks, tables, verdicts, devops_guru, ..
        } = read;
        Ok(Self { resources, ignored, changes, services, patterns, checks, looks, tables, verdicts, devops_guru })
    }

    /// What to look at when a metric of this role is wrong: the type's own advice, else the general one.
    pub fn look(&self, cfn: &str, role: Role) -> &Look {
        let of = |looks: &'_ Looks| looks.looks.iter().position(|l| l.role.contains(&role));
        let named = self.looks.iter().find(|l| l.resource_type == cfn && of(l).is_some());
        let looks = named.or_else(|| self.looks.iter().find(|l| l.resource_type == ANY));
        let looks = looks.expect("the rules hold that there is a general advice");
        &looks.looks[of(looks).expect("the rules hold that it speaks of every role")]
    }

    /// All that is known of a type, by CloudFormation's name.
    pub fn resource_type(&self, cfn: &str) -> Option<&ResourceType> {
        self.resources.iter().find(|r| r.is(cfn))
    }

    /// Whether these are dimensions under which CloudWatch keeps metrics of the resource.
    pub fn has_dimensions(&self, resource: &Resource, namespace: &str, set: &BTreeMap<String, String>) -> bool {
        let services = self.services.iter().filter(|s| s.namespace == namespace && self.applies(s, resource));
        services.filter_map(|s| resolved(s, resource).ok()).any(|dimensions| fits(&dimensions, set))
    }

    pub fn resource_types(&self) -> &[ResourceType] {
        &self.resources
    }

    /// A type that isn't known takes no part in any call that is.
    pub fn node(&self, cfn: &str) -> Node {
        self.resource_type(cfn).map_or(Node::Helper, |r| r.node)
    }

    /// Whether there is nothing of this type that could be watched: roles, log groups, parts of others.
    pub fn is_ignored(&self, cfn: &str) -> bool {
        match self.resource_type(cfn) {
            Some(known) => known.node == Node::Helper,
            None => self.ignored.iter().any(|i| i.has(cfn)),
        }
    }

    /// Changes in the order in which they decide, each with CloudTrail's event source, `*` for any.
    pub fn changes(&self) -> impl Iterator<Item = (&str, &Change)> {
        self.changes.iter().map(|(source, change)| (source.as_str(), change))
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

    /// What DevOps Guru analysed.
    pub fn devops_guru(&self) -> &DevOpsGuru {
        self.devops_guru.last().expect("the rules hold that there is one")
    }

    /// When a release has made its resource worse: the user's own numbers, else those built in.
    pub fn verdict(&self) -> &VerdictRules {
        self.verdicts.last().expect("the rules hold that there is one")
    }

    /// By the name of its file in `catalog/data`.
    pub fn table(&self, id: &str) -> Option<&DataTable> {
        self.tables.iter().find(|table| table.id == id)
    }

    pub fn spec(&self, key: &MetricKey) -> Option<(&Service, &MetricSpec)> {
        let same_dimensions = |s: &&Service| s.dimensions.keys().eq(key.dimensions.keys());
        self.services.iter().filter(|s| s.namespace == key.namespace).filter(same_dimensions).find_map(|service| {
            let spec = service.metrics.iter().find(|m| m.name == key.name && m.statistic == key.statistic)?;
            Some((service, spec))
        })
    }

    /// The one Region in which CloudWatch keeps this namespace, if it is the same wherever the resources are.
    pub fn region_of(&self, namespace: &str) -> Option<&str> {
        self.services.iter().find(|s| s.namespace == namespace)?.region.as_deref()
    }

    /// Services without a Region, as ARNs call them, each with the Region in which it is told of all the same; but where that is the
    /// place's own. Other partitions have Regions of their own for that.
    pub fn elsewhere(&self, place: &Place) -> BTreeSet<(String, String)> {
        let of = |service: &Service| {
            let region = service.region.clone().filter(|region| *region != place.region)?;
            Some((self.service_of(&service.resource_type), region))
        };
        self.services.iter().filter(|_| place.partition == "aws").filter_map(of).collect()
    }

    /// How a sentence says it: `duration`, `throttled writes`.
    pub fn label_of(&self, metric: &Metric) -> String {
        self.spec(&metric.key).map_or_else(|| metric.key.name.clone(), |(_, spec)| spec.label.clone())
    }

    /// What titles call the service: `Lambda`.
    pub fn service_label(&self, resource_type: &str) -> String {
        let known = self.resource_type(resource_type).map(|r| r.label.clone());
        known.unwrap_or_else(|| resource_type.split("::").nth(1).unwrap_or(resource_type).to_owned())
    }

    /// What people call one of them: `Lambda function`; of a type that is not known `Glue Job`, as CloudFormation says it.
    pub fn kind(&self, resource_type: &str) -> String {
        let known = self.resource_type(resource_type).map(|r| r.kind.clone());
        known.unwrap_or_else(|| resource_type.trim_start_matches("AWS::").replace("::", " "))
    }

    /// DevOps Guru's `ServiceName`.
    pub fn service_name(&self, resource_type: &str) -> Option<&str> {
        self.resource_type(resource_type)?.service.as_deref()
    }

    /// Namespace and metric whose dimension values only `ListMetrics` knows, for the resources at hand.
    pub fn wildcard_metrics(&self, inventory: &Inventory) -> Vec<(String, String)> {
        let is_open = |service: &Service, resource: &Resource| {
            self.applies(service, resource)
                && resolved(service, resource).is_ok_and(|dimensions| dimensions.values().any(|v| is_open(v)))
        };
        let wanted = |service: &&Service| inventory.resources.iter().any(|r| is_open(service, r));
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
        let mut unseen: Vec<Unseen> = self.kind_unknown(resource).into_iter().collect();
        for service in self.services.iter().filter(|s| self.applies(s, resource)) {
            let dimensions = match resolved(service, resource) {
                Ok(dimensions) => dimensions,
                Err(attribute) => {
                    unseen.push(Unseen {
                        what: format!("{} metrics of {}", self.label_of_metrics(service), resource.name),
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

    /// What people call a file's metrics.
    pub fn label_of_metrics(&self, service: &Service) -> String {
        service.label.clone().unwrap_or_else(|| {
            let known = self.resource_type(&service.resource_type);
            let variant = known.and_then(|known| known.variants.iter().find(|v| v.only == service.only));
            variant.map_or_else(|| self.service_label(&service.resource_type), |variant| variant.label.clone())
        })
    }

    /// What reading the resources needs of IAM, each with the service's label.
    pub fn resource_actions(&self) -> impl Iterator<Item = (&str, &IamAction)> {
        self.resources.iter().flat_map(|r| r.iam.iter().map(|iam| (r.label.as_str(), iam)))
    }

    /// What reading all this needs of IAM.
    pub fn iam_actions(&self) -> BTreeSet<&str> {
        let resources = self.resource_actions().map(|(_, iam)| iam.action.as_str());
        let others = self.checks.iter().flat_map(|c| &c.iam).chain(self.patterns.iter().flat_map(|p| &p.iam));
        resources.chain(others.map(String::as_str)).chain(READS).collect()
    }

    /// Whether the resource is of the kind that these metrics describe.
    pub(crate) fn applies(&self, service: &Service, resource: &Resource) -> bool {
        let is = |(attribute, wanted): (&String, &String)| self.value(resource, attribute) == Some(wanted.as_str());
        self.resource_type(&resource.resource_type).is_some_and(|known| known.is(&service.resource_type))
            && service.only.iter().all(is)
            && !service.unless.iter().any(is)
    }

    /// An attribute's value; of what nobody looked for, as AWS documents it.
    pub(crate) fn value<'a>(&'a self, resource: &'a Resource, attribute: &str) -> Option<&'a str> {
        match resource.attributes.get(attribute) {
            Some(value) => value.known(),
            None => self.resource_type(&resource.resource_type)?.attribute(attribute)?.default.as_deref(),
        }
    }
}

/// Whether only `ListMetrics` knows the values of a dimension.
fn is_open(template: &str) -> bool {
    template == "*" || template.ends_with('#')
}

/// Dimension templates filled in from the resource; `*` and `#` stay. The error is the attribute that is not known.
pub(crate) fn resolved(service: &Service, resource: &Resource) -> Result<BTreeMap<String, String>, String> {
    let fill = |(dimension, template): (&String, &String)| {
        let Some((before, rest)) = template.split_once('{') else { return Ok((dimension.clone(), template.clone())) };
        let (attribute, after) = rest.split_once('}').unwrap_or((rest, ""));
        let value = match attribute {
            "name" => Some(resource.name.as_str()),
            "arn" => resource.arn.as_deref(),
            "account" => resource.arn.as_deref().and_then(Arn::parse).map(|arn| arn.account),
            _ => match attribute.strip_suffix('?') {
                Some(attribute) => resource.known(attribute).or(Some("*")),
                None => resource.known(attribute),
            },
        };
        value.map(|value| (dimension.clone(), format!("{before}{value}{after}"))).ok_or_else(|| attribute.to_owned())
    };
    service.dimensions.iter().map(fill).collect()
}

fn expanded(
    dimensions: &BTreeMap<String, String>,
    sets: impl FnOnce() -> Vec<BTreeMap<String, String>>,
) -> Vec<BTreeMap<String, String>> {
    if !dimensions.values().any(|v| is_open(v)) {
        return vec![dimensions.clone()];
    }
    sets().into_iter().filter(|set| fits(dimensions, set)).collect()
}

/// Whether a dimension set is one of those that filled-in templates mean.
fn fits(dimensions: &BTreeMap<String, String>, set: &BTreeMap<String, String>) -> bool {
    let one = |(name, value): (&String, &String)| {
        set.get(name).is_some_and(|v| match value.strip_suffix('#') {
            _ if value == "*" => true,
            Some(before) => v.strip_prefix(before).is_some_and(is_number),
            None => v == value,
        })
    };
    set.len() == dimensions.len() && dimensions.iter().all(one)
}

/// `001`, and of a group of groups `0001-002`.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
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
        out_of: spec.out_of.clone(),
        harms: spec.harms,
        at_most: spec.at_most,
    }
}
