//! The table's keys, all of them. Nothing is ever scanned.
//!
//! | partition               | sort key                              | what                                          |
//! |-------------------------|---------------------------------------|-----------------------------------------------|
//! | `applications`          | application                           | its name and boundary                         |
//! | `insights#APPLICATION`  | `closed#TIME#GENERATION-NN`           | insights closed in one commit                 |
//! | `insights#APPLICATION`  | `open#BIN`                            | open insights, by hash                        |
//! | `insights#APPLICATION`  | `state`                               | the generation that guards every commit       |
//! | `insight#INSIGHT`       | `where`                               | its application and, once closed, its pack    |
//! | `series#INSIGHT`        | `CONTENT#NN`                          | the series of one anomaly, part NN            |
//! | `outbox#APPLICATION`    | `GENERATION-NN`                       | messages of one commit                        |
//! | `learned`               | application                           | when it was learned, and which version holds  |
//! | `learning#APPLICATION`  | `VERSION#NNN`                         | inventory, metrics and baselines, part NNN    |
//! | `learning#APPLICATION`  | `reserved`                            | until when somebody learns it                 |
//! | `changes#2026-11-25`    | `TIME#CHANGE`                         | one change in the Region on that day (UTC)    |
//! | `delivery#MESSAGE`      | channel                               | that the channel has had the message          |
//!
//! `closed#…` < `open#…` < `state`, so that one query, read backwards, gives the generation first, then what is open,
//! then what was closed since a time. Read in that order, a commit in between makes the reader's own commit fail.

use stackseer_model::{ApplicationId, InsightId, RegionChange, Timestamp};

pub(crate) const PARTITION: &str = "pk";
pub(crate) const SORT: &str = "sk";
/// Epoch seconds after which DynamoDB deletes the row.
pub(crate) const EXPIRES: &str = "expires";
pub(crate) const BODY: &str = "body";
pub(crate) const GENERATION: &str = "generation";
pub(crate) const APPLICATION: &str = "application";
pub(crate) const CLOSED: &str = "closed";

pub(crate) const APPLICATIONS: &str = "applications";
pub(crate) const LEARNED: &str = "learned";
pub(crate) const RESERVED: &str = "reserved";
pub(crate) const STATE: &str = "state";
pub(crate) const WHERE: &str = "where";
/// Before every sort key of a closed pack.
pub(crate) const CLOSED_FIRST: &str = "closed#";
/// After every sort key of a closed pack.
pub(crate) const CLOSED_LAST: &str = "closed#~";

/// Partition and sort key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub String, pub String);

pub(crate) fn application(id: &ApplicationId) -> Key {
    Key(APPLICATIONS.to_owned(), id.to_string())
}

pub(crate) fn insights(application: &ApplicationId) -> String {
    format!("insights#{application}")
}

pub(crate) fn state(application: &ApplicationId) -> Key {
    Key(insights(application), STATE.to_owned())
}

/// Enough that 200 open insights stay far below an item's 400 KB, few enough for one transaction's 100 items.
const BINS: u8 = 32;

pub(crate) fn open(application: &ApplicationId, insight: &InsightId) -> Key {
    let hash = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, insight.as_str().as_bytes());
    Key(insights(application), format!("open#{:02}", hash.as_bytes()[0] % BINS))
}

pub(crate) fn closed(application: &ApplicationId, time: Timestamp, generation: u64, pack: usize) -> Key {
    Key(insights(application), format!("{}#{generation:010}-{pack:02}", closed_since(time)))
}

/// Not after the sort key of anything closed at `time` or later.
pub(crate) fn closed_since(time: Timestamp) -> String {
    // Whole seconds of a fixed width sort as text.
    format!("closed#{:012}", time.as_second().max(0))
}

pub(crate) fn place(insight: &InsightId) -> Key {
    Key(format!("insight#{insight}"), WHERE.to_owned())
}

pub(crate) fn series(insight: &InsightId, content: &str, part: u32) -> Key {
    Key(format!("series#{insight}"), format!("{content}#{part:02}"))
}

pub(crate) fn outbox(application: &ApplicationId, generation: u64, part: usize) -> Key {
    Key(outbox_of(application), format!("{generation:010}-{part:02}"))
}

pub(crate) fn outbox_of(application: &ApplicationId) -> String {
    format!("outbox#{application}")
}

pub(crate) fn learned(application: &ApplicationId) -> Key {
    Key(LEARNED.to_owned(), application.to_string())
}

pub(crate) fn learning(application: &ApplicationId, version: &str, part: u32) -> Key {
    Key(learning_of(application), format!("{version}#{part:03}"))
}

pub(crate) fn reserved(application: &ApplicationId) -> Key {
    Key(learning_of(application), RESERVED.to_owned())
}

pub(crate) fn learning_of(application: &ApplicationId) -> String {
    format!("learning#{application}")
}

pub(crate) fn change(change: &RegionChange) -> Key {
    Key(changes_on(change.time), format!("{}#{}", changes_since(change.time), change.id))
}

/// The partition of that day's changes.
pub(crate) fn changes_on(day: Timestamp) -> String {
    format!("changes#{}", day.strftime("%Y-%m-%d"))
}

/// Not after the sort key of any change at `time` or later.
pub(crate) fn changes_since(time: Timestamp) -> String {
    format!("{:012}", time.as_second().max(0))
}

/// After the sort key of every change within the second of `time`.
pub(crate) fn changes_until(time: Timestamp) -> String {
    format!("{}~", changes_since(time))
}

pub(crate) fn delivery(message: &str, channel: &str) -> Key {
    Key(format!("delivery#{message}"), channel.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_holds_the_recent_the_open_and_the_state() {
        let app = ApplicationId("a".into());
        let at = |s| Timestamp::from_second(s).unwrap();
        let since = closed_since(at(1_700_000_000));
        let (earlier, later) = (closed(&app, at(999_999_999), 99, 0).1, closed(&app, at(1_700_000_001), 1, 0).1);
        let open = open(&app, &InsightId("i".into())).1;
        assert!(earlier < since && since < later && later < open && open.as_str() < STATE);
        assert!(closed(&app, at(1_700_000_000), 0, 0).1 >= since);
        assert!(CLOSED_FIRST < earlier.as_str() && later.as_str() < CLOSED_LAST && CLOSED_LAST < open.as_str());
    }
}
