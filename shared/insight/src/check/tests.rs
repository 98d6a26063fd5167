//! The life of a proactive insight.

use super::*;

const TABLE: &str = "AWS::DynamoDB::Table";
const CHECK: &str = "dynamodb-point-in-time-recovery";

struct Scene {
    application: Application,
    inventory: Inventory,
    known: Vec<Insight>,
    catalog: Catalog,
}

fn scene(recovery: &str) -> Scene {
    let boundary = Boundary::Stack { name: "shop".to_owned() };
    let mut scene = Scene {
        application: Application::new("111122223333", "eu-central-1", boundary),
        inventory: Inventory::default(),
        known: vec![],
        catalog: Catalog::builtin().clone(),
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
            known: &self.known,
            catalog: &self.catalog,
        });
        for insight in plan.changed {
            self.known.retain(|known| known.id != insight.id);
            self.known.push(insight);
        }
        plan.messages.into_iter().map(|m| m.message_type).collect()
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
    assert_eq!(scene.look(120), [MessageType::ClosedInsight]);
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
    scene.look(60);
    scene.set("disabled");
    assert_eq!(scene.look(115), [MessageType::NewInsight]);
    let insight = scene.only();
    assert_eq!((insight.status, insight.end_time), (Status::Ongoing, None));
    assert_eq!(scene.last().step, Transited::Reopened);
    assert_eq!(scene.look(120), []);
    scene.set("enabled");
    assert_eq!(scene.look(180), [MessageType::ClosedInsight]);
}

#[test]
fn a_relapse_after_more_than_an_hour_is_a_new_one() {
    let mut scene = scene("disabled");
    scene.look(0);
    scene.set("enabled");
    scene.look(60);
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
    assert_eq!(scene.look(180), [MessageType::ClosedInsight]);
    assert_eq!(scene.last().step, closed(Ending::Normal));
}
