//! What somebody is willing to read, and how to come down to it.

use super::{Level, Opened};
use serde::Serialize;
use stackseer_model::{Application, Sensitivity};
use std::collections::{BTreeMap, BTreeSet};

/// What one metric takes of what there is to read.
#[derive(Debug, Serialize)]
pub struct Cost {
    /// Its key.
    pub metric: String,
    /// What it opens, alone or with others, at the sensitivity in use.
    pub insights: usize,
    /// Of these, those that open at low sensitivity too.
    pub at_low: usize,
}

#[derive(Debug, Serialize)]
pub struct Budget {
    /// Insights a week.
    pub a_week: f64,
    /// The highest sensitivity that keeps to it.
    pub fits: Option<&'static str>,
    /// For `stackseer.toml`: another sensitivity of the application. Empty where the one in use fits, or none does.
    pub application_lines: String,
    /// The metrics that would have to be low instead, by key.
    pub lowered: Vec<String>,
    /// The same for `stackseer.toml`.
    pub lines: String,
    /// Insights a week with these lines.
    pub with_lines: Option<f64>,
}

/// The most first.
pub fn costs(opened: &[Opened], used: Sensitivity) -> Vec<Cost> {
    let mut by_metric: BTreeMap<&String, Cost> = BTreeMap::new();
    for one in opened.iter().filter(|one| one.is_at(used) && !one.muted) {
        for metric in &one.symptoms {
            let cost =
                by_metric.entry(metric).or_insert_with(|| Cost { metric: metric.clone(), insights: 0, at_low: 0 });
            cost.insights += 1;
            cost.at_low += usize::from(one.is_at(Sensitivity::Low));
        }
    }
    let mut costs: Vec<Cost> = by_metric.into_values().collect();
    costs.sort_by(|a, b| {
        (b.insights, b.insights - b.at_low, &a.metric).cmp(&(a.insights, a.insights - a.at_low, &b.metric))
    });
    costs
}

impl Budget {
    pub fn new(
        a_week: f64,
        levels: &[Level],
        opened: &[Opened],
        costs: &[Cost],
        used: Sensitivity,
        (application, weeks): (&Application, f64),
    ) -> Self {
        let fits = levels.iter().rev().find(|level| level.a_week <= a_week).map(|level| level.sensitivity);
        let is_over = levels.iter().any(|level| level.sensitivity == used.word() && level.a_week > a_week);
        let lowered = if is_over { lowered(a_week * weeks, opened, costs, used) } else { vec![] };
        let application_lines = match fits {
            Some(fits) if is_over => lines("application", &application.name, fits),
            _ => String::new(),
        };
        let each: Vec<String> = lowered.iter().map(|key| lines("metric", key, Sensitivity::Low.word())).collect();
        Self { a_week, fits, application_lines, lowered, lines: each.join("\n"), with_lines: None }
    }
}

/// The metrics that open most of what low sensitivity leaves out, until what is left is no more than `most`.
fn lowered(most: f64, opened: &[Opened], costs: &[Cost], used: Sensitivity) -> Vec<String> {
    let told = || opened.iter().filter(|one| one.is_at(used) && !one.muted);
    let stays = |one: &&Opened, low: &BTreeSet<&String>| {
        one.is_at(Sensitivity::Low) || one.symptoms.iter().any(|metric| !low.contains(metric))
    };
    let mut low: BTreeSet<&String> = BTreeSet::new();
    let mut chosen = Vec::new();
    for cost in costs.iter().filter(|cost| cost.at_low < cost.insights) {
        if told().filter(|one| stays(one, &low)).count() as f64 <= most {
            break;
        }
        low.insert(&cost.metric);
        chosen.push(cost.metric.clone());
    }
    chosen
}

fn lines(kind: &str, which: &str, sensitivity: &str) -> String {
    format!("[[sensitivity]]\n{kind} = {}\nsensitivity = \"{sensitivity}\"\n", toml::Value::from(which))
}
