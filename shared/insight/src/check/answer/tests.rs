//! The catalogue's checks: each of the three answers, and what only looks like a failure.

mod forms;

use super::*;
use crate::predicate::{Since, Usage, Use};
use stackseer_catalog::Catalog;

const FUNCTION: &str = "AWS::Lambda::Function";
const QUEUE: &str = "AWS::SQS::Queue";
const STREAM: &str = "AWS::Kinesis::Stream";
const TABLE: &str = "AWS::DynamoDB::Table";
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

#[derive(Default)]
struct Scene {
    inventory: Inventory,
    usage: Vec<Usage>,
}

impl Scene {
    fn with(mut self, resource_type: &str, name: &str, attributes: &[(&str, Attribute)]) -> Self {
        let mut resource = Resource::new(resource_type, name);
        attributes.iter().for_each(|(attribute, value)| resource.set(attribute, value.clone()));
        self.inventory.resources.push(resource);
        self
    }

    /// `from` feeds `to`.
    fn feeds(mut self, from: &str, to: &str) -> Self {
        let id = |name| self.inventory.resources.iter().find(|r| r.name == name).unwrap().id.clone();
        let edge = Edge { from: id(from), to: id(to), kind: EdgeKind::Async };
        self.inventory.edges.push(edge);
        self
    }

    /// The highest value of each day, of the first resource.
    fn peaks(mut self, metric: &str, statistic: &str, peaks: &[f64]) -> Self {
        let (metrics, _) = Catalog::builtin().metrics_of(&self.inventory.resources[0], |_, _| vec![]);
        let metric = metrics.into_iter().find(|m| m.key.name == metric && m.key.statistic == statistic).unwrap();
        let day = |peak: &f64| Use {
            start: Timestamp::UNIX_EPOCH,
            mean: peak / 2.0,
            peak: *peak,
            p95: *peak,
            lowest: 0.0,
            total: *peak,
            points: 1440,
        };
        self.usage.push(Usage { metric, days: peaks.iter().map(day).collect(), hours: vec![] });
        self
    }

    /// Of the first resource.
    fn answer(&self, check: &str) -> CheckAnswer {
        let check = Catalog::builtin().checks().iter().find(|c| c.id == check).unwrap();
        self.asked(check, Catalog::builtin())
    }

    fn asked(&self, check: &Check, catalog: &Catalog) -> CheckAnswer {
        self.asked_of(check, catalog, false)
    }

    fn asked_of(&self, check: &Check, catalog: &Catalog, failing: bool) -> CheckAnswer {
        let boundary = Boundary::Stack { name: "shop".to_owned() };
        let application = Application::new("111122223333", "eu-central-1", boundary);
        let situation = CheckSituation {
            now: NOW,
            application: &application,
            inventory: &self.inventory,
            usage: &self.usage,
            since: &Since::default(),
            settings: &[],
            known: &[],
            catalog,
        };
        let tuned = Tuned { check: std::borrow::Cow::Borrowed(check), said: None };
        answer(&situation, &Topology::new(&self.inventory), &tuned, &self.inventory.resources[0], failing)
    }

    fn failure(&self, check: &str) -> Failure {
        match self.answer(check) {
            CheckAnswer::Fail(failure) => *failure,
            other => panic!("{check} does not fail: {other:?}"),
        }
    }

    fn passes(&self, check: &str) -> bool {
        self.answer(check) == CheckAnswer::Pass
    }

    fn unknown(&self, check: &str) -> String {
        match self.answer(check) {
            CheckAnswer::Unknown(why) => why,
            other => panic!("{check} is known: {other:?}"),
        }
    }
}

fn known(value: &str) -> Attribute {
    value.into()
}

fn unresolved() -> Attribute {
    Attribute::Unknown("an import of another stack".to_owned())
}

const RECOVERY: &str = "dynamodb-point-in-time-recovery";

#[test]
fn recovery_is_off_on_or_not_known() {
    let table = |value: &[(&str, Attribute)]| Scene::default().with(TABLE, "orders", value);
    assert_eq!(table(&[("point_in_time_recovery", known("disabled"))]).failure(RECOVERY).values["value"], "disabled");
    assert!(table(&[("point_in_time_recovery", known("enabled"))]).passes(RECOVERY));
    assert_eq!(table(&[]).unknown(RECOVERY), "point_in_time_recovery of orders is not known");
}

const WRITES: &str = "dynamodb-writes-under-utilized";

fn writes(limit: &str, peaks: &[f64]) -> Scene {
    Scene::default()
        .with(TABLE, "orders", &[("billing_mode", known("PROVISIONED")), ("write_capacity", known(limit))])
        .peaks("ConsumedWriteCapacityUnits", "Sum", peaks)
}

#[test]
fn recommends_what_holds_the_peak_at_the_target() {
    let failure = writes("100", &[6.5; 10]).failure(WRITES);
    let said = ["recommended", "use", "days", "peak", "limit", "share", "target"].map(|name| &failure.values[name]);
    assert_eq!(said, ["10", "6.5", "10", "6.5", "100", "10", "65"]);
    let Evidence::Metric(evidence) = failure.evidence else { panic!("a metric shows it") };
    assert_eq!((evidence.peak, evidence.limit, evidence.direction), (6.5, Some(100.0), Direction::Down));
}

#[test]
fn a_used_table_passes_and_a_single_busy_day_is_enough() {
    let mut peaks = [1.0; 10];
    peaks[4] = 40.0;
    assert!(writes("100", &peaks).passes(WRITES));
    assert!(writes("1", &[0.0; 10]).passes(WRITES), "it can be no smaller");
    let on_demand = [("billing_mode", known("PAY_PER_REQUEST")), ("write_capacity", Attribute::Unset)];
    assert!(Scene::default().with(TABLE, "orders", &on_demand).passes(WRITES));
}

#[test]
fn what_was_not_seen_of_a_table_is_unknown() {
    assert_eq!(writes("100", &[1.0; 6]).unknown(WRITES), "6 days of use are known, 7 are needed");
    let table = |attributes: &[(&str, Attribute)]| Scene::default().with(TABLE, "orders", attributes);
    let provisioned = ("billing_mode", known("PROVISIONED"));
    let unread = table(&[provisioned.clone(), ("write_capacity", known("100"))]).unknown(WRITES);
    assert_eq!(unread, "consumed write capacity of orders was not read");
    assert_eq!(table(&[provisioned]).unknown(WRITES), "write_capacity of orders is not known");
    let mode = table(&[("write_capacity", known("100"))]).peaks("ConsumedWriteCapacityUnits", "Sum", &[1.0; 10]);
    assert_eq!(mode.unknown(WRITES), "billing_mode of orders is not known");
}

const VISIBILITY: &str = "sqs-visibility-under-lambda-timeout";

fn visibility(visibility: Attribute, timeouts: &[(&str, Attribute)]) -> Scene {
    let queue = Scene::default().with(QUEUE, "jobs", &[("visibility_timeout_seconds", visibility)]);
    timeouts.iter().fold(queue, |scene, (name, timeout)| {
        scene.with(FUNCTION, name, &[("timeout_seconds", timeout.clone())]).feeds("jobs", name)
    })
}

#[test]
fn a_queue_hides_a_message_for_six_times_its_functions_timeout() {
    let failure = visibility(known("180"), &[("worker", known("60"))]).failure(VISIBILITY);
    let said = ["value", "limit", "limit_of", "attribute"].map(|name| &failure.values[name]);
    assert_eq!(said, ["3 min", "6 min", "worker", "visibility timeout seconds"]);
    assert!(visibility(known("360"), &[("worker", known("60"))]).passes(VISIBILITY), "six times is enough");
    let two = visibility(known("180"), &[("quick", known("10")), ("slow", known("60"))]);
    assert_eq!(two.failure(VISIBILITY).values["limit_of"], "slow");
}

#[test]
fn a_queue_that_no_function_reads_has_nobody_to_be_too_slow() {
    assert!(visibility(known("30"), &[]).passes(VISIBILITY));
    let sender = Scene::default()
        .with(QUEUE, "jobs", &[("visibility_timeout_seconds", known("30"))])
        .with(FUNCTION, "sender", &[("timeout_seconds", known("60"))])
        .feeds("sender", "jobs");
    assert!(sender.passes(VISIBILITY), "who only sends has no message to hide");
}

#[test]
fn a_timeout_that_is_not_known_is_no_short_one() {
    let why = visibility(known("180"), &[("worker", unresolved())]).unknown(VISIBILITY);
    assert_eq!(why, "timeout_seconds of worker is not known: an import of another stack");
    let why = visibility(unresolved(), &[("worker", known("60"))]).unknown(VISIBILITY);
    assert_eq!(why, "visibility_timeout_seconds of jobs is not known: an import of another stack");
    let one = visibility(known("180"), &[("quick", known("10")), ("other", unresolved())]);
    assert!(matches!(one.answer(VISIBILITY), CheckAnswer::Unknown(_)), "the other may be the slow one");
    let enough = visibility(known("180"), &[("slow", known("60")), ("other", unresolved())]);
    assert_eq!(enough.failure(VISIBILITY).values["limit_of"], "slow");
}

const CONCURRENCY: &str = "lambda-concurrency-near-reserved";

fn concurrency(reserved: Attribute, peaks: &[f64]) -> Scene {
    Scene::default().with(FUNCTION, "worker", &[("reserved_concurrency", reserved)]).peaks(
        "ConcurrentExecutions",
        "Maximum",
        peaks,
    )
}

#[test]
fn a_function_that_runs_at_its_reserved_limit_needs_more() {
    let failure = concurrency(known("20"), &[2.0, 19.0, 3.0, 20.0, 18.0, 4.0, 4.0]).failure(CONCURRENCY);
    let said = ["peak", "limit", "use", "share", "days", "recommended", "target"].map(|name| &failure.values[name]);
    assert_eq!(said, ["20", "20", "100", "90", "7", "29", "70"]);
    assert!(concurrency(known("20"), &[4.0; 9]).passes(CONCURRENCY));
}

#[test]
fn a_burst_on_two_days_is_no_trend_and_no_limit_is_none_to_reach() {
    assert!(concurrency(known("20"), &[2.0, 20.0, 3.0, 20.0, 4.0, 4.0, 4.0]).passes(CONCURRENCY));
    let before = [20.0, 20.0, 20.0, 20.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0];
    assert!(concurrency(known("20"), &before).passes(CONCURRENCY), "that was over a week ago");
    assert!(concurrency(Attribute::Unset, &[400.0; 9]).passes(CONCURRENCY));
    assert!(concurrency(known("0"), &[0.0; 9]).passes(CONCURRENCY), "it was switched off");
}

#[test]
fn concurrency_that_was_not_seen_is_unknown() {
    assert_eq!(concurrency(known("20"), &[20.0, 20.0]).unknown(CONCURRENCY), "2 days of use are known, 7 are needed");
    assert!(concurrency(unresolved(), &[20.0; 9]).unknown(CONCURRENCY).contains("an import of another stack"));
    let unread = Scene::default().with(FUNCTION, "worker", &[("reserved_concurrency", known("20"))]);
    assert_eq!(unread.unknown(CONCURRENCY), "concurrent executions of worker was not read");
}

const ITERATOR: &str = "kinesis-iterator-age-near-retention";
const HOUR: f64 = 3_600_000.0;

fn stream(hours: Attribute, peaks: &[f64]) -> Scene {
    Scene::default().with(STREAM, "clicks", &[("retention_hours", hours)]).peaks(
        "GetRecords.IteratorAgeMilliseconds",
        "Maximum",
        peaks,
    )
}

#[test]
fn a_reader_half_a_retention_behind_may_lose_records() {
    let failure = stream(known("24"), &[HOUR, 13.0 * HOUR]).failure(ITERATOR);
    let said = ["peak", "limit", "use", "days"].map(|name| &failure.values[name]);
    assert_eq!(said, ["13 h", "24 h", "54.2", "1"]);
    let Evidence::Metric(evidence) = failure.evidence else { panic!("a metric shows it") };
    assert_eq!((evidence.limit, evidence.direction), (Some(24.0 * HOUR), Direction::Up));
}

#[test]
fn as_far_behind_in_a_stream_that_keeps_longer_is_well() {
    assert!(stream(known("168"), &[HOUR, 13.0 * HOUR]).passes(ITERATOR));
    assert!(stream(known("24"), &[13.0 * HOUR, HOUR]).passes(ITERATOR), "it has caught up since");
}

#[test]
fn a_stream_that_nobody_was_seen_to_read_is_unknown() {
    assert_eq!(stream(known("24"), &[]).unknown(ITERATOR), "0 days of use are known, 1 are needed");
    assert!(stream(unresolved(), &[13.0 * HOUR]).unknown(ITERATOR).contains("retention_hours of clicks"));
}

const DEAD_LETTERS: &str = "sqs-lambda-no-dead-letter-queue";

fn queue(dead_letters: Option<Attribute>) -> Scene {
    let attributes: Vec<_> = dead_letters.map(|value| ("dead_letter_queue", value)).into_iter().collect();
    Scene::default().with(QUEUE, "jobs", &attributes)
}

#[test]
fn a_queue_before_a_function_has_a_dead_letter_queue() {
    let read = |scene: Scene| scene.with(FUNCTION, "worker", &[]).feeds("jobs", "worker");
    let failure = read(queue(Some(Attribute::Unset))).failure(DEAD_LETTERS);
    let expected = ConfigEvidence { attribute: "dead_letter_queue".to_owned(), value: None };
    assert_eq!(failure.evidence, Evidence::Config(expected));
    assert_eq!(failure.values["value"], "not set");
    assert!(read(queue(Some(known("dead")))).passes(DEAD_LETTERS));
    assert!(read(queue(None)).unknown(DEAD_LETTERS).contains("dead_letter_queue of jobs is not known"));
    assert!(read(queue(Some(unresolved()))).unknown(DEAD_LETTERS).contains("an import of another stack"));
}

#[test]
fn a_queue_that_no_function_reads_needs_none() {
    assert!(queue(Some(Attribute::Unset)).passes(DEAD_LETTERS));
    let sent = queue(Some(Attribute::Unset)).with(FUNCTION, "sender", &[]).feeds("sender", "jobs");
    assert!(sent.passes(DEAD_LETTERS));
}

#[test]
fn a_dead_letter_queue_that_a_function_works_off_needs_none_of_its_own() {
    let dead = queue(Some(Attribute::Unset)).with(FUNCTION, "worker", &[]).feeds("jobs", "worker");
    let dead = dead.with(QUEUE, "orders", &[("dead_letter_queue", known("jobs"))]).feeds("orders", "jobs");
    assert!(dead.passes(DEAD_LETTERS));
}

#[test]
fn who_reads_a_queue_is_unknown_while_not_everything_could_be_read() {
    let mut scene = queue(Some(Attribute::Unset));
    scene.inventory.unseen.push(Unseen {
        what: "what feeds the Lambda functions".to_owned(),
        action: Some("lambda:ListEventSourceMappings".to_owned()),
        reason: "access denied".to_owned(),
    });
    assert!(scene.unknown(DEAD_LETTERS).contains("not everything could be read"));
}
