//! Metrics from CloudWatch: `GetMetricData` in as few calls as it allows, and `ListMetrics`.

#[cfg(test)]
mod tests;

use crate::error::{port_error, unseen};
use aws_config::{Region, SdkConfig};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, MetricDataQuery, MetricDataResult, MetricStat, StatusCode};
use aws_smithy_types::DateTime;
use futures_util::stream::{self, StreamExt};
use stackseer_catalog::Catalog;
use stackseer_model::ports::{MetricAnswer, MetricSource, PortError, ReadSeries};
use stackseer_model::{Metric, Point, Series, Timestamp, Unseen};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::Mutex;

/// `GetMetricData`'s own limits: queries in a call, and datapoints in an answer.
const MOST_QUERIES: usize = 500;
const MOST_POINTS: i64 = 100_800;
/// CloudWatch allows 50 calls a second, but only 180,000 datapoints: more at once would be throttled.
const CALLS_AT_ONCE: usize = 2;
const READ: &str = "cloudwatch:GetMetricData";
const LIST: &str = "cloudwatch:ListMetrics";

type DimensionSet = BTreeMap<String, String>;
type Listed = HashMap<(String, Option<String>), Arc<Vec<(String, DimensionSet)>>>;

/// One run's view of CloudWatch: what `ListMetrics` said is kept until it is dropped.
#[derive(Debug, Clone)]
pub struct Metrics {
    home: Client,
    /// By namespace, those that CloudWatch keeps in one other Region.
    elsewhere: HashMap<String, Client>,
    listed: Arc<Mutex<Listed>>,
}

impl Metrics {
    /// The catalogue says which namespaces are kept elsewhere. Other partitions keep them in Regions of their own.
    pub(crate) fn new(sdk: &SdkConfig, partition: &str, catalog: &Catalog) -> Self {
        let home = sdk.region().map(Region::as_ref);
        let mut elsewhere = HashMap::new();
        for service in catalog.services().iter().filter(|_| partition == "aws") {
            if let Some(region) = service.region.as_deref().filter(|region| home != Some(region)) {
                let there = || {
                    let config = aws_sdk_cloudwatch::config::Builder::from(sdk);
                    Client::from_conf(config.region(Region::new(region.to_owned())).build())
                };
                elsewhere.entry(service.namespace.clone()).or_insert_with(there);
            }
        }
        Self { home: Client::new(sdk), elsewhere, listed: Arc::default() }
    }

    fn client(&self, namespace: &str) -> &Client {
        self.elsewhere.get(namespace).unwrap_or(&self.home)
    }

    /// Whether what is refused there says nothing of what may be read here.
    pub(crate) fn is_elsewhere(&self, namespace: &str) -> bool {
        self.elsewhere.contains_key(namespace)
    }

    /// Metric name and dimensions of everything published in the last two weeks, of one metric or a whole namespace.
    pub(crate) async fn list(
        &self,
        namespace: &str,
        metric: Option<&str>,
    ) -> Result<Arc<Vec<(String, DimensionSet)>>, PortError> {
        let key = (namespace.to_owned(), metric.map(str::to_owned));
        // Held over the call: two who want the same list make one call.
        let mut listed = self.listed.lock().await;
        if let Some(known) = listed.get(&key) {
            return Ok(known.clone());
        }
        if let Some(all) = listed.get(&(key.0.clone(), None)) {
            let one = all.iter().filter(|(name, _)| metric == Some(name.as_str())).cloned().collect();
            return Ok(Arc::new(one));
        }
        let request = self.client(namespace).list_metrics().namespace(namespace).set_metric_name(key.1.clone());
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            for metric in page.map_err(|e| port_error(LIST, e))?.metrics.unwrap_or_default() {
                let set = metric.dimensions.unwrap_or_default().into_iter();
                let set = set.filter_map(|d| Some((d.name?, d.value?))).collect();
                found.push((metric.metric_name.unwrap_or_default(), set));
            }
        }
        let found = Arc::new(found);
        listed.insert(key, found.clone());
        Ok(found)
    }

    /// Reads one batch to its last page. `Err` only if the call itself failed.
    async fn call(&self, batch: &Batch<'_>, tally: &mut Tally) -> Result<Vec<ReadSeries>, PortError> {
        let mut answers: Vec<Answer> = batch.metrics.iter().map(|_| Answer::default()).collect();
        let mut token = None;
        loop {
            tally.calls += 1;
            let request = self
                .client(batch.namespace())
                .get_metric_data()
                .set_metric_data_queries(Some(batch.metrics.iter().enumerate().map(|(i, m)| query(i, m)).collect()))
                .start_time(DateTime::from_secs(batch.from))
                .end_time(DateTime::from_secs(batch.to))
                .set_next_token(token);
            let page = request.send().await.map_err(|e| port_error(READ, e))?;
            for result in page.metric_data_results.unwrap_or_default() {
                let index = result.id.as_deref().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                if let Some(answer) = index.and_then(|i| answers.get_mut(i)) {
                    answer.add(result);
                }
            }
            // What CloudWatch says of the whole call, such as "a maximum of 500 metrics", concerns what it left out.
            for message in page.messages.unwrap_or_default() {
                let text = message.value.or(message.code).unwrap_or_default();
                answers.iter_mut().filter(|a| a.status.is_none()).for_each(|a| a.messages.push(text.clone()));
            }
            token = page.next_token.filter(|t| !t.is_empty());
            if token.is_none() {
                break;
            }
        }
        tally.may_be_retried |= answers.iter().any(Answer::may_be_retried);
        Ok(answers.into_iter().zip(&batch.metrics).map(|(answer, metric)| answer.finish(metric)).collect())
    }

    /// Reads a batch; one that CloudWatch rejects is halved until the metric it objects to stands alone.
    async fn read_batch(&self, batch: Batch<'_>) -> (Tally, Result<Vec<(usize, ReadSeries)>, PortError>) {
        let mut tally = Tally::default();
        let mut read = Vec::new();
        let mut waiting = vec![batch];
        while let Some(batch) = waiting.pop() {
            match self.call(&batch, &mut tally).await {
                Ok(series) => read.extend(batch.positions.iter().copied().zip(series)),
                Err(PortError::Permanent { .. }) if batch.metrics.len() > 1 => waiting.extend(batch.halves()),
                Err(error @ PortError::Permanent { .. }) => {
                    read.push((batch.positions[0], Err(unseen(batch.metrics[0].key.to_string(), &error))));
                }
                Err(error) => return (tally, Err(error)),
            }
        }
        (tally, Ok(read))
    }
}

impl MetricSource for Metrics {
    async fn read(&self, metrics: &[&Metric], from: Timestamp, to: Timestamp) -> Result<MetricAnswer, PortError> {
        let batches = self.batches(metrics, from.as_second(), to.as_second());
        let asked: Vec<(bool, Vec<usize>)> =
            batches.iter().map(|b| (self.is_elsewhere(b.namespace()), b.positions.clone())).collect();
        let calls: Vec<_> = batches.into_iter().map(|batch| self.read_batch(batch)).collect();
        let mut answers = stream::iter(calls).buffered(CALLS_AT_ONCE);

        let mut answer = MetricAnswer::default();
        let mut parts: Vec<Vec<ReadSeries>> = metrics.iter().map(|_| Vec::new()).collect();
        let mut failed = Vec::new();
        let mut index = 0;
        while let Some((tally, read)) = answers.next().await {
            answer.calls += tally.calls;
            answer.may_be_retried |= tally.may_be_retried;
            match read {
                Ok(read) => read.into_iter().for_each(|(i, series)| parts[i].push(series)),
                Err(denied @ PortError::Denied { .. }) if !asked[index].0 => return Err(denied),
                Err(error) => {
                    answer.may_be_retried |= !matches!(error, PortError::Denied { .. });
                    for &i in &asked[index].1 {
                        parts[i].push(Err(unseen(metrics[i].key.to_string(), &error)));
                    }
                    failed.push(error);
                }
            }
            index += 1;
        }
        if failed.len() == index
            && let Some(error) = failed.pop()
        {
            return Err(error);
        }
        answer.series = parts.into_iter().map(|parts| join(parts, from, to)).collect();
        Ok(answer)
    }

    async fn dimension_sets(&self, namespace: &str, metric: &str) -> Result<Vec<DimensionSet>, PortError> {
        Ok(self.list(namespace, Some(metric)).await?.iter().map(|(_, set)| set.clone()).collect())
    }
}

#[derive(Debug, Default)]
struct Tally {
    calls: u32,
    may_be_retried: bool,
}

/// Metrics asked for in one call, with their places in the caller's list.
#[derive(Debug, Clone)]
struct Batch<'a> {
    positions: Vec<usize>,
    metrics: Vec<&'a Metric>,
    from: i64,
    to: i64,
}

impl<'a> Batch<'a> {
    /// One that all its metrics are in the Region of.
    fn namespace(&self) -> &str {
        self.metrics.first().map_or("", |metric| &metric.key.namespace)
    }

    fn halves(mut self) -> [Batch<'a>; 2] {
        let middle = self.metrics.len() / 2;
        let rest = Batch {
            positions: self.positions.split_off(middle),
            metrics: self.metrics.split_off(middle),
            from: self.from,
            to: self.to,
        };
        [self, rest]
    }
}

impl Metrics {
    fn batches<'a>(&self, metrics: &[&'a Metric], from: i64, to: i64) -> Vec<Batch<'a>> {
        let mut by_place: BTreeMap<&str, Vec<(usize, &'a Metric)>> = BTreeMap::new();
        for (position, metric) in metrics.iter().copied().enumerate() {
            let client = self.elsewhere.get(&metric.key.namespace);
            let region = client.and_then(|c| c.config().region()).map_or("", Region::as_ref);
            by_place.entry(region).or_default().push((position, metric));
        }
        by_place.into_values().flat_map(|metrics| batches(metrics, from, to)).collect()
    }
}

/// As few calls as the limits allow. A metric is billed once per call that names it, so the time range is split only
/// where one metric alone has more points than an answer may have.
fn batches<'a>(mut metrics: Vec<(usize, &'a Metric)>, from: i64, to: i64) -> Vec<Batch<'a>> {
    // Statistics of one metric in one call are billed as one.
    metrics.sort_by_key(|(_, m)| (&m.key.namespace, &m.key.name, &m.key.dimensions));
    let mut full = Vec::new();
    let mut open = Batch { positions: vec![], metrics: vec![], from, to };
    let mut points = 0;
    for (position, metric) in metrics {
        let period = i64::from(metric.period.max(1));
        let (first, last) = (from.div_euclid(period) * period, to + (-to).rem_euclid(period));
        let wanted = ((last - first) / period).max(1);
        if wanted > MOST_POINTS {
            let step = MOST_POINTS * period;
            let starts = (0..).map(|i| first + i * step).take_while(|start| *start < last);
            full.extend(starts.map(|start| Batch {
                positions: vec![position],
                metrics: vec![metric],
                from: start,
                to: (start + step).min(last),
            }));
            continue;
        }
        if open.metrics.len() == MOST_QUERIES || points + wanted > MOST_POINTS {
            full.push(std::mem::replace(&mut open, Batch { positions: vec![], metrics: vec![], from, to }));
            points = 0;
        }
        points += wanted;
        // Whole periods: CloudWatch answers a start within a period with a partial one.
        open.from = open.from.min(first);
        open.to = open.to.max(last);
        open.positions.push(position);
        open.metrics.push(metric);
    }
    if !open.metrics.is_empty() {
        full.push(open);
    }
    full
}

fn query(index: usize, metric: &Metric) -> MetricDataQuery {
    let dimensions = metric.key.dimensions.iter();
    let named = aws_sdk_cloudwatch::types::Metric::builder()
        .namespace(&metric.key.namespace)
        .metric_name(&metric.key.name)
        .set_dimensions(Some(
            dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build()).collect(),
        ))
        .build();
    let statistic = MetricStat::builder()
        .metric(named)
        .period(i32::try_from(metric.period).unwrap_or(i32::MAX))
        .stat(&metric.key.statistic)
        .build();
    MetricDataQuery::builder().id(format!("m{index}")).metric_stat(statistic).return_data(true).build()
}

/// What the pages said of one query.
#[derive(Debug, Default)]
struct Answer {
    points: Vec<Point>,
    status: Option<StatusCode>,
    messages: Vec<String>,
}

impl Answer {
    fn add(&mut self, result: MetricDataResult) {
        let times = result.timestamps.unwrap_or_default();
        let values = result.values.unwrap_or_default();
        self.points.extend(
            times
                .iter()
                .zip(values)
                .filter_map(|(time, value)| Some(Point { time: Timestamp::from_second(time.secs()).ok()?, value })),
        );
        // The last page's is the one that counts: `PartialData` before it only says that more pages follow.
        self.status = Some(result.status_code.unwrap_or(StatusCode::Complete));
        let messages = result.messages.unwrap_or_default().into_iter();
        self.messages.extend(messages.filter_map(|m| m.value.or(m.code)));
    }

    /// Whether what is missing may come with another call.
    fn may_be_retried(&self) -> bool {
        !matches!(self.status, Some(StatusCode::Complete | StatusCode::Forbidden))
    }

    fn finish(self, metric: &Metric) -> ReadSeries {
        let said = |reason: &str| match self.messages.is_empty() {
            true => reason.to_owned(),
            false => format!("{reason}: {}", self.messages.join("; ")),
        };
        let reason = match &self.status {
            Some(StatusCode::Complete) => return Ok(Series::new(self.points)),
            Some(StatusCode::PartialData) => said("CloudWatch returned only part of the data"),
            Some(StatusCode::InternalError) => said("CloudWatch had an internal error"),
            Some(StatusCode::Forbidden) => said("CloudWatch refused this metric"),
            Some(other) => said(&format!("CloudWatch answered {}", other.as_str())),
            None => said("CloudWatch gave no answer for this metric"),
        };
        Err(Unseen { what: metric.key.to_string(), action: Some(READ.to_owned()), reason })
    }
}

/// The parts of one series, or the first reason why a part is missing.
fn join(parts: Vec<ReadSeries>, from: Timestamp, to: Timestamp) -> ReadSeries {
    let parts: Vec<Series> = parts.into_iter().collect::<Result<_, _>>()?;
    Ok(Series::new(parts.into_iter().flat_map(|s| s.0)).between(from, to))
}
