//! What the connectors that AWS published read of an event, step by step as they do, and what they make of it: written anew from
//! what their sources read. Of a field that they take for granted, its absence is an error here as it is there.

use crate::examples::*;
use crate::{Links, eventbridge, sns};
use serde_json::{Value, json};
use stackseer_model::*;

/// The event as a rule's target gets it.
pub(crate) fn event(message: &Message, insight: &Insight) -> Value {
    let detail: Value = serde_json::from_str(&eventbridge::body(message, insight, &Links::default())).unwrap();
    json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": eventbridge::detail_type(message.message_type),
        "source": eventbridge::SOURCE,
        "account": insight.application.account,
        "time": message.time.to_string(),
        "region": insight.application.region,
        "resources": [],
        "detail": detail,
    })
}

/// `get` of the connectors in Java: of what is not there they can't go on.
fn get<'a>(value: &'a Value, path: &str) -> Result<&'a Value, String> {
    value.pointer(path).filter(|found| !found.is_null()).ok_or_else(|| format!("no {path}"))
}

/// `path(…).asText()`: of what is not there, nothing.
fn text(value: &Value, path: &str) -> String {
    match value.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// What ServiceNow's and Opsgenie's list of each anomaly.
fn listed(event: &Value) -> Vec<[String; 3]> {
    let anomalies = event.pointer("/detail/anomalies").and_then(Value::as_array).into_iter().flatten();
    let sources = anomalies.filter_map(|anomaly| anomaly["sourceDetails"].as_array()).flatten();
    let fields = ["/dataSource", "/dataIdentifiers/name", "/dataIdentifiers/stat"];
    sources.map(|source| fields.map(|field| text(source, field))).collect()
}

struct Incident {
    short_description: String,
    description: String,
}

fn service_now(event: &Value) -> Incident {
    let header = [
        "/detail/insightId",
        "/source",
        "/detail/messageType",
        "/detail-type",
        "/time",
        "/region",
        "/detail/insightType",
        "/detail/insightUrl",
    ];
    let mut lines: Vec<String> = header.map(|field| text(event, field)).to_vec();
    lines.extend(listed(event).into_iter().flatten());
    let recommendations = event.pointer("/detail/recommendations").and_then(Value::as_array).into_iter().flatten();
    lines.extend(recommendations.map(|r| text(r, "/description")));
    Incident { short_description: text(event, "/detail/insightDescription"), description: lines.join("\n") }
}

struct Alert {
    message: String,
    alias: String,
    priority: &'static str,
    details: String,
}

fn opsgenie(event: &Value) -> Alert {
    let recommendations = event.pointer("/detail/recommendations").and_then(Value::as_array).into_iter().flatten();
    let recommended = recommendations.map(|r| format!("Name: {}\nReason: {}", text(r, "/name"), text(r, "/reason")));
    let listed = listed(event).into_iter().map(|three| three.join("\n"));
    Alert {
        // Opsgenie itself cuts here.
        message: text(event, "/detail/insightDescription").chars().take(130).collect(),
        alias: text(event, "/detail/insightId"),
        priority: match text(event, "/detail/insightSeverity").as_str() {
            "high" => "P2",
            "medium" => "P3",
            _ => "P4",
        },
        details: listed.chain(recommended).collect::<Vec<_>>().join("\n\n"),
    }
}

/// The event's tags: `key:value` for each field, cut at every comma.
fn datadog(event: &Value) -> Result<Vec<String>, String> {
    let has = |field: &str| event["detail"].get(field).is_some();
    let of_detail = |field: &str| get(event, &format!("/detail/{field}")).map(|value| format!("{field}:{value}"));
    let fields: &[&str] = match has("anomalies") {
        true => &[
            "messageType",
            "insightDescription",
            "insightId",
            "insightSeverity",
            "insightType",
            "accountId",
            "insightUrl",
        ],
        false => &["messageType", "insightId", "accountId"],
    };
    let mut said = fields.iter().map(|field| of_detail(field)).collect::<Result<Vec<_>, _>>()?;
    if has("anomalies") {
        let source = get(event, "/detail/anomalies/0/sourceDetails/0/dataIdentifiers")?;
        text(event, "/detail/startTime").parse::<i64>().map_err(|error| error.to_string())?;
        said.push(format!("metricName:{}", get(source, "/name")?));
        said.push(format!("dimension:{}", get(source, "/dimensions/0/value")?));
    } else if has("recommendations") {
        let related = "/detail/recommendations/0/relatedAnomalies/0/sourceDetails/cloudWatchMetrics/0";
        said.push(format!("metricName:{}", get(event, &format!("{related}/metricName"))?));
        said.push(format!("namespace:{}", get(event, &format!("{related}/namespace"))?));
    }
    let tags = said.join(",").replace('"', "");
    Ok(tags.split(',').map(str::to_owned).collect())
}

/// What the workflow in Slack gets.
fn slack(event: &Value) -> Result<Value, String> {
    let of = |field: &str| get(event, &format!("/detail/{field}")).cloned();
    let start = of("startTime")?;
    let millis: i64 = start.as_str().ok_or("no text")?.parse().map_err(|_| "no number".to_owned())?;
    Ok(json!({
        "account": of("accountId")?,
        "region": of("region")?,
        "startTime": Timestamp::from_millisecond(millis).unwrap().strftime("%F %T").to_string(),
        "insightType": of("insightType")?,
        "severity": of("insightSeverity")?,
        "description": of("insightDescription")?,
        "insightUrl": of("insightUrl")?,
        "numOfAnomalies": of("anomalies")?.as_array().ok_or("no list")?.len().to_string(),
    }))
}

/// An insight of every kind, each with every type of message.
fn all() -> Vec<(Message, Insight)> {
    let mut bare = load_test();
    bare.recommendations[0].related_anomalies.clear();
    bare.anomalies.iter_mut().for_each(|a| a.of_metric_mut().unwrap().metric.key.dimensions.clear());
    let mut configured = unprotected_table();
    configured.recommendations[0].related_anomalies =
        vec![RelatedAnomaly { metric: None, resource: configured.causes[0].resource.clone() }];
    let mut nothing = load_test();
    nothing.anomalies.clear();
    nothing.causes.clear();
    nothing.recommendations.clear();
    let mut insights = vec![load_test(), closed(), repeated(), unprotected_table(), configured, bare, nothing];
    insights.extend([log_and_database(), absorbed().1, came_back(), changed_just_before()]);
    let every =
        |insight: &Insight| TYPES.map(|kind| (Message { anomalies: vec![], ..plain(kind, insight) }, insight.clone()));
    insights.iter().flat_map(every).collect()
}

fn plain(message_type: MessageType, insight: &Insight) -> Message {
    Message { message_type, ..message(MessageType::NewInsight, insight) }
}

#[test]
fn none_of_them_misses_anything() {
    for (message, insight) in all() {
        let event = event(&message, &insight);
        let of = format!("{:?} of {}", message.message_type, insight.name);
        let tags = datadog(&event).unwrap_or_else(|missing| panic!("{missing}: {of}"));
        let of_number = |tag: &String| tag.len() > 2 && tag.bytes().take(3).all(|byte| byte.is_ascii_digit());
        assert!(!tags.iter().any(of_number), "{of}: {tags:?}");
        if message.message_type == MessageType::NewInsight {
            slack(&event).unwrap_or_else(|missing| panic!("{missing}: {of}"));
        }
        for read in listed(&event) {
            assert!(read.iter().all(|field| !field.is_empty()), "{of}: {read:?}");
        }
        assert!(!listed(&event).is_empty() || message.message_type == MessageType::NewRecommendation, "{of}");
        let alert = opsgenie(&event);
        let words: Vec<char> = alert.message.chars().collect();
        let ends = |at: usize| ".…".contains(words[at]) && words.get(at + 1).is_none_or(|next| *next == ' ');
        assert!((0..words.len()).any(ends), "{of}: {}", alert.message);
        assert!(!alert.details.contains("Name: \n"), "{of}: {}", alert.details);
    }
}

#[test]
fn service_now_shows_what_is_wrong_and_the_link() {
    let insight = unprotected_table();
    let incident = service_now(&event(&message(MessageType::NewInsight, &insight), &insight));
    assert_eq!(
        incident.short_description,
        "Dynamo Table Point In Time Recovery not enabled in shop. Nothing of shop-orders can be brought back: \
         point-in-time recovery is off."
    );
    assert_eq!(
        incident.description,
        "22222222-2222-5222-8222-222222222222\nstackseer\nNEW_INSIGHT\nDevOps Guru New Insight Open\n\
         2026-11-22T14:10:00Z\neu-central-1\nPROACTIVE\n\
         https://eu-central-1.console.aws.amazon.com/dynamodbv2/home?region=eu-central-1#table?name=shop-orders\n\
         CONFIGURATION\npoint_in_time_recovery\nMaximum"
    );
    let insight = changed_just_before();
    let incident = service_now(&event(&message(MessageType::NewRecommendation, &insight), &insight));
    assert!(incident.description.ends_with(
        "starts cold. Where to look: Lambda console, shop-checkout, Versions \
         Command: aws lambda list-versions-by-function --function-name shop-checkout"
    ));
}

#[test]
fn opsgenie_shows_a_whole_sentence_and_the_priority() {
    let insight = load_test();
    let alert = opsgenie(&event(&message(MessageType::NewInsight, &insight), &insight));
    assert!(alert.message.starts_with(
        "Anomalous increase in Lambda shop-checkout duration due to increased number of invocations. Invocations of "
    ));
    assert_eq!((alert.alias, alert.priority), (insight.id.to_string(), "P2"));
    assert_eq!(alert.details, "CW_METRICS\nDuration\np90\n\nCW_METRICS\nInvocations\nSum");
    let insight = log_and_database();
    let alert = opsgenie(&event(&message(MessageType::NewInsight, &insight), &insight));
    assert_eq!(alert.details, "CW_LOGS\nERROR no connection to <*>\nSum\n\nPI_METRICS\nLock:transactionid\nAverage");
    let (message, insight) = absorbed();
    assert!(text(&event(&message, &insight), "/detail/insightDescription").starts_with(
        "Anomalous increase in Lambda shop-checkout duration due to increased number of invocations. \
         Part of DynamoDB shop-orders throttles writes since its capacity was cut. Invocations of "
    ));
    let insight = log_and_database();
    let recommended = opsgenie(&event(&crate::examples::message(MessageType::NewRecommendation, &insight), &insight));
    assert!(recommended.details.starts_with("Name: Give shop-checkout provisioned concurrency for the peak\nReason: "));
}

#[test]
fn datadog_shows_the_metric_its_dimension_and_the_severity_of_every_message() {
    let tags = |kind, insight: &Insight| datadog(&event(&message(kind, insight), insight)).unwrap();
    let got = tags(MessageType::NewAssociation, &load_test());
    for tag in ["insightSeverity:high", "metricName:Duration", "dimension:shop-checkout"] {
        assert!(got.contains(&tag.to_owned()), "{got:?}");
    }
    // A thousand's comma would make a tag of its own of what follows.
    assert!(got.iter().any(|tag| tag.contains("rose to 4120 a minute against 1000 expected")), "{got:?}");
    let got = tags(MessageType::NewRecommendation, &load_test());
    assert_eq!(got[3..], ["metricName:Duration", "namespace:AWS/Lambda"]);
    let got = tags(MessageType::NewRecommendation, &unprotected_table());
    assert_eq!(got[3..], ["metricName:point_in_time_recovery", "namespace:AWS/DynamoDB"]);
    let (message, insight) = absorbed();
    let got = datadog(&event(&message, &insight)).unwrap();
    assert!(got.contains(&"metricName:Duration".to_owned()), "{got:?}");
}

#[test]
fn the_slack_workflow_shows_when_how_bad_and_how_many() {
    let insight = log_and_database();
    let said = slack(&event(&message(MessageType::NewInsight, &insight), &insight)).unwrap();
    let picked = ["startTime", "severity", "numOfAnomalies"].map(|field| said[field].as_str().unwrap());
    assert_eq!(picked, ["2026-11-22 14:03:00", "high", "2"]);
}

#[test]
fn a_sentence_too_long_for_a_title_is_that_of_what_is_felt_most() {
    let mut insight = load_test();
    insight.name = format!("{} {}", insight.name, "which nobody reads to its end ".repeat(5));
    let lead = |insight: &Insight| opsgenie(&event(&message(MessageType::NewInsight, insight), insight)).message;
    assert!(lead(&insight).starts_with("Duration of shop-checkout 812 ms against 204 ms expected from 14:03 UTC. "));
    insight.anomalies.clear();
    let cut = "Anomalous increase in Lambda shop-checkout duration due to increased number of invocations which nobody reads to \
               its end which… ";
    assert!(lead(&insight).starts_with(cut), "{}", lead(&insight));
}

/// Every time in it, by its field.
fn times(value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match name.ends_with("Time") {
            true => found.push((name.clone(), value.clone())),
            false => times(value, found),
        }),
        Value::Array(values) => values.iter().for_each(|value| times(value, found)),
        _ => {}
    }
}

#[test]
fn times_are_numbers_in_sns_and_texts_on_the_bus() {
    for (message, insight) in all() {
        let body: Value = serde_json::from_str(&sns::body(&message, &insight, &Links::default())).unwrap();
        let (mut numbers, mut texts) = (vec![], vec![]);
        times(&body, &mut numbers);
        times(&event(&message, &insight)["detail"], &mut texts);
        assert!(!numbers.is_empty() && numbers.iter().all(|(_, value)| value.is_i64()), "{numbers:?}");
        assert!(!texts.is_empty() && texts.iter().all(|(_, value)| value.is_string()), "{texts:?}");
        let start = insight.start_time.as_millisecond();
        assert!(numbers.contains(&("startTime".to_owned(), json!(start))));
        assert!(texts.contains(&("startTime".to_owned(), json!(start.to_string()))));
    }
}

#[test]
fn nothing_is_an_empty_list_but_what_names_no_stack() {
    fn empty(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| empty(value, &format!("{path}/{name}"), found))
            }
            Value::Array(values) if values.is_empty() => found.push(path.to_owned()),
            Value::Array(values) => values.iter().for_each(|value| empty(value, path, found)),
            _ => {}
        }
    }
    for (message, insight) in all() {
        let body: Value = serde_json::from_str(&sns::body(&message, &insight, &Links::default())).unwrap();
        for value in [&body, &event(&message, &insight)["detail"]] {
            let mut found = vec![];
            empty(value, "", &mut found);
            // What no event and no ARN is known of.
            found.retain(|path| !path.ends_with("/relatedEvents") && !path.ends_with("/associatedResourceArns"));
            assert!(found.is_empty(), "{found:?} of {}", insight.name);
        }
        for anomaly in body["anomalies"].as_array().into_iter().flatten() {
            let dimensions = anomaly["sourceDetails"][0]["dataIdentifiers"]["dimensions"].as_str().unwrap();
            assert!(dimensions.len() > 2, "{dimensions}");
        }
    }
}

/// The rule of docs/migrating.md.
mod restored {
    use super::*;

    const GUIDE: &str = include_str!("../../../docs/migrating.md");

    /// The lines under `InputTemplate: |`.
    fn template() -> String {
        let (_, after) = GUIDE.split_once("InputTemplate: |\n").unwrap();
        let indent = after.len() - after.trim_start().len();
        let lines = after.lines().take_while(|line| line.len() > indent && line[..indent].trim().is_empty());
        lines.map(str::trim).collect()
    }

    /// `name: $.path`, as under `InputPathsMap:`.
    fn paths() -> Vec<(String, String)> {
        let (_, after) = GUIDE.split_once("InputPathsMap:\n").unwrap();
        let pairs = after.lines().map_while(|line| line.trim().split_once(": $."));
        pairs.map(|(name, path)| (name.to_owned(), path.trim_matches('"').to_owned())).collect()
    }

    #[test]
    fn a_handler_that_checks_the_source_gets_the_whole_event() {
        let insight = load_test();
        let ours = event(&message(MessageType::NewInsight, &insight), &insight);
        let paths = paths();
        assert_eq!(paths.len(), 7, "{paths:?}");
        let filled = paths.iter().fold(template(), |text, (name, path)| {
            text.replace(&format!("<{name}>"), &ours[path.as_str()].to_string())
        });
        let got: Value = serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{error}: {filled}"));
        let mut expected = ours.clone();
        expected["source"] = json!("aws.devops-guru");
        assert_eq!(got, expected);
    }
}
