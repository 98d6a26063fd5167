//! Cases from the field, which scripts write as incident folders; the data is not in the repository.

use anyhow::{Context, Result};
use pollster::block_on;
use stackseer_catalog::Catalog;
use stackseer_incident::{Incident, IncidentSource, read_folder};
use stackseer_line::{
    Baselines, History, Reach, Repeats, Sensitivity, Watch, Watched, kept_events, learn, metrics_of, watch,
};
use stackseer_model::ports::{EventHistory, Store};
use stackseer_model::{Insight, InsightType, Severity};
use stackseer_testkit::MemoryStore;
use std::fmt::Write;
use std::ops::ControlFlow::Continue;
use std::path::Path;
use std::process::Command;

/// What should be said of a script's incident.
struct Expected {
    script: &'static str,
    /// First cause; none: nothing is wrong.
    cause: Option<&'static str>,
    /// The change that is named with it.
    change: Option<&'static str>,
}

const EXPECTED: [Expected; 5] = [
    Expected { script: "alb-502-keepalive", cause: Some("orders-svc"), change: Some("UpdateService") },
    Expected { script: "ecs-out-of-memory-loop", cause: Some("node"), change: Some("UpdateService") },
    Expected { script: "slow-query-behind-alb-and-ecs", cause: Some("shop-db"), change: None },
    Expected { script: "surge-with-the-usual-share-of-4xx", cause: None, change: None },
    Expected {
        script: "deploy-of-one-service-behind-a-shared-alb",
        cause: Some("cart"),
        change: Some("UpdateService"),
    },
];

/// A table with a line for each case.
pub fn run(folder: &Path, is_verbose: bool) -> Result<String> {
    let mut causes = String::new();
    let mut table = "| from the field | right | said |\n| --- | --- | --- |\n".to_owned();
    for expected in &EXPECTED {
        let script = folder.join(format!("{}.py", expected.script));
        let place = std::env::temp_dir().join(format!("stackseer-field-{}-{}", expected.script, std::process::id()));
        let made = Command::new("python3").arg(&script).arg(&place).output().context("python3")?;
        if !made.status.success() {
            _ = writeln!(table, "| {} | – | not made: {} |", expected.script, last_line(&made.stderr));
            continue;
        }
        let read = read_folder(&place);
        std::fs::remove_dir_all(&place)?;
        let insights = said(&read?)?;
        let right = if is_right(expected, &insights) { "yes" } else { "no" };
        let names: Vec<String> = insights.iter().map(|i| format!("{:?}: {}", i.severity, i.name)).collect();
        _ = writeln!(table, "| {} | {right} | {} |", expected.script, names.join("; "));
        for cause in insights.iter().flat_map(|i| &i.causes) {
            _ = writeln!(causes, "{} {} {}: {}", expected.script, cause.rank, cause.resource.name, cause.reason);
        }
    }
    Ok(if is_verbose { format!("{table}\n{causes}") } else { table })
}

fn last_line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).lines().last().unwrap_or_default().to_owned()
}

fn is_right(expected: &Expected, insights: &[Insight]) -> bool {
    let Some(cause) = expected.cause else {
        return insights.len() <= 1 && insights.iter().all(|i| i.severity < Severity::High);
    };
    let [insight] = insights else { return false };
    let Some(first) = insight.causes.first() else { return false };
    first.resource.name == cause && expected.change.is_none_or(|change| first.changes.iter().any(|c| c.name == change))
}

/// The line over the folder, as a replay runs it.
fn said(incident: &Incident) -> Result<Vec<Insight>> {
    let (catalog, source) = (Catalog::builtin(), IncidentSource::new(incident));
    let (catalogued, _) = block_on(metrics_of(&source, catalog, &incident.inventory))?;
    let metrics = incident.metrics(&catalogued)?;
    let (from, to) = (incident.learn.from, incident.learn.to);
    let history = History { catalog, sensitivity: Sensitivity::default(), from, to, known: Baselines::new() };
    let learned = block_on(learn(&source, history, incident.inventory.clone(), metrics, |_| Continue(())))?;
    let (store, application) = (MemoryStore::default(), &incident.application);
    for now in incident.ticks() {
        let known = block_on(store.insight_state(&application.id, now))?;
        let kept = block_on(kept_events(&store, &application.id, now))?;
        let about = Watch {
            catalog,
            application,
            learned: &learned,
            known: &known.insights,
            kept: &kept,
            now,
            reach: Reach::SymptomsFirst,
            repeats: Repeats::default(),
        };
        let Watched { plan, changes, .. } = block_on(watch(&source, &source, &about))?;
        block_on(store.keep_events(&application.id, &changes))?;
        block_on(store.commit(application, known.generation, &plan.changed, &plan.messages))?;
    }
    let insights = store.insights(&application.id);
    Ok(insights.into_iter().filter(|i| i.insight_type() == InsightType::Reactive).collect())
}
