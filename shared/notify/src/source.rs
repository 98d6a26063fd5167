//! What an anomaly rests on, as `sourceDetails` has it. Receivers read the first without asking whether there is one, so nothing
//! here is ever empty.

use crate::kinds;
use crate::text::{clip, short};
use stackseer_model::*;

/// Of one value every statistic is the value: one that receivers know.
const OF_ONE: &str = "Maximum";
/// Where nothing is measured by the minute.
const MINUTE: u32 = 60;
const MOST_NAME: usize = 255;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub data_source: &'static str,
    pub name: String,
    pub namespace: String,
    pub period: u32,
    pub stat: String,
    pub unit: String,
    pub dimensions: Vec<(String, String)>,
    pub resource: ResourceRef,
}

pub(crate) fn of(insight: &Insight, anomaly: &Anomaly) -> Source {
    let resource = &anomaly.resource;
    let plain = |data_source, name: &str, stat: &str, unit: &str| Source {
        data_source,
        name: clip(name, MOST_NAME),
        namespace: kinds::namespace(&resource.resource_type),
        period: MINUTE,
        stat: stat.to_owned(),
        unit: unit.to_owned(),
        dimensions: vec![kinds::dimension(insight, resource)],
        resource: resource.clone(),
    };
    match &anomaly.evidence {
        Evidence::Metric(evidence) => of_metric(insight, &evidence.metric, resource),
        Evidence::Config(evidence) => plain("CONFIGURATION", &evidence.attribute, OF_ONE, "None"),
        Evidence::Log(evidence) => Source {
            namespace: "AWS/Logs".to_owned(),
            dimensions: vec![("LogGroupName".to_owned(), evidence.log_group.clone())],
            ..plain("CW_LOGS", &evidence.template, "Sum", "Count")
        },
        Evidence::Database(evidence) => plain("PI_METRICS", &evidence.wait_event, "Average", "None"),
    }
}

fn of_metric(insight: &Insight, metric: &Metric, resource: &ResourceRef) -> Source {
    let key = &metric.key;
    let mut dimensions: Vec<_> = key.dimensions.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    if dimensions.is_empty() {
        // A metric of the whole account.
        dimensions.push(("Region".to_owned(), insight.application.region.clone()));
    }
    Source {
        data_source: "CW_METRICS",
        name: key.name.clone(),
        namespace: key.namespace.clone(),
        period: metric.period,
        stat: key.statistic.clone(),
        unit: if metric.unit.is_empty() { "None".to_owned() } else { metric.unit.clone() },
        dimensions,
        resource: resource.clone(),
    }
}

/// One for an insight whose anomalies have moved to another: what it is about.
pub(crate) fn stand_in(insight: &Insight) -> (Anomaly, Source) {
    let resource = about(insight);
    let anomaly = Anomaly {
        id: AnomalyId(insight.id.to_string()),
        anomaly_type: AnomalyType::Causal,
        causal_anomaly: None,
        severity: insight.severity,
        status: insight.status,
        start_time: insight.start_time,
        end_time: insight.end_time,
        open_time: insight.open_time,
        close_time: insight.end_time.map(|_| insight.update_time),
        resource,
        description: insight.name.clone(),
        passed: 0,
        evidence: Evidence::Config(ConfigEvidence { attribute: insight.subject.what.clone(), value: None }),
    };
    let source = of(insight, &anomaly);
    // A metric's key: `AWS/Lambda Duration p90 FunctionName=checkout`.
    let words: Vec<&str> = insight.subject.what.splitn(4, ' ').collect();
    let source = match words[..] {
        [namespace, name, stat, ..] => Source {
            data_source: "CW_METRICS",
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            stat: stat.to_owned(),
            ..source
        },
        _ if source.name.is_empty() => Source { name: clip(&insight.name, MOST_NAME), ..source },
        _ => source,
    };
    (anomaly, source)
}

/// The resource that it is about, or the application.
pub(crate) fn about(insight: &Insight) -> ResourceRef {
    let wanted = insight.subject.resource.as_ref();
    let of = |status| insight.anomalies.iter().filter(move |a| a.status == status).map(|a| &a.resource);
    let mut named = of(Status::Ongoing).chain(of(Status::Closed)).chain(insight.causes.iter().map(|c| &c.resource));
    let known = named.find(|resource| wanted.is_none_or(|id| id == &resource.id));
    known.cloned().unwrap_or_else(|| match wanted {
        Some(id) => by_id(id),
        None => ResourceRef {
            id: ResourceId(insight.application.id.to_string()),
            name: insight.application.name.clone(),
            resource_type: String::new(),
        },
    })
}

/// `AWS::DynamoDB::Table/orders` has the type in it, an ARN has not.
pub fn by_id(id: &ResourceId) -> ResourceRef {
    let resource_type = id.as_str().split_once('/').map_or("", |(before, _)| before);
    ResourceRef {
        id: id.clone(),
        name: short(id.as_str()).to_owned(),
        resource_type: if resource_type.starts_with("AWS::") { resource_type.to_owned() } else { String::new() },
    }
}
