//! What would have opened at each sensitivity, and how to come down to a budget.

use super::View;
use super::page::{BOLD, DIM, Page, good, severity};
use super::report::unseen;
use super::words::counted;
use crate::tuning::{Budget, Cost, Level, Opened, Tuning};
use stackseer_model::time::{date_time, dated_range};
use stackseer_model::{Sensitivity, length};

/// So many of a list, unless all are asked for.
const USUAL: usize = 10;
/// Width of `2026-11-22 14:10  MEDIUM  `.
const COLUMN: usize = 26;

pub fn tuning(tuning: &Tuning, view: &View<'_>) -> String {
    let mut page = Page::new(view.width);
    head(&mut page, tuning);
    table(&mut page, &tuning.levels);
    for (title, opened) in parts(&tuning.opened) {
        list(&mut page, &title, &opened, view.verbose);
    }
    costs(&mut page, tuning, view.verbose);
    if let Some(found) = &tuning.budget {
        budget(&mut page, tuning, found);
    }
    unseen(&mut page, &tuning.unseen);
    page.finish()
}

fn head(page: &mut Page, tuning: &Tuning) {
    let judged = dated_range(tuning.from, tuning.to);
    page.styled(0, BOLD, &format!("{}: what would have opened, {judged}", tuning.application.name));
    let before = tuning.from.as_second() - tuning.learned_from.as_second();
    page.styled(
        2,
        DIM,
        &format!(
            "{}, {}, a point every {}; each day judged by what was learned of the {} before it",
            counted(tuning.resources, "resource"),
            counted(tuning.metrics, "metric"),
            length(i64::from(tuning.period)),
            length(before),
        ),
    );
}

/// Narrower than any terminal.
fn table(page: &mut Page, levels: &[Level]) {
    page.blank();
    page.raw(&format!("{DIM}sensitivity  a week  high  medium  low  only here{DIM:#}"));
    for level in levels {
        let Level { sensitivity, a_week, high, medium, low, only, .. } = level;
        page.raw(&format!("{sensitivity:11}  {a_week:>6.1}  {high:>4}  {medium:>6}  {low:>3}  {only:>9}"));
    }
    let muted: Vec<String> = levels
        .iter()
        .filter(|level| level.muted > 0)
        .map(|level| format!("{} at {}", level.muted, level.sensitivity))
        .collect();
    if !muted.is_empty() {
        page.styled(0, DIM, &format!("Not counted, as they are muted: {}.", muted.join(", ")));
    }
}

/// What opens everywhere first.
fn parts(opened: &[Opened]) -> Vec<(String, Vec<&Opened>)> {
    let mut parts: Vec<(Vec<&str>, Vec<&Opened>)> = Vec::new();
    for one in opened {
        let at: Vec<&str> =
            Sensitivity::ALL.iter().filter(|level| one.is_at(**level)).map(|level| level.word()).collect();
        match parts.iter_mut().find(|(known, _)| *known == at) {
            Some((_, part)) => part.push(one),
            None => parts.push((at, vec![one])),
        }
    }
    let lowest = |at: &[&str]| Sensitivity::ALL.iter().position(|level| at.first() == Some(&level.word()));
    parts.sort_by_key(|(at, _)| (lowest(at), std::cmp::Reverse(at.len())));
    let title = |at: &[&str]| match at {
        [_, _, _] => "At every sensitivity".to_owned(),
        some => format!("Only at {}", some.join(" and ")),
    };
    parts.into_iter().map(|(at, part)| (title(&at), part)).collect()
}

fn list(page: &mut Page, title: &str, opened: &[&Opened], verbose: bool) {
    page.heading(&format!("{title}: {}", opened.len()));
    let most = if verbose { usize::MAX } else { USUAL };
    for one in opened.iter().take(most) {
        let (label, style) = severity(one.worst());
        let muted = if one.muted { " (muted)" } else { "" };
        let label = format!("{}  {label}", date_time(one.time).trim_end_matches(" UTC"));
        page.labelled(2, &label, style, COLUMN, &format!("{}{muted}", one.name));
    }
    more(page, opened.len(), most);
}

fn more(page: &mut Page, all: usize, most: usize) {
    if all > most {
        page.styled(2, DIM, &format!("and {} more; --verbose lists them", all - most));
    }
}

fn costs(page: &mut Page, tuning: &Tuning, verbose: bool) {
    if tuning.costs.is_empty() {
        return;
    }
    page.heading(&format!("What opens most at {}, which is in use", tuning.in_use));
    let most = if verbose { usize::MAX } else { USUAL / 2 };
    for Cost { metric, insights, at_low } in tuning.costs.iter().take(most) {
        page.text(2, metric);
        let low = match at_low {
            0 => "none of them at low".to_owned(),
            all if all == insights => "all of them at low too".to_owned(),
            some => format!("{some} of them at low too"),
        };
        page.styled(4, DIM, &format!("{}, {low}", counted(*insights, "insight")));
    }
    more(page, tuning.costs.len(), most);
}

fn budget(page: &mut Page, tuning: &Tuning, budget: &Budget) {
    let (most, used) = (budget.a_week, tuning.in_use);
    page.heading(&format!("Budget: {most} a week"));
    let now = tuning.levels.iter().find(|level| level.sensitivity == used).map_or(0.0, |level| level.a_week);
    match budget.fits {
        Some(fits) if now <= most => {
            page.styled(2, good(), &format!("With {used} sensitivity, which is in use, it is kept: {now:.1} a week."));
            if fits != used {
                page.text(2, &format!("With {fits} sensitivity it would be kept too."));
            }
        }
        Some(fits) => {
            let kept = format!(
                "With {fits} sensitivity it is kept. With {used}, which is in use, it is not: {now:.1} a week."
            );
            page.text(2, &kept);
        }
        None => {
            let told = format!("No sensitivity keeps it; with {used}, which is in use, it is {now:.1} a week.");
            page.text(2, &told);
            page.text(
                2,
                "What opens at low too is rare by any measure: find out why it happens, and mute what you know.",
            );
        }
    }
    lines(page, "For all of it, in stackseer.toml:", &budget.application_lines);
    if let Some(a_week) = budget.with_lines {
        let only = if budget.application_lines.is_empty() { "Only" } else { "Or only" };
        lines(page, &format!("{only} for what opens most, which leaves {a_week:.1} a week:"), &budget.lines);
    }
}

/// As they are copied.
fn lines(page: &mut Page, said: &str, lines: &str) {
    if lines.is_empty() {
        return;
    }
    page.blank();
    page.text(2, said);
    page.blank();
    for line in lines.lines() {
        page.raw(line);
    }
}
