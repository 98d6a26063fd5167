//! What is kept of an insight beside itself: two rows by which four lists find it, where it is, and who holds its anomalies.

use super::insights::unreadable;
use super::keys::{self, Key};
use super::pack::{encode, fitting};
use super::rows::{Row, Write};
use stackseer_model::ports::{InsightList, PortError, Position};
use stackseer_model::*;
use std::collections::BTreeMap;

/// How long a closed insight can be looked at, as in DevOps Guru.
const KEEP_CLOSED: i64 = 365 * 24 * 3600;

/// None while it is open.
pub(super) fn expiry(insight: &Insight) -> Option<i64> {
    insight.ended().map(|end| end.as_second() + KEEP_CLOSED)
}

/// The keys of the rows and the lists that the index makes of them.
fn lists(insight: &InsightSummary) -> [(Key, InsightList); 2] {
    let (scope, insight_type) = (insight.application.scope(), insight.insight_type);
    let key = |list: InsightList| {
        let start = Position::new(insight.start_time, insight.id.as_str());
        Key(keys::list(&list).0, keys::position(&start))
    };
    let status = InsightList::Status { scope: scope.clone(), insight_type, status: insight.status };
    let started = InsightList::Started { scope: scope.clone(), insight_type };
    let ended = InsightList::Ended { scope, insight_type };
    [(key(started), status), (key(InsightList::Application(insight.application.id.clone())), ended)]
}

/// The rows of the lists; those of `before` that have another key now go.
pub(super) fn list_rows(insight: &Insight, before: Option<&Insight>) -> Result<Vec<Write>, PortError> {
    let summary = InsightSummary::of(insight);
    let body = encode(&summary).and_then(fitting).map_err(unreadable)?;
    let rows = lists(&summary).map(|(key, list)| {
        let position = list.position(&summary).map(|p| keys::position(&p));
        let text = position.map(|position| [(keys::LIST, keys::list(&list).0), (keys::POSITION, position)]);
        let text = text.into_iter().flatten().collect();
        (key, Row { body: body.clone(), text, expires: expiry(insight), ..Row::default() })
    });
    let gone = before.into_iter().flat_map(list_keys).filter(|key| rows.iter().all(|(k, _)| k != key));
    let gone: Vec<Write> = gone.map(Write::Delete).collect();
    Ok(rows.into_iter().map(|(key, row)| Write::Put(key, row)).chain(gone).collect())
}

pub(super) fn list_keys(insight: &Insight) -> impl Iterator<Item = Key> {
    lists(&InsightSummary::of(insight)).into_iter().map(|(key, _)| key)
}

/// Where the insight is found by its id.
pub(super) fn place(insight: &Insight) -> Write {
    let mut text = BTreeMap::from([(keys::APPLICATION, insight.application.id.to_string())]);
    let closed = insight.ended().map(|_| keys::insight(&insight.application.id, insight).1);
    text.extend(closed.map(|sort| (keys::CLOSED, sort)));
    Write::Put(keys::place(&insight.id), Row { text, expires: expiry(insight), ..Row::default() })
}

/// That the insight holds the anomaly; until that is committed, `former` does.
pub(super) fn pointer(anomaly: &AnomalyId, insight: &InsightId, former: Option<&InsightId>, expires: i64) -> Write {
    let mut text = BTreeMap::from([(keys::INSIGHT, insight.to_string())]);
    text.extend(former.map(|former| (keys::FORMER, former.to_string())));
    Write::Put(keys::anomaly(anomaly), Row { text, expires: Some(expires), ..Row::default() })
}
