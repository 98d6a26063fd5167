//! What the credentials can reach, for people.

use super::page::{BOLD, DIM, Page, RED, Width, good};
use super::report::unseen;
use super::watching::watching;
use super::words::counted;
use serde::Serialize;
use stackseer_aws::{Outcome, PermissionCheck};
use stackseer_model::{Application, ResourceState, Unseen, WatchingCounts};

pub struct Permissions<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub checks: &'a [PermissionCheck],
    pub applications: &'a [Surveyed],
    /// What of these could not be found out.
    pub unseen: &'a [Unseen],
}

/// An application, and what a scan would watch of it.
#[derive(Debug, Serialize)]
pub struct Surveyed {
    #[serde(flatten)]
    pub application: Application,
    pub watching: WatchingCounts,
    pub states: Vec<ResourceState>,
}

impl Permissions<'_> {
    pub fn text(&self, width: Width) -> String {
        let mut page = Page::new(width);
        page.styled(0, BOLD, &format!("Account {} in {}", self.account, self.region));
        page.blank();
        let longest = self.checks.iter().map(|c| c.action.action.len()).max().unwrap_or(0);
        for PermissionCheck { action, outcome } in self.checks {
            let (mark, style, said) = match outcome {
                Outcome::Ok => ("✓", good(), String::new()),
                Outcome::Denied(_) => ("✗", RED, format!("denied; unseen: {}", action.without)),
                Outcome::Unreachable(reason) => ("?", RED, format!("{reason}; unseen: {}", action.without)),
            };
            page.labelled(0, mark, style, 2, &format!("{:longest$}  {said}", action.action));
        }
        page.blank();
        let missing: Vec<&str> =
            self.checks.iter().filter(|c| c.outcome != Outcome::Ok).map(|c| c.action.action).collect();
        if missing.is_empty() {
            page.styled(0, good(), "Everything a scan reads can be read.");
        } else {
            page.text(0, "A scan works with what it can read and says what it could not see. To see all, allow:");
            page.styled(2, DIM, &missing.join(", "));
        }
        if !self.applications.is_empty() {
            self.watched(&mut page);
        }
        unseen(&mut page, self.unseen);
        page.finish()
    }

    fn watched(&self, page: &mut Page) {
        page.heading("What a scan would watch");
        for Surveyed { application, states, .. } in self.applications {
            watching(page, &application.name, states);
        }
        let mut counts = WatchingCounts::default();
        self.applications.iter().for_each(|surveyed| counts += surveyed.watching);
        if self.applications.len() > 1 {
            page.text(2, &counts.said(&counted(self.applications.len(), "application")));
        }
        if counts.watched > 0 {
            page.styled(2, DIM, "Whether all of these publish metrics, a scan tells: reading them is billed.");
        }
    }
}
