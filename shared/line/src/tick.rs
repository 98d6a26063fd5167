//! A schedule's tick: the Region's changes once, and one task for each application.

use stackseer_model::ports::{
    ChangeLog, ChangeSource, LearningStore, PortError, Queue, RegionChanges, ResourceSource, SettingsStore, settings_or,
};
use stackseer_model::*;
use std::collections::{BTreeMap, BTreeSet};

/// CloudTrail tells of a change up to a quarter of an hour late, and a tick may be lost: each reads the last half hour, and
/// what is recorded twice is recorded once.
const CHANGES_MINUTES: i64 = 30;
/// An application that could not be learned wholly is asked for again after so long: each time its inventory is read.
const REST_MINUTES: i64 = 15;
/// A change of what a stack holds, after which its inventory is out of date.
const RESHAPES: [&str; 3] = ["CreateStack", "UpdateStack", "ExecuteChangeSet"];

/// Where a tick gets its knowledge and puts its work.
pub struct Tick<'a, R, C, S, Q> {
    /// The account and Region that it is about.
    pub scope: &'a Scope,
    pub resources: &'a R,
    pub changes: &'a C,
    pub store: &'a S,
    /// Watching is quick and must not wait behind learning.
    pub watches: &'a Q,
    pub learns: &'a Q,
    /// What holds until somebody sets something else.
    pub first: &'a Settings,
    /// The stack that this runs in, watched wherever stacks are: who watches must not fail unseen.
    pub own_stack: Option<&'a str>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ticked {
    pub watch: usize,
    pub learn: usize,
    pub retire: usize,
    pub changes: usize,
    /// Changes that could not be read or recorded, by which the watches explain less; and what is to be watched and is not there.
    pub unseen: Vec<Unseen>,
}

/// Sends what is to be done at `at`. An error means that not everything was sent: doing the whole tick again does no harm.
pub async fn tick<R, C, S, Q>(about: &Tick<'_, R, C, S, Q>, kind: TaskKind, at: Timestamp) -> Result<Ticked, PortError>
where
    R: ResourceSource,
    C: ChangeSource,
    S: ChangeLog + LearningStore + SettingsStore,
    Q: Queue<Task>,
{
    let mut ticked = Ticked::default();
    let from = Timestamp::from_second(at.as_second() - CHANGES_MINUTES * 60).unwrap_or(at);
    let RegionChanges { changes, unseen } = match about.changes.region_changes(from, at).await {
        Ok(read) => read,
        Err(error) => RegionChanges { changes: vec![], unseen: Some(unseen_changes(&error)) },
    };
    ticked.unseen.extend(unseen);
    ticked.changes = changes.len();
    if let Err(error) = about.store.record_changes(&changes).await {
        ticked.unseen.push(unseen_changes(&error));
    }

    let mut applications: BTreeMap<ApplicationId, Application> = BTreeMap::new();
    let mut uncertain: BTreeSet<String> = BTreeSet::new();
    let coverage = settings_or(about.store, about.scope, about.first).await?.coverage;
    for coverage in with_own(coverage, about.own_stack).iter().flat_map(one_by_one) {
        match about.resources.applications(&coverage).await {
            Ok(found) => applications.extend(found.into_iter().map(|a| (a.id.clone(), a))),
            // One that was deleted or misspelt is no reason to leave the others unwatched.
            Err(error @ PortError::NotFound { .. }) => ticked.unseen.push(not_there(&error)),
            Err(error) => match (&error, coverage) {
                (PortError::Permanent { .. }, Coverage::Stacks { names }) => {
                    ticked.unseen.push(not_there(&error));
                    uncertain.extend(names);
                }
                _ => return Err(error),
            },
        }
    }
    let learned = about.store.learned_applications(about.scope).await?;
    let learned: BTreeMap<ApplicationId, LearnedApplication> =
        learned.into_iter().map(|l| (l.application.id.clone(), l)).collect();

    let task = |kind, application: &Application| Task { kind, application: application.clone(), at };
    let (mut watches, mut learns, mut retires) = (vec![], vec![], vec![]);
    for (id, application) in &applications {
        let learned = learned.get(id);
        let is_current = learned.is_some_and(|l| {
            let rests = at.as_second() - l.at.as_second() < REST_MINUTES * 60;
            (l.complete || rests) && !is_reshaped(application, l.at, &changes)
        });
        if kind == TaskKind::Learn || !is_current {
            learns.push(task(TaskKind::Learn, application));
        }
        if kind == TaskKind::Watch && learned.is_some() {
            watches.push(task(TaskKind::Watch, application));
        }
    }
    for (id, learned) in &learned {
        let is_uncertain = |a: &Application| match &a.boundary {
            Boundary::Stack { name } => uncertain.contains(name),
            _ => false,
        };
        if !applications.contains_key(id) && !is_uncertain(&learned.application) {
            retires.push(task(TaskKind::Retire, &learned.application));
        }
    }
    (ticked.watch, ticked.learn, ticked.retire) = (watches.len(), learns.len(), retires.len());
    watches.extend(retires);
    about.watches.send(&watches).await?;
    about.learns.send(&learns).await?;
    Ok(ticked)
}

fn is_reshaped(application: &Application, learned_at: Timestamp, changes: &[RegionChange]) -> bool {
    let Boundary::Stack { name } = &application.boundary else { return false };
    let is_of = |named: &BTreeSet<String>| {
        named
            .iter()
            .any(|n| n == name || n.split(":stack/").nth(1).and_then(|rest| rest.split('/').next()) == Some(name))
    };
    changes.iter().any(|c| RESHAPES.contains(&c.name.as_str()) && c.time > learned_at && is_of(&c.named))
}

fn with_own(mut coverage: Vec<Coverage>, own: Option<&str>) -> Vec<Coverage> {
    if let Some(Coverage::Stacks { names }) = coverage.iter_mut().find(|c| matches!(c, Coverage::Stacks { .. })) {
        names.extend(own.map(str::to_owned));
    }
    coverage
}

/// Each stack and each value of a tag by itself.
fn one_by_one(coverage: &Coverage) -> Vec<Coverage> {
    match coverage {
        Coverage::Stacks { names } => names.iter().map(|name| Coverage::Stacks { names: vec![name.clone()] }).collect(),
        Coverage::Tags { key, values } if !values.is_empty() => {
            values.iter().map(|value| Coverage::Tags { key: key.clone(), values: vec![value.clone()] }).collect()
        }
        other => vec![other.clone()],
    }
}

fn not_there(error: &PortError) -> Unseen {
    Unseen { what: "an application to watch".to_owned(), action: None, reason: error.to_string() }
}

fn unseen_changes(error: &PortError) -> Unseen {
    Unseen { what: "change events".to_owned(), action: None, reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_stack_is_watched_beside_any_stacks_and_only_then() {
        let stacks = |names: &[&str]| Coverage::Stacks { names: names.iter().map(|n| (*n).to_owned()).collect() };
        assert_eq!(with_own(vec![stacks(&["shop"])], Some("stackseer")), [stacks(&["shop", "stackseer"])]);
        assert_eq!(with_own(vec![stacks(&["shop"])], None), [stacks(&["shop"])]);
        assert_eq!(with_own(vec![Coverage::Region], Some("stackseer")), [Coverage::Region]);
        assert_eq!(with_own(vec![], Some("stackseer")), []);
    }
}
