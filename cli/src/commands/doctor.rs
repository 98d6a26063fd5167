//! `stackseer doctor`: what the credentials can reach, and what would go unseen.

use crate::args::{self, Global, Output};
use crate::progress::Progress;
use crate::render::{Permissions, Width};
use anyhow::Result;
use serde::Serialize;
use stackseer_aws::{Outcome, PermissionCheck};
use std::io::Write;

/// The JSON of `doctor`.
#[derive(Debug, Serialize)]
struct Doctor<'a> {
    account: &'a str,
    region: &'a str,
    checks: Vec<Check<'a>>,
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
    let aws = super::connect(&args.account).await?;
    let progress = Progress::start("asking each service", 0);
    let checks = aws.permissions().check().await;
    drop(progress);
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match global.output {
        Output::Json => {
            let doctor =
                Doctor { account: aws.account(), region: aws.region(), checks: checks.iter().map(check).collect() };
            serde_json::to_writer_pretty(&mut out, &doctor)?;
            writeln!(out)?;
        }
        Output::Text => {
            let about = Permissions { account: aws.account(), region: aws.region(), checks: &checks };
            out.write_all(about.text(Width::of_stdout()).as_bytes())?;
        }
    }
    out.flush()?;
    Ok(())
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
