//! `stackseer scan`: discover, learn, watch, check, remember, print.

use super::coverage::applications;
use crate::args::{self, Global};
use crate::config::Config;
use crate::progress::Progress;
use crate::record::{About, Recorder};
use crate::render::{ApplicationReport, Calls, Report, Window};
use crate::state::State;
use crate::ticks::with_history;
use anyhow::{Context, Result};
use jiff::Timestamp;
use stackseer_aws::Aws;
use stackseer_catalog::Catalog;
use stackseer_incident::{refuse_occupied, write_folder};
use stackseer_line::{
    HISTORY_DAYS, History, Learned, Reach, Repeats, Sensitivity, WINDOW_MINUTES, Watch, check, dismissed, learn,
    metrics_of, quiet, tune, watch,
};
use stackseer_model::ports::{Committed, ResourceSource, Store};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow::Continue;
use std::path::Path;

/// What AWS bills for a metric that is asked for.
pub const DOLLARS_A_METRIC: f64 = 0.01 / 1000.0;

pub async fn run(args: &args::Scan, global: &Global) -> Result<()> {
    let catalog = super::catalog(&args.knowledge)?;
    let config = Config::read(args.settings.config.as_deref())?;
    if let Some(folder) = &args.record {
        refuse_occupied(folder)?;
    }
    let now = args.at.unwrap_or_else(Timestamp::now);
    let aws = super::connect(&args.account).await?;
    // What was found as of another time is no state of now.
    let state = if args.at.is_some() { State::Forgotten } else { State::open(&args.state)? };
    let repeats = args.again.repeats.into();
    let scan = Scan { repeats, aws: &aws, catalog: &catalog, config: &config, state: &state, now, global };

    let resources = aws.resources(&catalog);
    let applications = applications(&resources, &args.coverage, aws.region()).await?;

    let mut report = Report::default();
    let (mut failed, mut used) = (None, BTreeSet::new());
    for application in &applications {
        let record = args.record.as_deref().map(|folder| match applications.len() {
            1 => folder.to_owned(),
            _ => folder.join(&application.name),
        });
        match scan.application(&resources, application, record.as_deref()).await {
            Ok((found, of_it)) => {
                report.add(found);
                used.extend(of_it);
            }
            Err(error) if applications.len() > 1 => {
                report.unseen.push(Unseen {
                    what: application.name.clone(),
                    action: None,
                    reason: format!("{error:#}"),
                });
                failed = Some(error);
            }
            Err(error) => return Err(error.context(format!("can't scan {}", application.name))),
        }
    }
    if report.applications.is_empty() {
        return Err(failed.unwrap_or_else(|| anyhow::anyhow!("nothing could be scanned")));
    }
    config.say_unused(&used);
    report.sort();
    report.print(global, &global.view(&catalog, now))
}

struct Scan<'a> {
    repeats: Repeats,
    aws: &'a Aws,
    catalog: &'a Catalog,
    config: &'a Config,
    state: &'a State,
    now: Timestamp,
    global: &'a Global,
}

impl Scan<'_> {
    /// With the lines of `stackseer.toml` that are about something of the application.
    async fn application(
        &self,
        resources: &impl ResourceSource,
        application: &Application,
        record: Option<&Path>,
    ) -> Result<(Report, BTreeSet<usize>)> {
        let (now, catalog) = (self.now, self.catalog);
        let name = &application.name;
        let minutes_before = |minutes: i64| Timestamp::from_second(now.as_second() - minutes * 60);
        let window = Window { from: minutes_before(WINDOW_MINUTES)?, to: now };
        let learn_from = minutes_before(WINDOW_MINUTES + HISTORY_DAYS * 24 * 60)?;

        let progress = Progress::start(&format!("{name}: finding resources"), 0);
        // A recording wants the whole history.
        let earlier = if record.is_some() { Learned::default() } else { self.state.learned(application).await? };
        let known_inventory = earlier.inventory.clone();
        let inventory = resources.inventory(application).await?.with_missed(earlier.inventory);
        let (metrics, events) = (self.aws.metrics(catalog), self.aws.events());
        let source = Recorder::new(&metrics, &events, record.is_some());
        let (wanted, mut unseen) = metrics_of(&source, catalog, &inventory).await?;
        drop(progress);
        self.global.note(format_args!(
            "{name}: {} resources, {} edges, {} metrics",
            inventory.resources.len(),
            inventory.edges.iter().filter(|edge| edge.kind != EdgeKind::Part).count(),
            wanted.len()
        ));
        unseen.extend(inventory.unseen.iter().cloned());

        let mut learned = {
            let progress = Progress::start(&format!("{name}: learning what is normal"), wanted.len());
            let (from, to) = (learn_from, window.from);
            let history = History { catalog, sensitivity: Sensitivity::default(), from, to, known: earlier.baselines };
            learn(&source, history, inventory, wanted, |done| {
                progress.set(done);
                Continue(())
            })
            .await?
        };

        if learned.metrics_read > 0 || learned.inventory != known_inventory {
            self.state.keep_learned(application, &learned, now).await?;
        }
        source.take_with_points();
        let settings = self.config.over(self.state.settings(&application.scope()).await?, application);
        tune(&mut learned, &application.id, &settings, now);

        let known = self.state.insight_state(&application.id, now).await?;
        let progress = Progress::start(&format!("{name}: looking at the last hours"), 0);
        let kept = self.state.kept_events(application, now).await?;
        let about = Watch {
            catalog,
            application,
            learned: &learned,
            known: &known.insights,
            kept: &kept,
            now,
            reach: Reach::Everything,
            repeats: self.repeats,
        };
        let watched = watch(&source, &source, &about).await?;
        let checked = check(catalog, application, &learned, &known.insights, &settings, now);
        drop(progress);
        let metrics_with_points = source.take_with_points();
        unseen.extend(watched.unseen);
        let metrics_billed = learned.metrics_read + watched.metrics_read;
        self.global.note(format_args!(
            "{name}: learned {} of {} metrics ({} GetMetricData calls), watched {} ({} calls); {metrics_billed} metrics billed, ${:.4} \
             at $0.01 per 1,000",
            learned.metrics_read,
            learned.metrics.len(),
            learned.calls,
            watched.metrics_read,
            watched.calls,
            metrics_billed as f64 * DOLLARS_A_METRIC,
        ));

        self.state.keep_look(application, &watched.changes, now).await?;

        let mut plan = watched.plan;
        plan.changed.extend(checked.changed);
        plan.messages.extend(checked.messages);
        let dismissed = dismissed(application, &learned.inventory);
        quiet(&mut plan, &known.insights, &settings, &dismissed, &watched.watching, now);
        let (changed, messages) = (plan.changed, plan.messages);
        if !changed.is_empty() {
            let committed = self.state.commit(application, known.generation, &changed, &messages).await?;
            if committed == Committed::Conflict {
                anstream::eprintln!("{name}: another scan remembered its result meanwhile; this one's is printed only");
            }
        }
        if let Some(folder) = record {
            let about = About {
                application,
                inventory: &learned.inventory,
                learn: (learn_from, window.from),
                watch: (window.from, window.to),
            };
            if let Some(incident) = source.incident(&about) {
                write_folder(folder, &incident).with_context(|| format!("can't record {name}"))?;
                self.global.note(format_args!("{name}: recorded in {}", folder.display()));
            }
        }

        let new =
            changed.iter().filter(|c| known.insights.iter().all(|k| k.id != c.id)).map(|i| i.id.clone()).collect();
        let mut insights: BTreeMap<InsightId, Insight> =
            known.insights.into_iter().map(|i| (i.id.clone(), i)).collect();
        insights.extend(changed.into_iter().map(|i| (i.id.clone(), i)));
        insights.retain(|_, i| i.status == Status::Ongoing || i.update_time >= window.from);
        let used = self.config.used(catalog, application, &learned);
        let report = Report {
            applications: vec![ApplicationReport {
                application: application.clone(),
                window,
                expiries: catalog.expiries(&learned.inventory),
                not_seen_of_devops_guru: catalog.not_seen_of_devops_guru(&watched.watching),
                watching: watched.watching.iter().collect(),
                states: watched.watching,
                metrics: learned.metrics.len(),
                metrics_with_history: with_history(&learned),
                resources: learned.inventory.resources,
                metrics_watched: watched.metrics_read,
                metrics_with_points,
                calls: Calls { learn: learned.calls, watch: watched.calls, metrics_billed },
            }],
            insights: insights.into_values().collect(),
            new,
            unseen,
        };
        Ok((report, used))
    }
}
