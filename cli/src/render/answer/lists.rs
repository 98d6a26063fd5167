//! Resources, changes, channels, what is set, and how an application hangs together.

use super::insight::changed;
use super::{none, severity_of};
use crate::commands::people::Plan;
use crate::render::page::{BOLD, DIM, Page, RED, Width, good};
use crate::render::words::counted;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use stackseer_api::wire::{
    ApplicationName, CoverageState, EdgeKind, Event, ListSensitivitiesResponse, MonitoredResourceIdentifier, Mute,
    MuteTarget, NotificationChannel, SensitivityLevel, SensitivityTarget, TopologyEdge, TopologyNode,
};
use stackseer_model::time::date_time;

/// An application's topology, with its name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Topology {
    application: Named,
    nodes: Vec<TopologyNode>,
    edges: Vec<TopologyEdge>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
}

pub fn resources(found: &[MonitoredResourceIdentifier], width: Width) -> String {
    let mut page = Page::new(width);
    if found.is_empty() {
        return none(page, "No resource was found.");
    }
    for (state, said) in [
        (CoverageState::NotSupported, "Not supported yet"),
        (CoverageState::WithoutMetrics, "Without metrics"),
        (CoverageState::Watched, "Watched"),
    ] {
        let of_state: Vec<_> = found.iter().filter(|resource| resource.state == Some(state)).collect();
        if of_state.is_empty() {
            continue;
        }
        page.styled(0, BOLD, &format!("{said}: {}", counted(of_state.len(), "resource")));
        for resource in of_state {
            let name = resource.monitored_resource_name.as_deref().unwrap_or_default();
            let label = resource.label.as_deref().or(resource.r#type.as_deref()).unwrap_or_default();
            page.text(2, &format!("{name} ({label}), {}", in_application(resource.application.as_ref())));
            for why in [&resource.because, &resource.turn_on].into_iter().flatten() {
                page.styled(4, DIM, why);
            }
        }
        page.blank();
    }
    page.finish().trim_end().to_owned() + "\n"
}

fn in_application(application: Option<&ApplicationName>) -> &str {
    application.map(|application| application.name.as_str()).unwrap_or_default()
}

pub fn changes(found: &[Event], now: Timestamp, width: Width) -> String {
    let mut page = Page::new(width);
    if found.is_empty() {
        return none(page, "Nothing was changed in this time.");
    }
    for event in found {
        changed(&mut page, 0, event, now);
        page.styled(4, DIM, in_application(event.application.as_ref()));
    }
    page.finish()
}

pub fn channels(found: &[NotificationChannel], width: Width) -> String {
    let mut page = Page::new(width);
    if found.is_empty() {
        return none(page, "Nobody is told: add a topic with `stackseer channels add TOPIC_ARN`.");
    }
    for channel in found {
        let Some(config) = &channel.config else { continue };
        page.styled(0, BOLD, config.sns.topic_arn.as_deref().unwrap_or_default());
        page.styled(4, DIM, &format!("channel {}", channel.id.as_deref().unwrap_or_default()));
        let only = config.filters.as_ref().and_then(|filters| serde_json::to_value(filters).ok());
        let lists = only.as_ref().and_then(|only| only.as_object()).into_iter().flat_map(|only| only.values());
        let named: Vec<&str> =
            lists.flat_map(|list| list.as_array().into_iter().flatten()).filter_map(|v| v.as_str()).collect();
        if !named.is_empty() {
            page.text(4, &format!("only {}", named.join(", ")));
        }
    }
    page.finish()
}

/// What a file makes of what is set.
pub fn plan(plan: &Plan, width: Width) -> String {
    let mut page = Page::new(width);
    let of = |what: &Value| -> String {
        let named = what.as_object().and_then(|what| what.iter().next());
        named.map_or_else(String::new, |(kind, which)| {
            format!("{} {}", kind.to_lowercase(), which.as_str().unwrap_or_default())
        })
    };
    let word = |level: &Value| level.as_str().unwrap_or_default().to_lowercase();
    for set in &plan.set_sensitivities {
        page.labelled(0, "+", good(), 2, &format!("{} sensitivity of {}", word(&set["Sensitivity"]), of(&set["What"])));
    }
    for add in &plan.add_mutes {
        let reason = add["Reason"].as_str().unwrap_or_default();
        page.labelled(0, "+", good(), 2, &format!("mute of {}: {reason}", of(&add["What"])));
    }
    for unset in &plan.unset_sensitivities {
        let what = of(&json!(unset.what));
        page.labelled(0, "-", RED, 2, &format!("{} sensitivity of {what}, by {}", level(unset.sensitivity), unset.by));
    }
    for mute in &plan.remove_mutes {
        let what = of(&json!(mute.what));
        page.labelled(0, "-", RED, 2, &format!("mute of {what}, by {}: {}", mute.by, mute.reason));
    }
    let added = plan.set_sensitivities.len() + plan.add_mutes.len();
    let removed = plan.unset_sensitivities.len() + plan.remove_mutes.len();
    page.text(
        0,
        &match (added + removed, plan.applied) {
            (0, _) => "What is set is what the file says.".to_owned(),
            (_, true) => format!("{added} set, {removed} taken back."),
            (_, false) => format!("{added} to set, {removed} to take back; --yes does it."),
        },
    );
    page.finish()
}

pub fn mutes(found: &[Mute], width: Width) -> String {
    let mut page = Page::new(width);
    if found.is_empty() {
        return none(page, "Nothing is muted.");
    }
    for mute in found {
        let MuteTarget { resource, metric, check, application } = &mute.what;
        let what = [resource, metric, check, application].into_iter().flatten().next();
        page.styled(0, BOLD, what.map(String::as_str).unwrap_or_default());
        let until = mute.until.map_or_else(String::new, |until| format!(" until {}", date_time(until.0)));
        let window = mute.window.as_ref();
        let window =
            window.map_or_else(String::new, |w| format!(", {} minutes at `{}` {}", w.minutes, w.cron, w.time_zone));
        page.text(4, &format!("{}; by {} from {}{until}{window}", mute.reason, mute.by, date_time(mute.from.0)));
        page.styled(4, DIM, &format!("mute {}", mute.id));
    }
    page.finish()
}

pub fn sensitivities(found: &ListSensitivitiesResponse, width: Width) -> String {
    let mut page = Page::new(width);
    let general = level(found.general);
    if found.sensitivities.is_empty() {
        return none(page, &format!("Everything is watched with {general} sensitivity."));
    }
    for set in &found.sensitivities {
        let SensitivityTarget { resource, metric, application } = &set.what;
        let what = [resource, metric, application].into_iter().flatten().next();
        page.styled(0, BOLD, what.map(String::as_str).unwrap_or_default());
        let until = set.until.map_or_else(String::new, |until| format!(" until {}", date_time(until.0)));
        let by = match &set.insight_id {
            Some(insight) => format!("by the feedback of {} on insight {insight}", set.by),
            None => format!("by {}", set.by),
        };
        page.text(4, &format!("{}{until}, {by}", level(set.sensitivity)));
    }
    page.text(0, &format!("Everything else has {general} sensitivity."));
    page.finish()
}

fn level(level: SensitivityLevel) -> &'static str {
    match level {
        SensitivityLevel::Low => "low",
        SensitivityLevel::Medium => "medium",
        SensitivityLevel::High => "high",
    }
}

pub fn topologies(all: &[Topology], width: Width) -> String {
    let mut page = Page::new(width);
    if all.is_empty() {
        return none(page, "No application is watched.");
    }
    for topology in all {
        page.styled(0, BOLD, &topology.application.name);
        for node in &topology.nodes {
            let (wrong, style) = match (node.severity, node.state) {
                (Some(_), _) => severity_of(node.severity),
                (None, CoverageState::Watched) => ("ok", good()),
                (None, CoverageState::WithoutMetrics) => ("blind", DIM),
                (None, CoverageState::NotSupported) => ("unknown", DIM),
            };
            page.labelled(2, wrong, style, 8, &format!("{} ({})", node.name, node.label));
            for edge in topology.edges.iter().filter(|edge| edge.from == node.id) {
                let to = topology
                    .nodes
                    .iter()
                    .find(|other| other.id == edge.to)
                    .map_or(edge.to.as_str(), |other| &other.name);
                let arrow = if edge.kind == EdgeKind::Sync { "→" } else { "⇢" };
                page.styled(12, DIM, &format!("{arrow} {to}"));
            }
        }
    }
    page.text(0, "→ waits for an answer, ⇢ goes by queue, stream or topic");
    page.finish()
}
