//! What is said of an insight and its anomalies where the insight's own texts are not enough.

use crate::story::{news, reason};
use crate::text::{clip, count, named, one_line, percent, sentence_case, without_thousands};
use stackseer_model::time::moment;
use stackseer_model::*;

/// Opsgenie shows no more of a description than this.
const MOST_LEAD: usize = 130;
const MOST_DESCRIPTION: usize = 1500;
/// A count older than this says so.
const FRESH_SECONDS: i64 = 15 * 60;

/// Of one anomaly, never by the id of the check that found it.
pub fn anomaly(insight: &Insight, anomaly: &Anomaly) -> String {
    let names_check = insight.check().is_some_and(|check| anomaly.description.contains(check));
    match names_check || anomaly.description.is_empty() {
        true => by_evidence(insight, anomaly),
        false => anomaly.description.clone(),
    }
}

fn by_evidence(insight: &Insight, anomaly: &Anomaly) -> String {
    let resource = named(&anomaly.resource.name, &anomaly.resource.resource_type);
    match &anomaly.evidence {
        Evidence::Config(ConfigEvidence { attribute, value }) => {
            let is = value.as_deref().unwrap_or("not set");
            format!("{resource}: {} is {is}", attribute.replace('_', " "))
        }
        Evidence::Metric(evidence) => {
            let why = insight.causes.iter().find(|cause| cause.resource.id == anomaly.resource.id);
            let by_metric = || format!("{} of {resource}", evidence.metric.key.name);
            why.filter(|cause| !cause.reason.is_empty()).map_or_else(by_metric, |cause| cause.reason.clone())
        }
        Evidence::Log(LogEvidence { log_group, template, occurrences }) => {
            format!("{resource}: {} new lines in {log_group} like: {template}", count(*occurrences as f64))
        }
        Evidence::Database(DatabaseEvidence { wait_event, load, expected, .. }) => {
            format!("{resource}: {load:.1} sessions at once wait for {wait_event}, against {expected:.1} expected")
        }
    }
}

/// For receivers that show nothing else: a sentence that stands alone, why it is over or back, then the rest. Without commas in
/// numbers, at which some of them cut.
pub(crate) fn description(message: &Message, insight: &Insight) -> String {
    let lead = lead(insight);
    let why = reason(news(message, insight), message);
    let why = why.map_or_else(String::new, |why| format!("{}. ", sentence_case(why.trim_end_matches('.'))));
    let rest = one_line(&clip(&insight.description, MOST_DESCRIPTION));
    let rest = rest.strip_prefix(lead.trim_end_matches('.')).unwrap_or(&rest).trim_start_matches('.').trim_start();
    without_thousands(clip(&format!("{lead} {why}{rest}"), MOST_DESCRIPTION).trim_end())
}

/// The title, or what is felt most, or as much of the title as there is room for.
fn lead(insight: &Insight) -> String {
    let felt = insight.anomalies.iter().filter(|a| a.anomaly_type == AnomalyType::Causal).max_by_key(|a| a.severity);
    let felt = felt.map(|felt| anomaly(insight, felt)).filter(|felt| !felt.is_empty());
    // Cut first: what is far too long need not be read to its end.
    let sentence = |text: &str| format!("{}.", one_line(&clip(text, 4 * MOST_LEAD)).trim_end_matches('.'));
    let short = |text: &String| text.chars().count() <= MOST_LEAD;
    let title = sentence(&insight.name);
    let either = [Some(title.clone()), felt.as_deref().map(sentence)].into_iter().flatten().find(short);
    either.unwrap_or_else(|| cut_at_a_word(&title))
}

fn cut_at_a_word(text: &str) -> String {
    let room: String = text.chars().take(MOST_LEAD - 1).collect();
    let whole = room.rsplit_once(' ').map_or(room.as_str(), |(words, _)| words);
    format!("{whole}…")
}

/// `1,240 of 4,120 requests at shop-api (API Gateway REST API) failed (30 %), 310 were slow (8 %); last at 15:12 UTC`
pub fn impact(impact: &Impact, now: Timestamp) -> String {
    let door = named(&impact.front_door.name, &impact.front_door.resource_type);
    if impact.requests < 0.5 {
        return format!("No request reached {door}");
    }
    let requests = count(impact.requests);
    let told = |number: f64| number >= 0.5;
    let parts = match (told(impact.failed), told(impact.slow)) {
        (false, false) => return format!("None of the {requests} requests at {door} failed or was slow"),
        (true, slow) => {
            let failed = format!(
                "{} of {requests} requests at {door} failed ({})",
                count(impact.failed),
                percent(impact.failed_share())
            );
            let more = || format!(", {} were slow ({})", count(impact.slow), percent(impact.slow_share()));
            if slow { failed + &more() } else { failed }
        }
        (false, true) => {
            format!(
                "{} of {requests} requests at {door} were slow ({}), none failed",
                count(impact.slow),
                percent(impact.slow_share())
            )
        }
    };
    let last = impact.last_seen.map_or_else(String::new, |time| format!("; last seen {}", moment(time, now)));
    let counted = (now.as_second() - impact.until.as_second() > FRESH_SECONDS).then(|| moment(impact.until, now));
    let counted = counted.map_or_else(String::new, |until| format!("; counted until {until}"));
    format!("{parts}{last}{counted}")
}
