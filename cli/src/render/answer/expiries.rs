//! What ends on a known day, by day.

use super::none;
use crate::render::page::{BOLD, DIM, Page, RED, Width};
use jiff::Timestamp;
use stackseer_api::wire::Expiry;
use stackseer_model::time::day;

/// More that end alike are counted.
const MOST_NAMED: usize = 6;
const DAY: i64 = 24 * 3600;

/// Those that end on one day for one reason.
struct Group<'a> {
    first: &'a Expiry,
    names: Vec<&'a str>,
}

pub fn expiries(found: &[Expiry], days: u32, now: Timestamp, width: Width) -> String {
    let mut page = Page::new(width);
    if found.is_empty() {
        return none(page, &format!("Nothing that is read ends within {days} days."));
    }
    let groups = grouped(found);
    let (known, unknown): (Vec<&Group<'_>>, Vec<&Group<'_>>) = groups.iter().partition(|g| g.first.ends.is_some());
    let (ended, ahead): (Vec<&Group<'_>>, Vec<&Group<'_>>) =
        known.into_iter().partition(|g| g.first.ends.as_ref().is_some_and(|at| at.0 <= now));
    for (heading, groups) in [("Ended", ended), (&*format!("Ends within {days} days"), ahead)] {
        if !groups.is_empty() {
            page.styled(0, BOLD, heading);
            groups.into_iter().for_each(|group| dated(&mut page, group, now));
            page.blank();
        }
    }
    if !unknown.is_empty() {
        page.styled(0, BOLD, "When these end is not known");
        for Group { first, names } in unknown {
            page.text(2, &format!("{}: {}", first.what, names.join(", ")));
            page.styled(4, DIM, first.because.as_deref().unwrap_or_default());
        }
    }
    page.finish().trim_end().to_owned() + "\n"
}

fn grouped(found: &[Expiry]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for expiry in found {
        let alike = |g: &&mut Group<'_>| {
            (&g.first.ends, &g.first.what, &g.first.because) == (&expiry.ends, &expiry.what, &expiry.because)
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.names.push(&expiry.resource.name),
            None => groups.push(Group { first: expiry, names: vec![&expiry.resource.name] }),
        }
    }
    groups
}

fn dated(page: &mut Page, Group { first, names }: &Group<'_>, now: Timestamp) {
    let Some(ends) = &first.ends else { return };
    let more = names.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = names.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
    let style = if ends.0 <= now { RED } else { Default::default() };
    page.labelled(2, &day(ends.0), style, 12, &format!("{}: {named}{more}", first.what));
    let mut said = vec![left(ends.0, now)];
    said.extend(first.blocked.as_ref().map(|blocked| match blocked.0 <= now {
        true => format!("no updates since {}", day(blocked.0)),
        false => format!("no updates from {}", day(blocked.0)),
    }));
    said.extend(first.next.as_ref().map(|next| format!("move to {next}")));
    page.styled(2 + page.column(2, 12), DIM, &said.join(", "));
}

/// `in 33 days`, `5 months ago`, `within a day`
fn left(at: Timestamp, now: Timestamp) -> String {
    let days = (at.as_second() - now.as_second()).div_euclid(DAY);
    let long = match days.abs() {
        1 => "1 day".to_owned(),
        days @ ..90 => format!("{days} days"),
        days @ ..730 => format!("{} months", days / 30),
        days => format!("{} years", days / 365),
    };
    match days {
        0 => "within a day".to_owned(),
        1.. => format!("in {long}"),
        _ => format!("{long} ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackseer_api::wire::{ApplicationKind, ApplicationName, NamedResource};

    fn expiry(name: &str, what: &str, ends: Option<&str>) -> Expiry {
        let of = ApplicationName { id: "a".to_owned(), name: "shop".to_owned(), kind: ApplicationKind::Stack };
        let resource = NamedResource {
            name: name.to_owned(),
            r#type: "AWS::Lambda::Function".to_owned(),
            label: "Lambda function".to_owned(),
            arn: None,
            console_url: None,
        };
        Expiry {
            application: of,
            resource,
            what: what.to_owned(),
            ends: ends.map(|at| format!("{at}T00:00:00Z").parse::<Timestamp>().unwrap().into()),
            blocked: None,
            next: None,
            because: ends.is_none().then(|| "no end of provided.own is published".to_owned()),
            check: "lambda-runtime".to_owned(),
        }
    }

    #[test]
    fn what_ends_is_told_by_day_and_alike_in_one_line() {
        let now: Timestamp = "2026-11-28T09:00:00Z".parse().unwrap();
        let mut found: Vec<Expiry> =
            (0..9).map(|n| expiry(&format!("report-{n}"), "runtime nodejs16.x", Some("2024-06-12"))).collect();
        for old in &mut found {
            old.next = Some("nodejs24.x".to_owned());
            old.blocked = "2027-03-03T00:00:00Z".parse::<Timestamp>().ok().map(Into::into);
        }
        found.push(expiry("shop.example.com", "certificate valid until", Some("2026-12-24")));
        found.push(expiry("own", "runtime provided.own", None));
        let texts = [60, 80, 140].map(|columns| {
            let text = expiries(&found, 365, now, Width::Columns(columns));
            format!("{columns} columns\n{}", anstream::adapter::strip_str(&text))
        });
        insta::assert_snapshot!("expiries", texts.join("\n"));
        let nothing = expiries(&[], 30, now, Width::Columns(80));
        assert!(nothing.contains("Nothing that is read ends within 30 days."), "{nothing}");
    }
}
