//! What would have opened at each sensitivity: the line over an incident's last days, again and again.

mod budget;
mod opened;

pub use budget::{Budget, Cost};
pub use opened::Opened;

use crate::config::Config;
use crate::progress::Progress;
use crate::ticks::{How, Looks, learned_from};
use anyhow::{Result, ensure};
use serde::Serialize;
use stackseer_incident::{Incident, IncidentSource, Range};
use stackseer_line::{HISTORY_DAYS, Learned, WINDOW_MINUTES, metrics_of, tune};
use stackseer_model::{
    Application, Insight, InsightType, Judged, OwnSensitivity, Sensitivity, Settings, Severity, Timestamp, Unseen,
};
use stackseer_testkit::MemoryStore;
use std::collections::BTreeSet;

const DAY: i64 = 24 * 3600;

/// The JSON of `stackseer tune`, of one application.
#[derive(Debug, Serialize)]
pub struct Tuning {
    #[serde(flatten)]
    pub application: Application,
    /// The days that were judged.
    pub from: Timestamp,
    pub to: Timestamp,
    /// The first day was judged by what was learned since then.
    pub learned_from: Timestamp,
    pub resources: usize,
    pub metrics: usize,
    /// Seconds between two points.
    pub period: u32,
    /// From low to high.
    pub levels: Vec<Level>,
    /// By time, each once however many sensitivities it opens at.
    pub opened: Vec<Opened>,
    /// Which sensitivity is in use: the file's for the application, or medium.
    pub in_use: &'static str,
    /// What takes how much of it, the most first.
    pub costs: Vec<Cost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// What could not be read. Never to be taken for healthy.
    pub unseen: Vec<Unseen>,
}

/// What opened at one sensitivity.
#[derive(Debug, Serialize)]
pub struct Level {
    pub sensitivity: &'static str,
    /// Those that people would have been told of.
    pub insights: usize,
    pub a_week: f64,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    /// Beside them, muted by the file.
    pub muted: usize,
    /// Of all, those that open at no other.
    pub only: usize,
}

/// What is judged, and by what was learned before it.
struct Day {
    from: Timestamp,
    learned: Learned,
    ticks: Vec<Timestamp>,
}

/// An incident's last days, ready to be gone through.
pub struct Past<'a> {
    incident: &'a Incident,
    how: How<'a>,
    source: IncidentSource<'a>,
    judged: Range,
    days: Vec<Day>,
    unseen: Vec<Unseen>,
}

impl<'a> Past<'a> {
    /// Learns day by day; no day is judged by what was learned of it.
    pub async fn learned(incident: &'a Incident, days: u32, how: How<'a>) -> Result<Self> {
        let whole = Range { from: incident.learn.from, to: incident.watch.to };
        let judged = judged(whole, days)?;
        let source = IncidentSource::new(incident);
        let (catalogued, unresolved) = metrics_of(&source, how.catalog, &incident.inventory).await?;
        let metrics = incident.metrics(&catalogued)?;
        let starts: Vec<i64> = (judged.from.as_second()..judged.to.as_second()).step_by(DAY as usize).collect();
        let progress = Progress::start("learning day by day", starts.len());
        let mut past = Self { incident, how, source, judged, days: vec![], unseen: unresolved };
        for (done, start) in starts.into_iter().enumerate() {
            // As a deployment learns at that time.
            let from = Timestamp::from_second((start - HISTORY_DAYS * DAY).max(whole.from.as_second()))?;
            let to = Timestamp::from_second(start - WINDOW_MINUTES * 60)?;
            let part = Range { from, to };
            let learned = learned_from(&past.source, incident, how.catalog, part, metrics.clone(), |_| ()).await?;
            let day = Range {
                from: Timestamp::from_second(start)?,
                to: Timestamp::from_second((start + DAY).min(judged.to.as_second()))?,
            };
            past.days.push(Day { from: day.from, learned, ticks: incident.ticks_in(day).collect() });
            progress.set(done + 1);
        }
        let warm = |day: &Day| day.learned.baselines.values().any(|fitted| fitted.baseline.is_warm());
        ensure!(
            past.days.iter().any(warm),
            "no metric has enough history to tell what is normal, so nothing can be tuned"
        );
        past.unseen.extend(incident.inventory.unseen.iter().cloned());
        past.unseen.extend(past.days.iter().flat_map(|day| day.learned.unseen.values().cloned()));
        past.unseen.sort();
        past.unseen.dedup();
        Ok(past)
    }

    /// The reactive insights that would have opened.
    async fn at(&self, settings: &Settings, label: &str) -> Result<Vec<Insight>> {
        let store = MemoryStore::default();
        let How { catalog, repeats, .. } = self.how;
        let application = &self.incident.application;
        let looks = Looks { source: &self.source, application, catalog, store: &store, repeats };
        let mutes = Settings { mutes: settings.mutes.clone(), ..Settings::default() };
        let progress = Progress::start(label, self.days.iter().map(|day| day.ticks.len()).sum());
        let mut done = 0;
        for day in &self.days {
            let mut learned = day.learned.clone();
            tune(&mut learned, &application.id, settings, day.from);
            for now in &day.ticks {
                looks.look(&learned, &mutes, false, *now).await?;
                done += 1;
                progress.set(done);
            }
        }
        let mut insights = store.insights(&application.id);
        insights.retain(|insight| insight.insight_type() == InsightType::Reactive);
        Ok(insights)
    }

    fn settings(&self, level: Sensitivity) -> Settings {
        let application = &self.incident.application;
        let others = self.how.config.without_the_application_s(application);
        let mut settings = others.over(Settings::default(), application);
        set(&mut settings, application, Judged::Application { id: application.id.clone() }, level);
        settings
    }

    /// Goes through the days at each sensitivity, and once more with the lines that a budget asks for.
    pub async fn tuning(self, budget: Option<f64>) -> Result<Tuning> {
        let application = &self.incident.application;
        let mut found = Vec::new();
        for level in Sensitivity::ALL {
            let label = format!("{}: looking again at {} sensitivity", application.name, level.word());
            found.push((level, self.at(&self.settings(level), &label).await?));
        }
        let opened = opened::opened(&found, self.judged.to);
        let weeks = (self.judged.to.as_second() - self.judged.from.as_second()) as f64 / (7 * DAY) as f64;
        let levels: Vec<Level> = found.iter().map(|(of, found)| level(*of, found, &opened, weeks)).collect();
        let used = self.how.config.sensitivity_of(application, self.judged.to).unwrap_or_default();
        let costs = budget::costs(&opened, used);
        let budget = match budget {
            None => None,
            Some(most) => {
                let mut budget = Budget::new(most, &levels, &opened, &costs, used, (application, weeks));
                if !budget.lowered.is_empty() {
                    let mut settings = self.settings(used);
                    for key in budget.lowered.iter().cloned() {
                        set(&mut settings, application, Judged::Metric { key }, Sensitivity::Low);
                    }
                    let label = format!("{}: looking again with what is proposed", application.name);
                    let told = self.at(&settings, &label).await?.iter().filter(|i| i.handling.muted.is_none()).count();
                    budget.with_lines = Some(told as f64 / weeks);
                }
                Some(budget)
            }
        };
        let metrics = self.days.first().map_or(0, |day| day.learned.metrics.len());
        Ok(Tuning {
            application: application.clone(),
            from: self.judged.from,
            to: self.judged.to,
            learned_from: self.incident.learn.from.max(back(self.judged.from, HISTORY_DAYS * DAY)),
            resources: self.incident.inventory.resources.len(),
            metrics,
            period: self.incident.period,
            levels,
            opened,
            in_use: used.word(),
            costs,
            budget,
            unseen: self.unseen,
        })
    }

    /// The lines of the file that are about something of the application.
    pub fn used(&self, config: &Config) -> BTreeSet<usize> {
        let Some(day) = self.days.last() else { return BTreeSet::new() };
        config.used(self.how.catalog, &self.incident.application, &day.learned)
    }
}

fn set(settings: &mut Settings, application: &Application, of: Judged, level: Sensitivity) {
    let own = OwnSensitivity::new(&application.scope(), of, level, None, "tune");
    settings.sensitivities.insert(own.id.clone(), own);
}

/// The last days, so that two weeks are left to learn from before them, or where there is less at least half.
fn judged(whole: Range, days: u32) -> Result<Range> {
    let seconds = whole.to.as_second() - whole.from.as_second();
    ensure!(seconds >= 2 * DAY, "there is less than two days, too little to learn from one and judge another");
    let most = (seconds - HISTORY_DAYS * DAY).max(seconds / 2);
    Ok(Range { from: back(whole.to, most.min(i64::from(days) * DAY)), to: whole.to })
}

fn back(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(time.as_second() - seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn level(sensitivity: Sensitivity, found: &[Insight], opened: &[Opened], weeks: f64) -> Level {
    let told = || found.iter().filter(|insight| insight.handling.muted.is_none());
    let of = |severity: Severity| told().filter(|insight| insight.severity == severity).count();
    Level {
        sensitivity: sensitivity.word(),
        insights: told().count(),
        a_week: told().count() as f64 / weeks,
        high: of(Severity::High),
        medium: of(Severity::Medium),
        low: of(Severity::Low),
        muted: found.len() - told().count(),
        only: opened.iter().filter(|opened| opened.is_only_at(sensitivity)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_weeks_are_left_to_learn_from_or_at_least_half() {
        let days_of = |whole: i64, wanted: u32| {
            let whole = Range { from: Timestamp::UNIX_EPOCH, to: Timestamp::from_second(whole * DAY).unwrap() };
            judged(whole, wanted).map(|range| (range.to.as_second() - range.from.as_second()) as f64 / DAY as f64)
        };
        assert_eq!(days_of(28, 14).unwrap(), 14.0);
        assert_eq!(days_of(40, 7).unwrap(), 7.0);
        assert_eq!(days_of(22, 14).unwrap(), 11.0);
        assert_eq!(days_of(15, 14).unwrap(), 7.5);
        assert!(days_of(1, 14).is_err());
    }
}
