//! `stackseer doctor`: what the credentials can reach, and what would go unseen.

use super::coverage::applications;
use crate::args::{self, Global, Output};
use crate::progress::Progress;
use crate::render::{Permissions, Surveyed, Width};
use anyhow::Result;
use serde::Serialize;
use stackseer_aws::{Aws, Outcome, PermissionCheck};
use stackseer_catalog::Catalog;
use stackseer_line::metrics_of;
use stackseer_model::ports::{MetricSource, PortError, ResourceSource};
use stackseer_model::{Application, Unseen};
use std::io::Write;

/// The JSON of `doctor`.
#[derive(Debug, Serialize)]
struct Doctor<'a> {
    account: &'a str,
    region: &'a str,
    checks: Vec<Check<'a>>,
    /// Of what was asked about.
    applications: &'a [Surveyed],
    /// What of it could not be found out.
    unseen: &'a [Unseen],
}

#[derive(Debug, Serialize)]
struct Check<'a> {
    service: &'a str,
    action: &'a str,
    ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What goes unseen without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unseen: Option<&'a str>,
}

pub async fn run(args: &args::Doctor, global: &Global) -> Result<()> {
    let catalog = super::catalog(&args.knowledge)?;
    let aws = super::connect(&args.account).await?;
    let progress = Progress::start("asking each service", 0);
    let checks = aws.permissions().check().await;
    drop(progress);
    let (applications, unseen) = match args.coverage.is_empty() {
        true => (vec![], vec![]),
        false => surveyed(&aws, &catalog, &args.coverage).await?,
    };
    let (applications, unseen) = (&applications[..], &unseen[..]);
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match global.output {
        Output::Json => {
            let checks = checks.iter().map(check).collect();
            let doctor = Doctor { account: aws.account(), region: aws.region(), checks, applications, unseen };
            serde_json::to_writer_pretty(&mut out, &doctor)?;
            writeln!(out)?;
        }
        Output::Text => {
            let about =
                Permissions { account: aws.account(), region: aws.region(), checks: &checks, applications, unseen };
            out.write_all(about.text(Width::of_stdout()).as_bytes())?;
        }
    }
    out.flush()?;
    Ok(())
}

/// What a scan would watch of the applications asked about, and those that could not be read.
async fn surveyed(aws: &Aws, catalog: &Catalog, asked: &args::Coverage) -> Result<(Vec<Surveyed>, Vec<Unseen>)> {
    let (resources, metrics) = (aws.resources(catalog), aws.metrics(catalog));
    let (mut all, mut unseen) = (vec![], vec![]);
    for application in applications(&resources, asked, aws.region()).await? {
        let _progress = Progress::start(&format!("{}: finding resources", application.name), 0);
        let what = application.name.clone();
        match survey(&resources, &metrics, catalog, application).await {
            Ok((surveyed, missed)) => {
                all.push(surveyed);
                unseen.extend(missed);
            }
            Err(error) => unseen.push(Unseen { what, action: None, reason: error.to_string() }),
        }
    }
    Ok((all, unseen))
}

/// Without reading a metric, which would be billed: whether one that is there publishes anything only a scan tells.
async fn survey(
    resources: &impl ResourceSource,
    source: &impl MetricSource,
    catalog: &Catalog,
    application: Application,
) -> Result<(Surveyed, Vec<Unseen>), PortError> {
    let inventory = resources.inventory(&application).await?;
    let (metrics, mut unseen) = metrics_of(source, catalog, &inventory).await?;
    let states = catalog.watching(&inventory, &metrics, |_| None);
    unseen.extend(inventory.unseen);
    Ok((Surveyed { application, watching: states.iter().collect(), states }, unseen))
}

fn check(check: &PermissionCheck) -> Check<'_> {
    let reason = match &check.outcome {
        Outcome::Ok => None,
        Outcome::Denied(message) => Some(format!("denied: {message}")),
        Outcome::Unreachable(message) => Some(format!("not known: {message}")),
    };
    Check {
        service: check.action.service,
        action: check.action.action,
        ok: reason.is_none(),
        unseen: reason.is_some().then_some(check.action.without),
        reason,
    }
}
