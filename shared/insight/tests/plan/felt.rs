//! What of all that departs is felt by somebody, and what is only unusual.

use crate::scene::*;
use stackseer_model::{MessageType, Severity, Status};

const API: &str = "AWS::ApiGateway::RestApi";
const TABLE: &str = "AWS::DynamoDB::Table";
const DATABASE: &str = "AWS::RDS::DBInstance";

fn used(share: f64) -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource(DATABASE, "db");
    scene.during("db", "CPUUtilization", "Average", 20.0, &[strong(0, LATER, share)]);
    scene.ticks(5, 60);
    scene
}

#[test]
fn what_is_used_more_than_ever_is_felt_from_the_level_that_harms() {
    assert!(used(70.0).known.is_empty());
    assert_eq!(used(85.0).insight().severity, Severity::Medium);
}

/// Slow for so long, from two minutes after its deployment.
fn deployed(until: i64) -> Scene {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Duration", "p90", 100.0, &[strong(0, until, 400.0)]);
    scene.change("UpdateFunctionCode", "checkout", -2);
    scene
}

#[test]
fn what_warms_up_after_a_deployment_is_no_incident_and_what_stays_slow_is() {
    let mut scene = deployed(8);
    scene.ticks(5, 60);
    assert!(scene.known.is_empty(), "{:?}", scene.names());
    let mut scene = deployed(LATER);
    scene.ticks(5, 25);
    assert_eq!(scene.causes(), ["checkout"]);
}

#[test]
fn what_was_over_an_hour_ago_is_not_told_as_the_window_slides_past_it() {
    let mut scene = Scene::new(&[]);
    scene.during("checkout", "Errors", "Sum", 0.0, &[strong(0, 20, 30.0)]);
    assert!(scene.tick(85).is_empty());
    let told = [MessageType::NewInsight, MessageType::ClosedInsight];
    assert_eq!(kinds(&scene.tick(60)), told, "the looks before had failed");
}

/// Refusals of an API, with that many requests meanwhile.
fn refused(refusals: f64, requests: f64) -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource(API, "shop");
    scene.during("shop", "4XXError", "Sum", 5.0, &[strong(0, LATER, refusals)]);
    scene.during("shop", "Count", "Sum", 500.0, &[strong(0, LATER, requests)]);
    scene.tick(20);
    scene
}

#[test]
fn a_crawler_is_refused_what_nobody_else_asks_for_and_clients_that_begin_to_fail_are_told() {
    assert!(refused(105.0, 600.0).known.is_empty());
    assert_eq!(refused(105.0, 500.0).insight().severity, Severity::Low, "a burst");
    let mut lasting = refused(105.0, 500.0);
    lasting.tick(40);
    assert_eq!(lasting.insight().severity, Severity::Medium, "at most");
}

/// An API before a function; both are called a hundred times a minute.
fn called() -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource(API, "shop");
    scene.edge("shop -> checkout");
    scene.metric("shop", "Count", "Sum", 100.0);
    scene.metric("shop", "Latency", "p90", 80.0);
    scene.metric("checkout", "Invocations", "Sum", 100.0);
    scene.metric("checkout", "Duration", "p90", 50.0);
    scene
}

#[test]
fn requests_that_stop_are_told_once_at_the_front_door_until_they_come_again() {
    let mut scene = called();
    scene.stops("shop", 0);
    scene.stops("checkout", 0);
    scene.ticks(5, 15);
    assert!(scene.known.is_empty(), "not yet");
    scene.ticks(20, 40);
    let insight = scene.insight();
    assert_eq!(insight.name, "ApiGateway requests Stopped In Stack shop: shop");
    assert_eq!((insight.severity, scene.told(MessageType::NewInsight)), (Severity::High, 1));
    assert_eq!(scene.causes(), ["shop"]);
    assert!(insight.description.starts_with("Requests of shop: none since 12:00 UTC"), "{}", insight.description);
    scene.stops("shop", LATER);
    scene.stops("checkout", LATER);
    scene.ticks(45, 60);
    assert_eq!(scene.insight().status, Status::Closed);
}

#[test]
fn points_that_cloudwatch_lost_are_no_silence() {
    // Who is called by the API can't be silent alone.
    let mut alone = called();
    alone.stops("checkout", 0);
    alone.ticks(20, 60);
    assert!(alone.known.is_empty(), "{:?}", alone.names());
    // Nor can a queue, which publishes whether or not anybody writes to it.
    let mut all = called();
    all.resource("AWS::SQS::Queue", "jobs");
    all.metric("jobs", "ApproximateAgeOfOldestMessage", "Maximum", 0.0);
    ["shop", "checkout", "jobs"].iter().for_each(|name| all.stops(name, 0));
    all.ticks(20, 60);
    assert!(all.known.is_empty(), "{:?}", all.names());
}

#[test]
fn what_was_deleted_is_not_missed() {
    let mut scene = called();
    scene.stops("shop", 0);
    scene.stops("checkout", 0);
    scene.change("DeleteRestApi", "shop", -1);
    scene.change("DeleteFunction", "checkout", -1);
    scene.ticks(20, 60);
    assert!(scene.known.is_empty(), "{:?}", scene.names());
}

/// Two functions of an API fail; both read a table, and only one of them another.
fn failing() -> Scene {
    let mut scene = Scene::new(&[]);
    scene.resource(TABLE, "orders");
    scene.resource(TABLE, "baskets");
    scene.resource(DATABASE, "db");
    for edge in ["checkout -> orders", "account -> db", "checkout -> db", "account -> baskets"] {
        scene.edge(edge);
    }
    for function in ["checkout", "account"] {
        scene.during(function, "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    }
    scene
}

#[test]
fn the_only_thing_that_all_who_fail_wait_for_is_the_cause() {
    let mut scene = failing();
    scene.tick(5);
    assert_eq!(scene.causes()[0], "db");
    assert_eq!(scene.insight().causes[0].reason, "all 2 that fail wait for it");
    // Not where they have two things in common, of which neither shows anything.
    let mut scene = failing();
    scene.edge("account -> orders");
    scene.tick(5);
    assert_ne!(scene.causes()[0], "db");
}

#[test]
fn of_two_that_all_wait_for_the_one_that_is_abnormal_is_the_cause() {
    let mut scene = failing();
    scene.edge("account -> orders");
    scene.during("db", "DiskQueueDepth", "Average", 1.0, &[strong(0, LATER, 60.0)]);
    scene.tick(5);
    assert_eq!(scene.causes()[0], "db");
}
