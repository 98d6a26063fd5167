//! Where a person looks next.

use crate::kinds::{console, page};
use crate::source::about;
use stackseer_catalog::Catalog;
use stackseer_model::{Anomaly, AnomalyType, Insight, InsightType, Timestamp};
use std::fmt::Write;

/// Graphs with more lines than this are hard to read, and the URL grows.
const MOST_METRICS: usize = 4;
/// Mail programs and chats cut longer ones off.
const MOST_CHARACTERS: usize = 1500;
/// Shown before the start and after the end.
const MARGIN_SECONDS: i64 = 3600;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Base URL of Stackseer's own console. None: in AWS's, CloudWatch's graph of what was anomalous, or of what is proactive the
    /// resource's own page.
    pub console: Option<String>,
}

impl Links {
    pub fn insight(&self, insight: &Insight) -> String {
        let kind = match insight.insight_type() {
            InsightType::Reactive => "reactive",
            InsightType::Proactive => "proactive",
        };
        match self.console.as_deref().map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty()) {
            Some(base) => format!("{base}/insight/{kind}/{}", insight.id),
            None if insight.insight_type() == InsightType::Proactive => page(&insight.application, &about(insight)),
            None => graphed(insight).unwrap_or_else(|| page(&insight.application, &about(insight))),
        }
    }
}

/// CloudWatch's graph of one anomaly's metric; none where something else than a metric is the evidence.
pub fn graph_of(insight: &Insight, anomaly: &Anomaly) -> Option<String> {
    anomaly.metric()?;
    Some(format!("{}#metricsV2:graph={}", home(insight), graph(insight, &[anomaly])))
}

fn home(insight: &Insight) -> String {
    let region = &insight.application.region;
    format!("{}/cloudwatch/home?region={region}", console(region))
}

/// CloudWatch's graph of what was anomalous; none where no metric was, or its address would be too long.
fn graphed(insight: &Insight) -> Option<String> {
    let mut anomalies: Vec<&Anomaly> = insight.anomalies.iter().filter(|a| a.metric().is_some()).collect();
    anomalies.sort_by_key(|a| (a.anomaly_type == AnomalyType::Contextual, std::cmp::Reverse(a.severity)));
    anomalies.truncate(MOST_METRICS);
    while !anomalies.is_empty() {
        let url = format!("{}#metricsV2:graph={}", home(insight), graph(insight, &anomalies));
        if url.len() <= MOST_CHARACTERS {
            return Some(url);
        }
        anomalies.pop();
    }
    None
}

/// CloudWatch's console keeps its graph in the URL as JSURL.
fn graph(insight: &Insight, anomalies: &[&Anomaly]) -> String {
    let mut metrics = String::new();
    for metric in anomalies.iter().filter_map(|a| a.metric()) {
        let _ = write!(metrics, "~(~'{}~'{}", jsurl(&metric.key.namespace), jsurl(&metric.key.name));
        for (name, value) in &metric.key.dimensions {
            let _ = write!(metrics, "~'{}~'{}", jsurl(name), jsurl(value));
        }
        let _ = write!(metrics, "~(stat~'{}~period~{}", jsurl(&metric.key.statistic), metric.period);
        if let Some(region) = Catalog::builtin().region_of(&metric.key.namespace) {
            let _ = write!(metrics, "~region~'{}", jsurl(region));
        }
        metrics.push_str("))");
    }
    let around = |time: Timestamp, seconds: i64| {
        let time = Timestamp::from_second(time.as_second() + seconds).unwrap_or(time);
        jsurl(&time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string())
    };
    format!(
        "~(metrics~({metrics})~view~'timeSeries~stacked~false~region~'{}~start~'{}~end~'{})",
        jsurl(&insight.application.region),
        around(insight.start_time, -MARGIN_SECONDS),
        around(insight.end_time.unwrap_or(insight.update_time), MARGIN_SECONDS),
    )
}

fn jsurl(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut encoded, unit| {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) => encoded.push(char::from(byte)),
            Ok(byte) => _ = write!(encoded, "*{byte:02x}"),
            Err(_) => _ = write!(encoded, "**{unit:04x}"),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{load_test, unprotected_table};
    use stackseer_model::Status;

    #[test]
    fn a_console_of_ones_own_comes_first() {
        for base in ["https://ops.example/console", "https://ops.example/console/"] {
            let links = Links { console: Some(base.to_owned()) };
            assert_eq!(
                links.insight(&load_test()),
                format!("https://ops.example/console/insight/reactive/{}", load_test().id)
            );
        }
        let links = Links { console: Some("https://ops.example".to_owned()) };
        assert!(links.insight(&unprotected_table()).starts_with("https://ops.example/insight/proactive/"));
    }

    #[test]
    fn without_one_the_graph_is_in_cloudwatch() {
        let none = Links { console: Some(String::new()) };
        let url = none.insight(&load_test());
        assert_eq!(
            url,
            "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#metricsV2:graph=\
             ~(metrics~(~(~'AWS*2fLambda~'Duration~'FunctionName~'shop-checkout~(stat~'p90~period~60))\
             ~(~'AWS*2fLambda~'Invocations~'FunctionName~'shop-checkout~(stat~'Sum~period~60)))\
             ~view~'timeSeries~stacked~false~region~'eu-central-1\
             ~start~'2026-11-22T13*3a03*3a00.000Z~end~'2026-11-22T16*3a15*3a00.000Z)"
        );
        assert_eq!(jsurl("a b/日'~"), "a*20b*2f**65e5*27*7e");
    }

    #[test]
    fn of_what_is_proactive_or_has_no_graph_the_resource_is_shown() {
        let page =
            "https://eu-central-1.console.aws.amazon.com/dynamodbv2/home?region=eu-central-1#table?name=shop-orders";
        assert_eq!(Links::default().insight(&unprotected_table()), page);
        let mut log = load_test();
        log.anomalies = vec![unprotected_table().anomalies.remove(0)];
        log.subject.resource = None;
        assert_eq!(Links::default().insight(&log), page);
        // Of many resources, the first that still fails.
        let mut two = unprotected_table();
        let other = Anomaly { resource: load_test().anomalies.remove(0).resource, ..two.anomalies[0].clone() };
        two.anomalies[0].status = Status::Closed;
        two.anomalies.push(other);
        assert!(Links::default().insight(&two).contains("/lambda/home?"), "{}", Links::default().insight(&two));
    }

    #[test]
    fn other_partitions_have_their_own_domains_and_long_names_no_graph_but_a_page() {
        let mut insight = load_test();
        insight.application.region = "cn-north-1".to_owned();
        assert!(Links::default().insight(&insight).starts_with("https://cn-north-1.console.amazonaws.cn/cloudwatch/"));
        insight.application.region = "us-gov-west-1".to_owned();
        for anomaly in &mut insight.anomalies {
            anomaly.of_metric_mut().unwrap().metric.key.dimensions.insert("Long".to_owned(), "ü".repeat(2000));
        }
        assert_eq!(
            Links::default().insight(&insight),
            "https://us-gov-west-1.console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1\
             #/functions/shop-checkout?tab=monitoring"
        );
    }
}
