//! Anomalies of an insight, their series, and what logs showed.

use super::insights::{found, found_with};
use super::range;
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::show;
use crate::show::resource::services;
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::{Charts, Page, Position};
use stackseer_model::{Anomaly, AnomalyId, Evidence, Insight, InsightType, LogEvidence};
use std::collections::BTreeMap;

const USUAL_PAGE: usize = 500;
const USUAL_LOG_GROUPS: usize = 200;
const MOST_SHOWN: usize = 20;
const ANOMALY: &str = "ANOMALY";

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListAnomaliesForInsightRequest>,
) -> Result<Answer<wire::ListAnomaliesForInsightResponse>, Error> {
    let started = input.start_time_range.as_ref();
    let (from, to) =
        range("StartTimeRange", started.and_then(|range| range.from_time), started.and_then(|range| range.to_time))?;
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_PAGE, Ids::Uuid)?;
    let insight = found(&api, &input.insight_id, input.account_id.as_deref()).await?;
    let collection = input.filters.as_ref().and_then(|filters| filters.service_collection.as_ref());
    let names = collection.and_then(|services| services.service_names.as_ref());
    let is_wanted = |anomaly: &&Anomaly| {
        from.is_none_or(|from| anomaly.start_time >= from)
            && to.is_none_or(|to| anomaly.start_time <= to)
            && names.is_none_or(|names| is_of(anomaly, names))
    };
    let position = |anomaly: &&Anomaly| Position::new(anomaly.start_time, anomaly.id.as_str());
    let mut anomalies: Vec<&Anomaly> = insight.anomalies.iter().filter(is_wanted).collect();
    anomalies.sort_by_cached_key(|anomaly| std::cmp::Reverse(position(anomaly)));
    let Page { items, next } = paging.of(anomalies, position);
    let next_token = paging.token(next.as_ref());
    let ids: Vec<AnomalyId> = items.into_iter().map(|anomaly| anomaly.id.clone()).collect();
    let insight = found_with(&api, &input.insight_id, input.account_id.as_deref(), Charts::Of(&ids)).await?;
    let items = ids.iter().filter_map(|id| insight.anomalies.iter().find(|anomaly| anomaly.id == *id));
    Ok(Answer(match insight.insight_type() {
        InsightType::Reactive => wire::ListAnomaliesForInsightResponse {
            reactive_anomalies: Some(items.map(|a| show::anomaly::reactive(&insight, a)).collect()),
            proactive_anomalies: None,
            next_token,
        },
        InsightType::Proactive => wire::ListAnomaliesForInsightResponse {
            reactive_anomalies: None,
            proactive_anomalies: Some(items.map(|a| show::anomaly::proactive(&insight, a)).collect()),
            next_token,
        },
    }))
}

fn is_of(anomaly: &Anomaly, names: &[wire::ServiceName]) -> bool {
    names.is_empty() || services([anomaly.resource.resource_type.as_str()]).iter().any(|name| names.contains(name))
}

pub async fn describe<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeAnomalyRequest>,
) -> Result<Answer<wire::DescribeAnomalyResponse>, Error> {
    let missing = || Error::not_found(ANOMALY, &input.id);
    let id = AnomalyId(input.id.clone());
    let holder = api.ports.insight_of(&id).await?.ok_or_else(missing)?;
    let charts = Charts::Of(std::slice::from_ref(&id));
    let insight = found_with(&api, holder.as_str(), input.account_id.as_deref(), charts).await;
    let insight = insight.map_err(|error| match error {
        Error::NotFound { .. } => missing(),
        other => other,
    })?;
    let anomaly = insight.anomalies.iter().find(|anomaly| anomaly.id == id).ok_or_else(missing)?;
    Ok(Answer(show::anomaly::described(&insight, anomaly)))
}

pub async fn series<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::GetSeriesRequest>,
) -> Result<Answer<wire::GetSeriesResponse>, Error> {
    let id = AnomalyId(input.anomaly.clone());
    let insight = found_with(&api, &input.insight, None, Charts::Of(std::slice::from_ref(&id))).await?;
    let anomaly = insight.anomalies.iter().find(|anomaly| anomaly.id == id);
    let series = anomaly.and_then(show::anomaly::series).ok_or_else(|| Error::not_found(ANOMALY, &input.anomaly))?;
    Ok(Answer(wire::GetSeriesResponse { series }))
}

pub async fn log_groups<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListAnomalousLogGroupsRequest>,
) -> Result<Answer<wire::ListAnomalousLogGroupsResponse>, Error> {
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_LOG_GROUPS, Ids::Text)?;
    let insight = found(&api, &input.insight_id, None).await?;
    let (groups, next_token) = paging.slice(by_log_group(&insight), |(name, _)| (*name).to_owned());
    let groups = groups.into_iter().map(|(name, found)| log_group(name, &found)).collect();
    Ok(Answer(wire::ListAnomalousLogGroupsResponse {
        insight_id: input.insight_id,
        anomalous_log_groups: groups,
        next_token,
    }))
}

type Lines<'a> = Vec<(&'a Anomaly, &'a LogEvidence)>;

fn by_log_group(insight: &Insight) -> Vec<(&str, Lines<'_>)> {
    let mut groups: BTreeMap<&str, Lines<'_>> = BTreeMap::new();
    for anomaly in &insight.anomalies {
        if let Evidence::Log(lines) = &anomaly.evidence {
            groups.entry(lines.log_group.as_str()).or_default().push((anomaly, lines));
        }
    }
    groups.into_iter().collect()
}

fn log_group(name: &str, found: &Lines<'_>) -> wire::AnomalousLogGroup {
    let shown = |(anomaly, lines): &(&Anomaly, &LogEvidence)| wire::LogAnomalyClass {
        explanation: show::some(&lines.template),
        log_anomaly_type: Some(wire::LogAnomalyType::Format),
        log_event_timestamp: Some(anomaly.start_time.into()),
        number_of_log_lines_occurrences: lines.occurrences.try_into().ok(),
        ..Default::default()
    };
    let showcase =
        |lines: &(&Anomaly, &LogEvidence)| wire::LogAnomalyShowcase { log_anomaly_classes: Some(vec![shown(lines)]) };
    // Over only when all are.
    let ends: Option<Vec<_>> = found.iter().map(|(anomaly, _)| anomaly.end_time).collect();
    wire::AnomalousLogGroup {
        log_group_name: show::some(name),
        impact_start_time: found.iter().map(|(anomaly, _)| anomaly.start_time).min().map(Into::into),
        impact_end_time: ends.and_then(|ends| ends.into_iter().max()).map(Into::into),
        number_of_log_lines_scanned: None,
        log_anomaly_showcases: Some(found.iter().take(MOST_SHOWN).map(showcase).collect()),
    }
}
