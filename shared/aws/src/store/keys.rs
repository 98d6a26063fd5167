//! The table's keys, all of them. Nothing is ever scanned. SCOPE is `ACCOUNT#REGION`; the ids of applications, insights,
//! anomalies and messages are hashes that hold both.
//!
//! | partition                    | sort key              | what                                          |
//! |------------------------------|-----------------------|-----------------------------------------------|
//! | `insights#APPLICATION`       | `closed#END#INSIGHT`  | a closed insight                              |
//! | `insights#APPLICATION`       | `open#INSIGHT`        | an open insight                               |
//! | `insights#APPLICATION`       | `state`               | the generation that guards every commit       |
//! | `insight#INSIGHT`            | `where`               | its application and, once closed, its end     |
//! | `started#SCOPE#TYPE`         | `START#INSIGHT!`      | what lists say of an insight                  |
//! | `application#APPLICATION`    | `START#INSIGHT!`      | the same                                      |
//! | `anomaly#ANOMALY`            | `where`               | the insight that holds it                     |
//! | `counts#SCOPE`               | `2026-11#APPLICATION` | how many began and ended each day of it       |
//! | `series#INSIGHT`             | `CONTENT#NN`          | the series of one anomaly, part NN            |
//! | `outbox#APPLICATION`         | `GENERATION-NN`       | messages of one commit                        |
//! | `learned#SCOPE`              | application           | when it was learned, and which version holds  |
//! | `watched#SCOPE`              | application           | up to when it was watched                     |
//! | `learning#APPLICATION`       | `VERSION#baselines#N` | metrics and baselines, part N                 |
//! | `learning#APPLICATION`       | `VERSION#inventory#N` | inventory, part N                             |
//! | `learning#APPLICATION`       | `reserved`            | until when somebody learns it                 |
//! | `changes#SCOPE#2026-11-25`   | `TIME#CHANGE!`        | one change in the Region on that day (UTC)    |
//! | `events#APPLICATION`         | `TIME#CHANGE!`        | one change of the application                 |
//! | `delivery#MESSAGE`           | channel               | that the channel has had the message          |
//! | `settings#SCOPE`             | `channel#CHANNEL`     | whom to tell                                  |
//! | `settings#SCOPE`             | `mute#MUTE`           | what not to tell of                           |
//! | `settings#SCOPE`             | `sensitivity#ID`      | how rare something must be, and on what       |
//! | `settings#SCOPE`             | `state`               | the rest, and the generation that guards all  |
//! | `feedback#SCOPE`             | insight               | what somebody thought of the insight          |
//! | `audit#SCOPE`                | `TIME#ENTRY!`         | one change that somebody made                 |
//! | `scopes`                     | SCOPE                 | that something of it is here: on one machine  |
//!
//! `closed#…` < `open#…` < `state`, so that one query, read backwards, gives the generation first, then what is open,
//! then what ended since a time. Read in that order, a commit in between makes the reader's own commit fail.
//!
//! The index `lists` has those rows that have `list` and `position`, which the two rows of each insight's lists do:
//!
//! | the row of   | `list`                      | `position`        |
//! |--------------|-----------------------------|-------------------|
//! | `started`    | `status#SCOPE#TYPE#STATUS`  | `START#INSIGHT!`  |
//! | `application`| `ended#SCOPE#TYPE`          | `END#INSIGHT!`    |

use jiff::civil::Date;
use stackseer_model::ports::{Ask, InsightList, Position};
use stackseer_model::{
    AnomalyId, Application, ApplicationId, Insight, InsightId, InsightType, RegionChange, Scope, Status, Timestamp,
};

pub(crate) const PARTITION: &str = "pk";
pub(crate) const SORT: &str = "sk";
/// The index, its partition and its sort key.
pub(crate) const LISTS: &str = "lists";
pub(crate) const LIST: &str = "list";
pub(crate) const POSITION: &str = "position";
/// Epoch seconds after which DynamoDB deletes the row.
pub(crate) const EXPIRES: &str = "expires";
pub(crate) const BODY: &str = "body";
pub(crate) const GENERATION: &str = "generation";
pub(crate) const APPLICATION: &str = "application";
pub(crate) const CLOSED: &str = "closed";
pub(crate) const INSIGHT: &str = "insight";
pub(crate) const FORMER: &str = "former";
/// The attributes that are text.
pub(crate) const TEXTS: [&str; 6] = [APPLICATION, CLOSED, INSIGHT, FORMER, LIST, POSITION];

pub(crate) const SCOPES: &str = "scopes";
pub(crate) const RESERVED: &str = "reserved";
pub(crate) const STATE: &str = "state";
pub(crate) const WHERE: &str = "where";

/// The settings that are rows of their own, by their sort keys. All sort before `state`.
pub(crate) const CHANNEL: &str = "channel#";
pub(crate) const MUTE: &str = "mute#";
pub(crate) const SENSITIVITY: &str = "sensitivity#";

/// Partition and sort key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub String, pub String);

fn of(scope: &Scope) -> String {
    format!("{}#{}", scope.account, scope.region)
}

pub(crate) fn insights(application: &ApplicationId) -> String {
    format!("insights#{application}")
}

pub(crate) fn state(application: &ApplicationId) -> Key {
    Key(insights(application), STATE.to_owned())
}

/// Where the insight is kept while it is as it is.
pub(crate) fn insight(application: &ApplicationId, insight: &Insight) -> Key {
    match insight.ended() {
        Some(end) => Key(insights(application), format!("{}#{}", closed_since(end), insight.id)),
        None => open(application, &insight.id),
    }
}

pub(crate) fn open(application: &ApplicationId, insight: &InsightId) -> Key {
    Key(insights(application), format!("open#{insight}"))
}

/// Not after the sort key of anything that ended at `time` or later.
pub(crate) fn closed_since(time: Timestamp) -> String {
    format!("closed#{}", second(time))
}

pub(crate) fn place(insight: &InsightId) -> Key {
    Key(format!("insight#{insight}"), WHERE.to_owned())
}

pub(crate) fn anomaly(anomaly: &AnomalyId) -> Key {
    Key(format!("anomaly#{anomaly}"), WHERE.to_owned())
}

pub(crate) fn counts(application: &Application, day: Date) -> Key {
    Key(counts_in(&application.scope()), format!("{}#{}", month(day), application.id))
}

pub(crate) fn counts_in(scope: &Scope) -> String {
    format!("counts#{}", of(scope))
}

/// Not after and not before the sort keys of those days' months.
pub(crate) fn counts_between(first: Date, last: Date) -> (String, String) {
    (month(first), format!("{}~", month(last)))
}

fn month(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

pub(crate) fn series(insight: &InsightId, content: &str, part: u32) -> Key {
    Key(format!("series#{insight}"), format!("{content}#{part:02}"))
}

/// A list's partition, and whether it is one of the index.
pub(crate) fn list(list: &InsightList) -> (String, bool) {
    match list {
        InsightList::Started { scope, insight_type } => {
            (format!("started#{}#{}", of(scope), kind(*insight_type)), false)
        }
        InsightList::Application(application) => (format!("application#{application}"), false),
        InsightList::Status { scope, insight_type, status } => {
            let status = match status {
                Status::Ongoing => "ongoing",
                Status::Closed => "closed",
            };
            (format!("status#{}#{}#{status}", of(scope), kind(*insight_type)), true)
        }
        InsightList::Ended { scope, insight_type } => (format!("ended#{}#{}", of(scope), kind(*insight_type)), true),
    }
}

fn kind(insight_type: InsightType) -> &'static str {
    match insight_type {
        InsightType::Reactive => "reactive",
        InsightType::Proactive => "proactive",
    }
}

/// Ends in what sorts before anything an id may have, so that all that lies before a position is a range: up to the position
/// without its end.
pub(crate) fn position(position: &Position) -> String {
    format!("{}!", before(position))
}

fn before(position: &Position) -> String {
    format!("{:012}#{}", position.second, position.id)
}

/// First and last sort key, both inclusive, of what is asked for; none: there can't be anything.
pub(crate) fn asked(ask: &Ask) -> Option<(String, String)> {
    let first = second(ask.from.unwrap_or(Timestamp::UNIX_EPOCH));
    let to = ask.to.map(second);
    let last = to.into_iter().chain(ask.after.as_ref().map(before)).min();
    let last = last.unwrap_or_else(|| "~".to_owned());
    (first <= last).then_some((first, last))
}

/// Whole seconds of a fixed width sort as text.
fn second(time: Timestamp) -> String {
    format!("{:012}", time.as_second().max(0))
}

pub(crate) fn outbox(application: &ApplicationId, generation: u64, part: usize) -> Key {
    Key(outbox_of(application), format!("{generation:010}-{part:02}"))
}

pub(crate) fn outbox_of(application: &ApplicationId) -> String {
    format!("outbox#{application}")
}

pub(crate) fn learned(application: &Application) -> Key {
    Key(learned_in(&application.scope()), application.id.to_string())
}

pub(crate) fn learned_in(scope: &Scope) -> String {
    format!("learned#{}", of(scope))
}

pub(crate) fn watched(application: &Application) -> Key {
    Key(watched_in(&application.scope()), application.id.to_string())
}

pub(crate) fn watched_in(scope: &Scope) -> String {
    format!("watched#{}", of(scope))
}

pub(crate) fn learning(application: &ApplicationId, version: &str, what: &str, part: u32) -> Key {
    Key(learning_of(application), format!("{version}#{what}#{part:03}"))
}

pub(crate) fn reserved(application: &ApplicationId) -> Key {
    Key(learning_of(application), RESERVED.to_owned())
}

pub(crate) fn learning_of(application: &ApplicationId) -> String {
    format!("learning#{application}")
}

pub(crate) fn change(change: &RegionChange) -> Key {
    Key(changes_on(&change.scope, change.time), position(&Position::new(change.time, &change.id)))
}

/// The partition of that day's changes.
pub(crate) fn changes_on(scope: &Scope, day: Timestamp) -> String {
    format!("changes#{}#{}", of(scope), day.strftime("%Y-%m-%d"))
}

/// Not after the sort key of any change at `time` or later.
pub(crate) fn changes_since(time: Timestamp) -> String {
    second(time)
}

/// After the sort key of every change within the second of `time`.
pub(crate) fn changes_until(time: Timestamp) -> String {
    format!("{}~", second(time))
}

pub(crate) fn events(application: &ApplicationId) -> String {
    format!("events#{application}")
}

pub(crate) fn delivery(message: &str, channel: &str) -> Key {
    Key(format!("delivery#{message}"), channel.to_owned())
}

pub(crate) fn settings(scope: &Scope) -> String {
    format!("settings#{}", of(scope))
}

/// First and last sort key of the settings. Read backwards, so that the generation is read before what it guards.
pub(crate) fn all_settings() -> (&'static str, &'static str) {
    (CHANNEL, STATE)
}

pub(crate) fn settings_state(scope: &Scope) -> Key {
    Key(settings(scope), STATE.to_owned())
}

pub(crate) fn setting(scope: &Scope, kind: &str, id: &str) -> Key {
    Key(settings(scope), format!("{kind}{id}"))
}

pub(crate) fn feedback(scope: &Scope, insight: &InsightId) -> Key {
    Key(feedback_in(scope), insight.to_string())
}

pub(crate) fn feedback_in(scope: &Scope) -> String {
    format!("feedback#{}", of(scope))
}

pub(crate) fn audit(scope: &Scope, place: &Position) -> Key {
    Key(audit_in(scope), position(place))
}

pub(crate) fn audit_in(scope: &Scope) -> String {
    format!("audit#{}", of(scope))
}

pub(crate) fn scope(scope: &Scope) -> Key {
    Key(SCOPES.to_owned(), of(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn one_range_holds_the_recent_the_open_and_the_state() {
        let app = ApplicationId("a".into());
        let closed = |s| format!("{}#i", closed_since(at(s)));
        let since = closed_since(at(1_700_000_000));
        let open = open(&app, &InsightId("i".into())).1;
        assert!(closed(999_999_999) < since && since <= closed(1_700_000_000));
        assert!(closed(1_700_000_001) < open && open.as_str() < STATE);
    }

    #[test]
    fn one_range_holds_all_settings_and_ends_with_their_guard() {
        let (first, last) = all_settings();
        assert_eq!(last, STATE);
        for kind in [CHANNEL, MUTE, SENSITIVITY] {
            let sort = setting(&Scope::new("123456789012", "eu-west-1"), kind, "an id").1;
            assert!(first <= sort.as_str() && sort.as_str() < last, "{sort}");
        }
    }

    #[test]
    fn what_lies_before_a_position_is_a_range_whatever_the_ids() {
        let places: Vec<Position> = [(9, "z"), (10, "a"), (10, "ab"), (10, "abc"), (10, "b"), (1_800_000_000, "a")]
            .map(|(s, id)| Position::new(at(s), id))
            .into();
        assert!(places.is_sorted());
        for (index, place) in places.iter().enumerate() {
            let (first, last) = asked(&Ask::newest(9).after(Some(place.clone()))).unwrap();
            let within = |p: &&Position| (first.clone()..=last.clone()).contains(&position(p));
            assert_eq!(places.iter().filter(within).collect::<Vec<_>>(), places[..index].iter().collect::<Vec<_>>());
        }
        assert_eq!(asked(&Ask::newest(9).within(Some(at(11)), Some(at(10)))), None);
    }
}
