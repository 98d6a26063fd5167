//! The life of a proactive insight.

use super::*;

const TABLE: &str = "AWS::DynamoDB::Table";
const CHECK: &str = "dynamodb-point-in-time-recovery";

struct Scene {
    application: Application,
    inventory: Inventory,
    known: Vec<Insight>,
    catalog: Catalog,
    since: Since,
    settings: Vec<CheckSetting>,
}

fn scene(recovery: &str) -> Scene {
    let boundary = Boundary::Stack { name: "shop".to_owned() };
    let mut scene = Scene {
        application: Application::new("111122223333", "eu-central-1", boundary),
        inventory: Inventory::default(),
        known: vec![],
        catalog: Catalog::builtin().clone(),
        since: Since::default(),
        settings: vec![],
    };
    for name in ["orders", "stock"] {
        let mut table = Resource::new(TABLE, name);
        table.set("billing_mode", "PAY_PER_REQUEST");
        table.set("point_in_time_recovery", if name == "orders" { recovery } else { "enabled" });
        scene.inventory.resources.push(table);
    }
    scene
}

impl Scene {
    fn set(&mut self, recovery: impl Into<Attribute>) {
        self.inventory.resources[0].set("point_in_time_recovery", recovery);
    }

    /// The types of the messages of a look so many minutes after the epoch.
    fn look(&mut self, minute: i64) -> Vec<MessageType> {
        let plan = plan_checks(&CheckSituation {
            now: Timestamp::from_second(minute * 60).unwrap(),
            application: &self.application,
            inventory: &self.inventory,
            usage: &[],
            since: &self.since,
            settings: &self.settings,
            known: &self.known,
            catalog: &self.catalog,
        });
        for insight in plan.changed {
            self.known.retain(|known| known.id != insight.id);
            self.known.push(insight);
        }
        plan.messages.into_iter().map(|m| m.message_type).collect()
    }

    /// The second of two looks.
    fn look_twice(&mut self, minute: i64) -> Vec<MessageType> {
        assert_eq!(self.look(minute - 1), [], "once may be chance");
        self.look(minute)
    }

    fn only(&self) -> &Insight {
        assert_eq!(self.known.len(), 1);
        &self.known[0]
    }

    fn last(&self) -> &Transition {
        self.only().history.last().unwrap()
    }
}

fn closed(ending: Ending) -> Transited {
    Transited::Closed { ending }
}

#[test]
fn opens_once_and_closes_when_it_passes() {
    let mut scene = scene("disabled");
    assert_eq!(scene.look(0), [MessageType::NewInsight]);
    assert_eq!(scene.only().subject, Subject { what: CHECK.to_owned(), resource: None });
    assert_eq!(scene.look(60), [], "the same is not told twice");
    scene.set("enabled");
    assert_eq!(scene.look_twice(120), [MessageType::ClosedInsight]);
    assert_eq!(scene.last().step, closed(Ending::Normal));
    assert_eq!(scene.only().anomalies[0].status, Status::Closed);
}

#[test]
fn unknown_neither_opens_nor_closes() {
    let mut other = scene("enabled");
    other.set(Attribute::Unknown("access denied".to_owned()));
    assert_eq!(other.look(0), []);
    let mut scene = scene("disabled");
    scene.look(0);
    scene.set(Attribute::Unknown("access denied".to_owned()));
    assert_eq!(scene.look(60), []);
    assert_eq!(scene.only().status, Status::Ongoing);
    assert_eq!(scene.only().causes.len(), 1, "what was said of it still holds");
}

#[test]
fn a_relapse_within_the_hour_is_the_same_insight() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.set("enabled");
    scene.look_twice(60);
    scene.set("disabled");
    assert_eq!(scene.look(115), [MessageType::NewInsight]);
    let insight = scene.only();
    assert_eq!((insight.status, insight.end_time), (Status::Ongoing, None));
    assert_eq!(scene.last().step, Transited::Reopened);
    assert_eq!(scene.look(120), []);
    scene.set("enabled");
    assert_eq!(scene.look_twice(180), [MessageType::ClosedInsight]);
}

#[test]
fn a_relapse_after_more_than_an_hour_is_a_new_one() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.set("enabled");
    scene.look_twice(60);
    scene.set("disabled");
    assert_eq!(scene.look(121), [MessageType::NewInsight]);
    assert_eq!(scene.known.len(), 2);
}

#[test]
fn a_resource_that_left_its_stack_is_gone_and_one_of_a_tag_no_longer_watched() {
    let mut stack = scene("disabled");
    stack.look(0);
    stack.inventory.resources.remove(0);
    assert_eq!(stack.look(60), [MessageType::ClosedInsight]);
    assert_eq!(stack.last().step, closed(Ending::Gone));

    let mut tagged = scene("disabled");
    let boundary = Boundary::Tag { key: "app".to_owned(), value: "shop".to_owned() };
    tagged.application = Application::new("111122223333", "eu-central-1", boundary);
    tagged.look(0);
    tagged.inventory.resources.remove(0);
    assert_eq!(tagged.look(60), [MessageType::ClosedInsight]);
    assert_eq!(tagged.last().step, closed(Ending::NotWatched));
    assert_eq!(tagged.last().reason, "its resources are no longer watched");
}

#[test]
fn an_application_out_of_coverage_is_not_said_to_be_gone() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.inventory = Inventory::default();
    assert_eq!(scene.look(60), [MessageType::ClosedInsight]);
    assert_eq!(scene.last().step, closed(Ending::NotWatched));
}

#[test]
fn a_resource_that_a_partial_reading_misses_is_not_over() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.inventory.resources.remove(0);
    scene.inventory.is_partial = true;
    assert_eq!(scene.look(60), []);
    scene.inventory.is_partial = false;
    scene.inventory.is_changing = true;
    assert_eq!(scene.look(120), []);
}

#[test]
fn a_check_that_the_catalogue_no_longer_has_ends_after_a_day() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.catalog = Catalog::default();
    assert_eq!(scene.look(60), []);
    assert_eq!(scene.last().step, Transited::Unknown);
    assert_eq!(scene.look(60 + 24 * 60 - 1), []);
    assert_eq!(scene.only().status, Status::Ongoing);
    assert_eq!(scene.look(60 + 24 * 60), [MessageType::ClosedInsight]);
    assert_eq!(scene.last().step, closed(Ending::NotWatched));
    assert!(scene.only().anomalies.iter().all(|a| a.status == Status::Closed));
}

#[test]
fn a_check_that_comes_back_within_the_day_goes_on_and_its_day_begins_anew() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.catalog = Catalog::default();
    scene.look(60);
    scene.catalog = Catalog::builtin().clone();
    assert_eq!(scene.look(120), []);
    assert_eq!(scene.last().step, Transited::Opened);
    scene.catalog = Catalog::default();
    scene.look(24 * 60 + 60);
    assert_eq!(scene.look(24 * 60 + 120), []);
    assert_eq!(scene.only().status, Status::Ongoing);
}

#[test]
fn another_resource_joins_the_same_insight() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.inventory.resources[1].set("point_in_time_recovery", "disabled");
    assert_eq!(scene.look(60), [MessageType::NewAssociation]);
    assert_eq!(scene.only().causes.iter().map(|c| c.rank).collect::<Vec<_>>(), [1, 2]);
    scene.inventory.resources.remove(0);
    assert_eq!(scene.look(120), [], "the other still fails");
    scene.inventory.resources[0].set("point_in_time_recovery", "enabled");
    assert_eq!(scene.look_twice(180), [MessageType::ClosedInsight]);
    assert_eq!(scene.last().step, closed(Ending::Normal));
}

#[test]
fn a_failure_between_two_passes_counts_anew() {
    let mut scene = scene("disabled");
    scene.look(0);
    for (minute, recovery) in [(60, "enabled"), (120, "disabled"), (180, "enabled")] {
        scene.set(recovery);
        assert_eq!(scene.look(minute), []);
    }
    assert_eq!(scene.look(240), [MessageType::ClosedInsight]);
}

#[test]
fn what_is_not_known_in_between_neither_counts_nor_counts_anew() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.set("enabled");
    scene.look(60);
    scene.set(Attribute::Unknown("access denied".to_owned()));
    assert_eq!(scene.look(120), []);
    scene.set("enabled");
    assert_eq!(scene.look(180), [MessageType::ClosedInsight]);
}

#[test]
fn of_a_young_resource_nothing_is_said() {
    let mut scene = scene("disabled");
    let day = 24 * 60;
    scene.inventory.resources[0].set("created", "1970-01-02");
    scene.since = Since::created(&scene.inventory);
    assert_eq!(scene.look(4 * day - 1), []);
    assert_eq!(scene.look(4 * day), [MessageType::NewInsight]);
}

/// A check on the tables' capacity that is `medium` under 10 and `high` under 5.
fn climbing(extra: &str) -> Catalog {
    let check = format!(
        r#"
title = "T"
description = "{{resource}} has {{value}} of {{limit}}"
severity = "low"
resource_type = "AWS::DynamoDB::Table"
maps = {{ prowler = "a_check" }}
{extra}
[[severity_at]]
share = 0.5
severity = "medium"
[[severity_at]]
severity = "high"
[[severity_at.when]]
at = "itself"
attribute = "status"
values = ["ARCHIVED"]
[[when]]
at = "itself"
attribute = "read_capacity"
is = "below"
limit = 10
[recommendation]
name = "N"
description = "D"
reason = "R."
"#
    );
    Catalog::with_user_files(&[("checks/climbing.toml".to_owned(), check)]).unwrap()
}

fn capacity(extra: &str) -> Scene {
    let mut scene = scene("enabled");
    scene.catalog = climbing(extra);
    scene.capacity("8");
    scene.inventory.resources[0].set("status", "ACTIVE");
    scene
}

impl Scene {
    fn capacity(&mut self, units: &str) {
        self.inventory.resources[0].set("read_capacity", units);
        self.inventory.resources[1].set("read_capacity", "100");
    }
}

#[test]
fn severity_climbs_in_the_same_insight_and_does_not_fall() {
    let mut scene = capacity("");
    assert_eq!(scene.look(0), [MessageType::NewInsight]);
    assert_eq!(scene.only().severity, Severity::Low);
    assert_eq!(scene.only().maps().unwrap()["prowler"], "a_check");
    scene.capacity("5");
    assert_eq!(scene.look(60), [MessageType::SeverityUpgraded]);
    assert_eq!(scene.last().step, Transited::SeverityUpgraded { from: Severity::Low, to: Severity::Medium });
    scene.capacity("8");
    assert_eq!(scene.look(120), []);
    assert_eq!(scene.only().severity, Severity::Medium);
    scene.inventory.resources[0].set("status", "ARCHIVED");
    assert_eq!(scene.look(180), [MessageType::SeverityUpgraded]);
    assert_eq!(scene.only().severity, Severity::High);
}

#[test]
fn a_check_that_is_off_is_asked_where_somebody_wants_it() {
    let mut scene = capacity("default = 'off'");
    assert_eq!(scene.look(0), []);
    let on = |application, on| CheckSetting {
        check: "climbing".to_owned(),
        application,
        on: Some(on),
        threshold: None,
        by: "stackseer.toml".to_owned(),
    };
    scene.settings = vec![on(None, true), on(Some(scene.application.id.clone()), false)];
    assert_eq!(scene.look(60), [], "the application's counts before the account's");
    scene.settings.pop();
    assert_eq!(scene.look(120), [MessageType::NewInsight]);
    scene.settings.clear();
    scene.look(180);
    assert_eq!(
        scene.look(180 + 24 * 60),
        [MessageType::ClosedInsight],
        "switched off, it ends as any that nobody asks"
    );

    let mut tagged = capacity("default = 'off'");
    tagged.inventory.resources[0].set("stackseer:check:climbing", "on");
    assert_eq!(tagged.look(0), [MessageType::NewInsight]);
}

#[test]
fn a_threshold_of_a_tag_beats_one_of_the_file_and_is_said() {
    let mut scene = capacity("");
    let own = |threshold, by: &str| CheckSetting {
        check: "climbing".to_owned(),
        application: None,
        on: None,
        threshold: Some(threshold),
        by: by.to_owned(),
    };
    scene.settings = vec![own(7.0, "stackseer.toml")];
    assert_eq!(scene.look(0), [], "8 of 7");
    scene.inventory.resources[0].set("stackseer:check:climbing", "9");
    assert_eq!(scene.look(60), [MessageType::NewInsight]);
    assert_eq!(scene.only().recommendations[0].reason, "R. The threshold is 9 (tag on orders).");
    scene.inventory.resources[0].set("stackseer:check:climbing", "7.5");
    assert_eq!(scene.look_twice(121), [MessageType::ClosedInsight]);
}
