//! What is said of an incident, from the evidence of now. Each number is computed in one place: the span's.

use crate::abnormal::Abnormal;
use crate::group::Group;
use crate::situation::Situation;
use crate::topology::Topology;
use crate::{advice, cause, cost, pattern, text};
use stackseer_catalog::fill;
use stackseer_model::*;

pub struct Findings {
    /// What it is about: the symptom that the name speaks of.
    pub subject: Subject,
    pub name: String,
    pub description: String,
    pub pattern: Option<Named>,
    pub causes: Vec<Cause>,
    pub recommendations: Vec<Recommendation>,
    pub considered: Vec<Considered>,
    /// The change that the pattern names.
    pub change: Option<ChangeEvent>,
}

/// The pattern that named it.
pub struct Named {
    pub id: String,
    pub rank: u8,
}

pub fn findings(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    main: &Abnormal<'_>,
) -> Findings {
    let causes = cause::rank(situation, topology, group, main);
    let pattern::Judged { best, considered } = pattern::best(situation, topology, group);
    let findings = match best {
        Some(found) => by_pattern(situation, topology, group, causes, &found),
        None => generic(situation, group, causes, main),
    };
    Findings { considered, ..findings }
}

/// The same under the pattern that named the insight before, with the numbers of now. None: nothing shows it any more.
pub fn again(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    main: &Abnormal<'_>,
    pattern: &str,
) -> Option<Findings> {
    let found = pattern::again(situation, topology, group, pattern)?;
    let causes = cause::rank(situation, topology, group, main);
    Some(by_pattern(situation, topology, group, causes, &found))
}

fn by_pattern(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    mut causes: Vec<Cause>,
    found: &pattern::Match<'_>,
) -> Findings {
    let said = |template: &str| sentence(template, found);
    lead_with(situation, topology, group, &mut causes, found);
    let advised = &found.pattern.recommendation;
    let recommendation = Recommendation {
        name: said(&advised.name),
        description: said(&advised.description),
        reason: said(&advised.reason),
        link: advised.link.clone(),
        ..advice::look(situation, found.cause.resource, &found.effect)
    };
    Findings {
        subject: subject(&found.effect),
        name: said(&found.pattern.title),
        description: said(&found.pattern.description) + &costs(situation, topology, found),
        pattern: Some(Named { id: found.pattern.id.clone(), rank: found.pattern.rank }),
        recommendations: vec![advice::relate(situation, group, recommendation, &found.effect)],
        causes,
        considered: vec![],
        change: found.cause.event.cloned(),
    }
}

/// DevOps Guru's generic form: what, where, and by what.
fn generic(situation: &Situation<'_>, group: &Group<'_>, causes: Vec<Cause>, main: &Abnormal<'_>) -> Findings {
    let metric = main.metric();
    let resource = situation.inventory.named(&metric.resource);
    let boundary = match situation.application.boundary {
        Boundary::Stack { .. } => format!(" In Stack {}", situation.application.name),
        Boundary::Tag { .. } => format!(" In Application {}", situation.application.name),
        Boundary::Unassigned => String::new(),
    };
    let by = causes.first().filter(|c| c.resource.id != resource.id);
    let what = match (main.silent, main.metric().missing) {
        (false, _) => format!("{} Anomalous", metric.key.name),
        (true, MissingPoint::Zero) if main.has_stopped() => format!("{} Stopped", situation.label(metric)),
        (true, MissingPoint::Zero) => format!("{} Dropped", situation.label(metric)),
        (true, MissingPoint::Gap) => "Stopped Reporting".to_owned(),
    };
    let by = by.map_or_else(String::new, |c| format!(", caused by {}", c.resource.name));
    // Metrics that people call otherwise than the service, as DevOps Guru did Container Insights'.
    let own = situation.catalog.spec(&metric.key).and_then(|(file, _)| file.label.clone());
    let service = own.unwrap_or_else(|| situation.catalog.service_label(&resource.resource_type));
    let why = match causes.first() {
        Some(cause) => format!("Most likely cause: {}: {}.", cause.resource.name, cause.reason),
        None => "No clear cause: no resource shows most of the harm, and no change came just before.".to_owned(),
    };
    let recommendation = advice::by_role(situation, main, causes.first());
    Findings {
        subject: subject(main),
        name: format!("{service} {what}{boundary}: {}{by}", resource.name),
        description: format!("{}. {why}", summary(situation, main)),
        pattern: None,
        recommendations: vec![advice::relate(situation, group, recommendation, main)],
        causes,
        considered: vec![],
        change: None,
    }
}

/// A sentence more where the bill is the harm.
fn costs(situation: &Situation<'_>, topology: &Topology<'_>, found: &pattern::Match<'_>) -> String {
    let resource = situation.inventory.resource(&found.effect.metric().resource);
    let said = found.pattern.cost.as_ref().zip(resource).and_then(|(cost, resource)| {
        let until = found.effect.end.unwrap_or(situation.now);
        let dollars = cost::a_day(topology, cost, resource, found.effect.start, until)?;
        let values = [("cost".to_owned(), format!("${}", text::number(dollars)))];
        Some(format!(" {}", fill(&cost.said, &values.into())))
    });
    said.unwrap_or_default()
}

fn subject(named: &Abnormal<'_>) -> Subject {
    let metric = named.metric();
    Subject { what: metric.key.to_string(), resource: Some(metric.resource.clone()) }
}

/// A metric's label, unlike a resource's name, may be written with a capital.
fn sentence(template: &str, found: &pattern::Match<'_>) -> String {
    let text = fill(template, &found.values);
    if template.starts_with("{metric}") || template.starts_with("{cause_metric}") { capital(&text) } else { text }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The pattern's cause comes first.
fn lead_with(
    situation: &Situation<'_>,
    topology: &Topology<'_>,
    group: &Group<'_>,
    causes: &mut Vec<Cause>,
    found: &pattern::Match<'_>,
) {
    let Some(resource) = situation.inventory.resource(found.cause.resource) else { return };
    let known = causes.iter().position(|c| c.resource.id == resource.id).map(|i| causes.remove(i));
    let shown = found.cause.said(situation.catalog, found.effect.start);
    // Where another thing than the change is the evidence, the change just before stands with it.
    let change = known.as_ref().and_then(|c| c.changes.last()).filter(|_| found.cause.event.is_none());
    let reason = match change {
        Some(change) => format!("{} {}; {shown}", change.name, relative(change.time, found.effect.start)),
        None => shown,
    };
    let symptom = &found.effect.metric().resource;
    let cause = Cause {
        resource: ResourceRef::from(resource),
        metric: found.cause.metric.map(|m| m.metric.key.name.clone()),
        share: known.as_ref().and_then(|c| c.share),
        rank: 1,
        changes: known.map_or_else(Vec::new, |c| c.changes),
        path: cause::path(situation, topology, group, symptom, &resource.id, &reason),
        reason,
    };
    causes.insert(0, cause);
    causes.iter_mut().zip(1..).for_each(|(cause, rank)| cause.rank = rank);
}

/// `Errors of checkout: 30 a minute against none expected, from 12:00 UTC`
pub fn summary(situation: &Situation<'_>, abnormal: &Abnormal<'_>) -> String {
    let metric = abnormal.metric();
    let name = situation.inventory.named(&metric.resource).name;
    let since = text::moment(abnormal.start, situation.now);
    match (abnormal.silent, metric.missing) {
        (true, MissingPoint::Gap) => format!("Nothing published of {name} since {since}, where it never took so long"),
        (true, MissingPoint::Zero) if abnormal.has_stopped() => {
            capital(&format!("{} of {name}: none since {since}, where it never took so long", situation.label(metric)))
        }
        _ => capital(&format!("{} of {name}: {}", situation.label(metric), numbers(situation, abnormal))),
    }
}

/// The same of a resource that is named already.
pub fn shown(situation: &Situation<'_>, abnormal: &Abnormal<'_>) -> String {
    let metric = abnormal.metric();
    let since = text::moment(abnormal.start, situation.now);
    match (abnormal.silent, metric.missing) {
        (true, MissingPoint::Gap) => format!("nothing published since {since}"),
        (true, MissingPoint::Zero) if abnormal.has_stopped() => format!("no {} since {since}", situation.label(metric)),
        _ => format!("{} {}", situation.label(metric), numbers(situation, abnormal)),
    }
}

fn numbers(situation: &Situation<'_>, abnormal: &Abnormal<'_>) -> String {
    let metric = abnormal.metric();
    format!(
        "{} against {} expected, from {}",
        text::value(metric, abnormal.peak),
        text::value(metric, abnormal.expected),
        text::moment(abnormal.start, situation.now),
    )
}
