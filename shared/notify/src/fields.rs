//! Field by field, against what is known of DevOps Guru's own messages: a snapshot that is accepted too quickly can't lose one.

use crate::examples::*;
use crate::{Links, eventbridge, sns};
use serde_json::{Value, json};
use stackseer_model::{Boundary, Insight, MessageType};
use std::collections::BTreeSet;

const HEADER: &[&str] = &[
    "accountId",
    "region",
    "messageType",
    "insightId",
    "insightName",
    "insightUrl",
    "insightType",
    "insightDescription",
    "insightSeverity",
    "startTime",
    "startTimeISO",
    "resourceCollection",
];
const ANOMALY: &[&str] =
    &["id", "startTime", "startTimeISO", "openTime", "openTimeISO", "sourceDetails", "associatedResourceArns"];
const ENDED: &[&str] = &["endTime", "endTimeISO"];
const CLOSED: &[&str] = &["endTime", "endTimeISO", "closeTime", "closeTimeISO", "description", "anomalyResources"];
/// Only EventBridge's schema has these.
const ON_THE_BUS: &[&str] =
    &["anomalyResources", "anomalySeverity", "description", "earliestImpactTime", "earliestImpactTimeISO", "type"];

/// Message type; beyond the header; of an anomaly beyond [`ANOMALY`], none: no anomalies.
type Row = (MessageType, &'static [&'static str], Option<&'static [&'static str]>);

const SNS: [Row; 5] = [
    (MessageType::NewInsight, &["anomalies"], Some(&[])),
    (MessageType::ClosedInsight, &["endTime", "endTimeISO", "anomalies"], Some(CLOSED)),
    (MessageType::NewAssociation, &["anomalies"], Some(&[])),
    (MessageType::SeverityUpgraded, &[], None),
    (MessageType::NewRecommendation, &["recommendations"], None),
];

/// Beyond DevOps Guru's schema.
const OWN_ON_THE_BUS: &[&str] = &["messageId"];

const EVENTBRIDGE: [Row; 5] = [
    (MessageType::NewInsight, &["anomalies"], Some(&[])),
    (MessageType::ClosedInsight, &["endTime", "endTimeISO", "anomalies"], Some(CLOSED)),
    (MessageType::NewAssociation, &["anomalies"], Some(&[])),
    (MessageType::SeverityUpgraded, &["anomalies"], Some(&[])),
    (MessageType::NewRecommendation, &["recommendations"], None),
];

fn sns_json(kind: MessageType, insight: &Insight) -> Value {
    serde_json::from_str(&sns::body(&message(kind, insight), insight, &Links::default())).unwrap()
}

fn bus_json(kind: MessageType, insight: &Insight) -> Value {
    serde_json::from_str(&eventbridge::body(&message(kind, insight), insight, &Links::default())).unwrap()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn set<'a>(lists: &[&[&'a str]]) -> BTreeSet<&'a str> {
    lists.concat().into_iter().collect()
}

#[test]
fn every_message_has_these_fields_and_no_others() {
    for (table, json, own, extra) in [
        (SNS, sns_json as fn(MessageType, &Insight) -> Value, &[][..], &[][..]),
        (EVENTBRIDGE, bus_json, OWN_ON_THE_BUS, ON_THE_BUS),
    ] {
        for (kind, beyond, of_anomaly) in table {
            let got = json(kind, &told_of(kind));
            assert_eq!(keys(&got), set(&[HEADER, beyond, own]), "{kind:?}");
            let Some(of_anomaly) = of_anomaly else { continue };
            let mut wanted = set(&[ANOMALY, of_anomaly, extra]);
            if !extra.is_empty() && kind == MessageType::ClosedInsight {
                wanted.extend(["latestImpactTime", "latestImpactTimeISO"]);
            }
            assert_eq!(keys(&got["anomalies"][0]), wanted, "{kind:?}");
        }
    }
    assert_eq!(SNS.map(|row| row.0), TYPES);
}

#[test]
fn values_have_the_form_that_rules_and_connectors_expect() {
    let got = sns_json(MessageType::ClosedInsight, &told_of(MessageType::ClosedInsight));
    for (field, value) in [
        ("/accountId", json!("123456789012")),
        ("/region", json!("eu-central-1")),
        ("/messageType", json!("CLOSED_INSIGHT")),
        ("/insightType", json!("REACTIVE")),
        ("/insightSeverity", json!("high")),
        ("/startTime", json!(1795356180000_i64)),
        ("/startTimeISO", json!("2026-11-22T14:03:00Z")),
        ("/endTime", json!(1795362000000_i64)),
        ("/endTimeISO", json!("2026-11-22T15:40:00Z")),
        ("/resourceCollection/cloudFormation/stackNames", json!(["shop"])),
        ("/anomalies/0/id", json!("shop-checkout-Duration")),
        ("/anomalies/0/openTime", json!(1795356600000_i64)),
        ("/anomalies/0/closeTime", json!(1795362600000_i64)),
        ("/anomalies/0/anomalyResources/0", json!({"name": "shop-checkout", "type": "AWS::Lambda::Function"})),
        (
            "/anomalies/0/associatedResourceArns",
            json!(["arn:aws:lambda:eu-central-1:123456789012:function:shop-checkout"]),
        ),
        ("/anomalies/0/sourceDetails/0/dataSource", json!("CW_METRICS")),
        (
            "/anomalies/0/sourceDetails/0/dataIdentifiers",
            json!({
                "name": "Duration",
                "namespace": "AWS/Lambda",
                "period": "60",
                "stat": "p90",
                "unit": "Milliseconds",
                "dimensions": "{\"FunctionName\":\"shop-checkout\"}",
                "ResourceId": "shop-checkout",
                "ResourceType": "Lambda/Function",
            }),
        ),
    ] {
        assert_eq!(got.pointer(field), Some(&value), "{field}");
    }
    let got = bus_json(MessageType::NewInsight, &load_test());
    let identifiers = &got["anomalies"][0]["sourceDetails"][0]["dataIdentifiers"];
    assert_eq!(identifiers["dimensions"], json!([{"name": "FunctionName", "value": "shop-checkout"}]));
    assert_eq!(got["anomalies"][0]["type"], "CAUSAL");
    assert_eq!(got["anomalies"][1]["type"], "CONTEXTUAL");
    assert_eq!(got["anomalies"][0]["anomalySeverity"], "high");
}

#[test]
fn a_recommendation_says_what_it_rests_on() {
    let got = sns_json(MessageType::NewRecommendation, &load_test());
    let first = &got["recommendations"][0];
    let wanted = ["name", "description", "reason", "link", "relatedEvents", "relatedAnomalies"];
    assert_eq!(keys(first), set(&[&wanted]));
    let function = json!([{"name": "shop-checkout", "type": "AWS::Lambda::Function"}]);
    assert_eq!(first["relatedEvents"], json!([{"name": "UpdateFunctionConfiguration", "resources": function}]));
    assert_eq!(
        first["relatedAnomalies"],
        json!([{
            "sourceDetails": {"cloudWatchMetrics": [{"metricName": "Duration", "namespace": "AWS/Lambda"}]},
            "resources": function,
            "associatedResourceArns": ["arn:aws:lambda:eu-central-1:123456789012:function:shop-checkout"],
        }])
    );
}

#[test]
fn an_application_is_a_stack_a_tag_or_neither() {
    let got = sns_json(MessageType::NewInsight, &repeated());
    let tag = json!({"tags": [{"appBoundaryKey": "devops-guru-app", "tagValues": ["shop"]}]});
    assert_eq!(got["resourceCollection"], tag);
    let mut insight = load_test();
    insight.application.boundary = Boundary::Unassigned;
    let got = sns_json(MessageType::NewInsight, &insight);
    assert_eq!(got["resourceCollection"], json!({"cloudFormation": {"stackNames": []}}));
}

#[test]
fn a_configuration_names_its_attribute_and_where_it_is() {
    let got = bus_json(MessageType::NewInsight, &unprotected_table());
    assert_eq!(got["insightType"], "PROACTIVE");
    let anomaly = &got["anomalies"][0];
    assert_eq!(
        anomaly["sourceDetails"],
        json!([{
            "dataSource": "CONFIGURATION",
            "dataIdentifiers": {
                "name": "point_in_time_recovery",
                "namespace": "AWS/DynamoDB",
                "period": "60",
                "stat": "Maximum",
                "unit": "None",
                "dimensions": [{"name": "TableName", "value": "shop-orders"}],
                "ResourceId": "shop-orders",
                "ResourceType": "DynamoDB/Table",
            },
        }])
    );
    assert_eq!(anomaly["description"], "shop-orders (DynamoDB table): point in time recovery is disabled");
    assert_eq!(
        anomaly["associatedResourceArns"],
        json!(["arn:aws:dynamodb:eu-central-1:123456789012:table/shop-orders"])
    );
}

#[test]
fn a_log_names_its_group_and_a_database_what_it_waits_for() {
    let got = sns_json(MessageType::NewInsight, &log_and_database());
    let identifiers = |index: usize| &got["anomalies"][index]["sourceDetails"][0]["dataIdentifiers"];
    let picked = |index| ["name", "namespace", "dimensions"].map(|field| identifiers(index)[field].as_str().unwrap());
    let group = r#"{"LogGroupName":"/aws/lambda/shop-checkout"}"#;
    assert_eq!(picked(0), ["ERROR no connection to <*>", "AWS/Logs", group]);
    assert_eq!(picked(1), ["Lock:transactionid", "AWS/RDS", r#"{"DBInstanceIdentifier":"shop-db"}"#]);
    let sources =
        [0, 1].map(|index: usize| got["anomalies"][index]["sourceDetails"][0]["dataSource"].as_str().unwrap());
    assert_eq!(sources, ["CW_LOGS", "PI_METRICS"]);
}

#[test]
fn a_limit_is_said_on_the_bus() {
    let mut insight = load_test();
    insight.anomalies[1].of_metric_mut().unwrap().limit = Some(100.0);
    assert_eq!(bus_json(MessageType::NewInsight, &insight)["anomalies"][0]["limit"], 100.0);
}

#[test]
fn an_association_carries_only_what_is_new() {
    for got in
        [sns_json(MessageType::NewAssociation, &load_test()), bus_json(MessageType::NewAssociation, &load_test())]
    {
        let ids: Vec<&Value> = got["anomalies"].as_array().unwrap().iter().map(|a| &a["id"]).collect();
        assert_eq!(ids, ["shop-checkout-Duration"]);
    }
    let ended = told_of(MessageType::ClosedInsight);
    let got = sns_json(MessageType::NewAssociation, &ended);
    assert_eq!(keys(&got["anomalies"][0]), set(&[ANOMALY, ENDED]));
}

#[test]
fn detail_types_are_those_that_rules_match() {
    let types = TYPES.map(eventbridge::detail_type);
    assert_eq!(
        types,
        [
            "DevOps Guru New Insight Open",
            "DevOps Guru Insight Closed",
            "DevOps Guru New Anomaly Association",
            "DevOps Guru Insight Severity Upgraded",
            "DevOps Guru New Recommendation Created",
        ]
    );
    assert_eq!(eventbridge::SOURCE, "stackseer");
}
