use super::*;
use crate::wire::{ACCOUNT, Call, Calls, REGION, Reply, sdk};
use serde_json::{Value, json};
use stackseer_model::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:insights";
const CHAT: &str = "arn:aws:sns:eu-west-1:123456789012:chat";
const SECRET: &str = "stackseer/slack";
const WEBHOOK: &str = "https://hooks.slack.example/services/T0/B0/SeCrEt";

fn at() -> Timestamp {
    "2026-11-25T03:03:00Z".parse().unwrap()
}

fn insight() -> Insight {
    Insight {
        id: InsightId("11111111-1111-5111-8111-111111111111".to_owned()),
        name: "Anomalous increase in Lambda checkout duration".to_owned(),
        nature: Nature::Reactive { pattern: None, impact: None },
        subject: Subject { what: String::new(), resource: None },
        severity: Severity::High,
        status: Status::Ongoing,
        start_time: at(),
        end_time: None,
        open_time: at(),
        update_time: at(),
        application: Application::new(ACCOUNT, REGION, Boundary::Stack { name: "shop".to_owned() }),
        description: "Duration of checkout rose.".to_owned(),
        causes: vec![],
        anomalies: vec![],
        events: vec![],
        recommendations: vec![],
        history: vec![],
        considered: vec![],
        repeat: None,
        handling: Handling::default(),
    }
}

fn message(message_type: MessageType) -> Message {
    Message {
        id: "message".to_owned(),
        message_type,
        insight: insight().id,
        time: at(),
        anomalies: vec![],
        reason: "because".to_owned(),
        watching: None,
    }
}

fn topic(arn: &str, filter: Filter) -> NotificationChannel {
    NotificationChannel::new(&Scope::new(ACCOUNT, REGION), arn, filter)
}

fn settings() -> ChannelSettings {
    ChannelSettings {
        topics: vec![topic(TOPIC, Filter::default())],
        chat_topic: Some(CHAT.to_owned()),
        event_bus: Some("default".to_owned()),
        slack_secret: Some(SECRET.to_owned()),
        ops_center: true,
        ..ChannelSettings::default()
    }
}

/// The channel whose id begins so.
fn channel(start: &str, answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (AnyChannel, Calls) {
    let (sdk, calls) = sdk(answer);
    let found = all(&sdk, &settings()).into_iter().find(|c| c.id().starts_with(start));
    (found.unwrap(), calls)
}

async fn told(channel: &AnyChannel, message_type: MessageType) -> Result<(), PortError> {
    channel.deliver(&message(message_type), &insight()).await
}

async fn new_insight(start: &str, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Result<(), PortError> {
    let (channel, _) = channel(start, move |_| reply());
    told(&channel, MessageType::NewInsight).await
}

fn error(status: u16, code: &'static str) -> impl Fn() -> Reply + Send + Sync {
    move || Reply::Error(status, code, format!("{code} it is"))
}

fn published() -> Reply {
    Reply::Xml("<MessageId>1</MessageId>".to_owned())
}

#[test]
fn there_are_those_that_are_set_each_with_its_own_id() {
    let (sdk, _) = sdk(|_| published());
    let ids = |settings: &ChannelSettings| all(&sdk, settings).iter().map(|c| c.id().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        ids(&settings()),
        [
            format!("sns:{TOPIC}"),
            format!("chat:{CHAT}"),
            "eventbridge:default".to_owned(),
            format!("slack:{SECRET}"),
            "ops-center".to_owned(),
        ]
    );
    assert!(ids(&ChannelSettings::default()).is_empty());
}

#[test]
fn each_topic_has_its_own_filter_the_bus_none_and_an_ops_item_lives_as_long_as_its_insight() {
    let (sdk, _) = sdk(|_| published());
    let filter = Filter::parse("high", "new_insight").unwrap();
    let topics = vec![topic(TOPIC, filter.clone()), topic(CHAT, Filter::parse("all", "closed_insight").unwrap())];
    let channels = all(&sdk, &ChannelSettings { topics, filter, ..settings() });
    let wants = |kind: MessageType, severity: Severity| {
        let insight = Insight { severity, ..insight() };
        channels.iter().map(|c| c.wants(&message(kind), &insight)).collect::<Vec<_>>()
    };
    assert_eq!(wants(MessageType::NewInsight, Severity::High), [true, false, true, true, true, true]);
    assert_eq!(wants(MessageType::NewInsight, Severity::Low), [false, false, false, true, false, false]);
    assert_eq!(wants(MessageType::ClosedInsight, Severity::High), [false, true, false, true, false, true]);
    assert_eq!(wants(MessageType::ClosedInsight, Severity::Low), [false, true, false, true, false, false]);
    assert_eq!(wants(MessageType::NewAssociation, Severity::High), [false, false, false, true, false, false]);
}

#[tokio::test]
async fn a_topic_gets_json_for_machines_and_text_for_people() {
    let (topic, calls) = channel("sns:", |_| published());
    told(&topic, MessageType::NewInsight).await.unwrap();
    let call = &calls.of("sns.Publish")[0];
    assert_eq!((call.text("TopicArn"), call.text("MessageStructure")), (TOPIC, "json"));
    assert_eq!(call.text("Subject"), "[HIGH] Anomalous increase in Lambda checkout duration");
    let protocols: Value = serde_json::from_str(call.text("Message")).unwrap();
    let machine: Value = serde_json::from_str(protocols["default"].as_str().unwrap()).unwrap();
    assert_eq!(machine["messageType"], "NEW_INSIGHT");
    assert!(protocols["email"].as_str().unwrap().starts_with("HIGH  Anomalous increase"));
    let attribute = |number: u8, part: &str| call.text(&format!("MessageAttributes.entry.{number}.{part}")).to_owned();
    let mut attributes: Vec<(String, String)> =
        (1..=3).map(|n| (attribute(n, "Name"), attribute(n, "Value.StringValue"))).collect();
    attributes.sort();
    let id = message(MessageType::NewInsight).id;
    let expected = [("MessageType", "NEW_INSIGHT"), ("insightSeverity", "high"), ("messageId", &id)];
    assert_eq!(attributes, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_test_goes_to_the_topic_whatever_its_filter_and_says_what_it_is() {
    let scope = Scope::new(ACCOUNT, REGION);
    let deaf = topic(TOPIC, Filter::parse("high", "closed_insight").unwrap());
    let (config, calls) = sdk(|_| published());
    test(&config, &deaf, &scope).await.unwrap();
    let call = &calls.of("sns.Publish")[0];
    assert_eq!((call.text("TopicArn"), call.text("MessageAttributes.entry.1.Value.StringValue")), (TOPIC, "TEST"));
    assert!(call.text("Message").contains(deaf.id.as_str()));

    let (config, _) = sdk(|_| Reply::Error(404, "NotFound", "Topic does not exist".into()));
    let refused = test(&config, &deaf, &scope).await.unwrap_err();
    assert_eq!(refused, PortError::NotFound { what: format!("SNS topic {TOPIC}") });
}

#[tokio::test]
async fn a_chat_gets_its_own_schema_through_its_own_topic() {
    let (topic, calls) = channel("chat:", |_| published());
    told(&topic, MessageType::ClosedInsight).await.unwrap();
    let call = &calls.of("sns.Publish")[0];
    assert_eq!((call.text("TopicArn"), call.text("MessageStructure")), (CHAT, ""));
    let said: Value = serde_json::from_str(call.text("Message")).unwrap();
    assert_eq!((&said["version"], &said["source"]), (&json!("1.0"), &json!("custom")));
    assert_eq!(said["metadata"]["threadId"], insight().id.as_str());
}

#[tokio::test]
async fn why_a_topic_refuses_decides_whether_to_try_again() {
    let publish = || "sns:Publish".to_owned();
    for (status, code) in [(400, "Throttling"), (400, "KMSThrottling"), (500, "InternalError"), (503, "Other")] {
        let got = new_insight("sns:", error(status, code)).await.unwrap_err();
        assert_eq!(got, PortError::Transient { action: publish(), message: format!("{code} it is") });
    }
    for code in ["AuthorizationError", "KMSAccessDenied", "InvalidClientTokenId"] {
        let got = new_insight("sns:", error(403, code)).await.unwrap_err();
        assert_eq!(got, PortError::Denied { action: publish(), message: format!("{code} it is") });
    }
    let gone = new_insight("sns:", || Reply::Error(404, "NotFound", "Topic does not exist".into())).await.unwrap_err();
    assert_eq!(gone, PortError::NotFound { what: format!("SNS topic {TOPIC}") });
    for code in ["KMSDisabled", "KMSInvalidState", "InvalidParameter"] {
        let got = new_insight("sns:", error(400, code)).await.unwrap_err();
        assert!(matches!(&got, PortError::Permanent { message, .. } if message.starts_with(code)), "{got:?}");
    }
    let broken = new_insight("sns:", || Reply::Broken).await.unwrap_err();
    assert!(matches!(broken, PortError::Transient { .. }), "{broken:?}");
}

#[tokio::test]
async fn a_bus_gets_an_event_that_rules_know() {
    let ok = || Reply::Ok(json!({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}));
    let (bus, calls) = channel("eventbridge:", move |_| ok());
    told(&bus, MessageType::SeverityUpgraded).await.unwrap();
    let entry = &calls.of("events.PutEvents")[0].input["Entries"][0];
    assert_eq!(entry["Source"], "stackseer");
    assert_eq!(entry["DetailType"], "DevOps Guru Insight Severity Upgraded");
    assert_eq!(entry["EventBusName"], "default");
    assert_eq!(entry["Time"].as_f64(), Some(1_795_575_780.0));
    let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
    assert_eq!(detail["insightSeverity"], "high");
    assert_eq!(detail["messageId"], message(MessageType::SeverityUpgraded).id);
}

#[tokio::test]
async fn an_entry_that_was_refused_is_an_error_however_well_the_call_went() {
    let refused = |code: &'static str| {
        move || {
            let entry = json!({"ErrorCode": code, "ErrorMessage": "in its own words"});
            Reply::Ok(json!({"FailedEntryCount": 1, "Entries": [entry]}))
        }
    };
    let of = |code| new_insight("eventbridge:", refused(code));
    for code in ["ThrottlingException", "InternalFailure", "InternalException"] {
        assert!(matches!(of(code).await.unwrap_err(), PortError::Transient { .. }), "{code}");
    }
    assert!(matches!(of("AccessDeniedException").await.unwrap_err(), PortError::Denied { .. }));
    let odd = of("MalformedDetail").await.unwrap_err();
    assert_eq!(odd.to_string(), "events:PutEvents: MalformedDetail: in its own words");
    let silent = new_insight("eventbridge:", || Reply::Ok(json!({"FailedEntryCount": 1}))).await.unwrap_err();
    assert_eq!(silent.to_string(), "events:PutEvents: the event was refused");
    let denied = new_insight("eventbridge:", error(400, "AccessDeniedException")).await.unwrap_err();
    assert!(matches!(denied, PortError::Denied { .. }), "{denied:?}");
    let throttled = new_insight("eventbridge:", error(400, "ThrottlingException")).await.unwrap_err();
    assert!(matches!(throttled, PortError::Transient { .. }), "{throttled:?}");
}

#[tokio::test]
async fn an_insight_has_one_ops_item() {
    let (ops, calls) = channel("ops-center", |_| Reply::Ok(json!({"OpsItemId": "oi-1"})));
    told(&ops, MessageType::NewInsight).await.unwrap();
    let item = &calls.of("ssm.CreateOpsItem")[0].input;
    assert_eq!((&item["Source"], &item["Severity"]), (&json!("stackseer"), &json!("2")));
    assert_eq!(item["Tags"][0], json!({"Key": "DevOps-GuruInsightSsmOpsItemRelated", "Value": "true"}));
    let dedup = &item["OperationalData"]["/aws/dedup"];
    assert_eq!(dedup["Type"], "SearchableString");
    assert_eq!(dedup["Value"], json!({"dedupString": format!("stackseer {}", insight().id)}).to_string());

    // A message that waited until after the end.
    let over = Insight { status: Status::Closed, ..insight() };
    ops.deliver(&message(MessageType::NewInsight), &over).await.unwrap();
    assert_eq!(calls.all().len(), 1);

    let again = || Reply::Error(400, "OpsItemAlreadyExistsException", "oi-1 is there".into());
    assert_eq!(new_insight("ops-center", again).await, Ok(()));
    let denied = new_insight("ops-center", error(400, "AccessDeniedException")).await.unwrap_err();
    assert!(matches!(denied, PortError::Denied { .. }), "{denied:?}");
    let limit = new_insight("ops-center", error(400, "OpsItemLimitExceededException")).await.unwrap_err();
    assert!(matches!(limit, PortError::Permanent { .. }), "{limit:?}");
}

#[tokio::test]
async fn a_closed_insight_resolves_what_is_open_of_it() {
    let (ops, calls) = channel("ops-center", |call| match call.operation.as_str() {
        "ssm.DescribeOpsItems" => Reply::Ok(json!({"OpsItemSummaries": [
            {"OpsItemId": "oi-1", "Status": "Resolved"},
            {"OpsItemId": "oi-2", "Status": "InProgress"},
        ]})),
        _ => Reply::Ok(json!({})),
    });
    told(&ops, MessageType::ClosedInsight).await.unwrap();
    let filter = &calls.of("ssm.DescribeOpsItems")[0].input["OpsItemFilters"][0];
    assert_eq!((&filter["Key"], &filter["Operator"]), (&json!("OperationalData"), &json!("Equal")));
    let wanted: Value = serde_json::from_str(filter["Values"][0].as_str().unwrap()).unwrap();
    assert_eq!(wanted, json!({"key": "stackseer-insight-id", "value": insight().id.as_str()}));
    let updates = calls.of("ssm.UpdateOpsItem");
    assert_eq!(updates.len(), 1);
    assert_eq!((updates[0].text("OpsItemId"), updates[0].text("Status")), ("oi-2", "Resolved"));

    // Somebody may have deleted it.
    let (ops, calls) = channel("ops-center", |_| Reply::Ok(json!({"OpsItemSummaries": []})));
    told(&ops, MessageType::ClosedInsight).await.unwrap();
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn what_comes_back_opens_its_ops_item_again() {
    let back = || {
        let step = Transition { time: at(), step: Transited::Reopened, reason: "abnormal again".to_owned() };
        Insight { history: vec![step], ..insight() }
    };
    let items = |statuses: &'static [&'static str]| {
        channel("ops-center", move |call| match call.operation.as_str() {
            "ssm.DescribeOpsItems" => {
                let item = |status| json!({"OpsItemId": format!("oi-{status}"), "Status": status});
                Reply::Ok(json!({"OpsItemSummaries": statuses.iter().map(item).collect::<Vec<_>>()}))
            }
            _ => Reply::Ok(json!({"OpsItemId": "oi-new"})),
        })
    };
    let (ops, calls) = items(&["Resolved"]);
    ops.deliver(&message(MessageType::NewInsight), &back()).await.unwrap();
    let updates = calls.of("ssm.UpdateOpsItem");
    assert_eq!((updates[0].text("OpsItemId"), updates[0].text("Status")), ("oi-Resolved", "Open"));
    assert!(calls.of("ssm.CreateOpsItem").is_empty());

    // Somebody works on it already: a second delivery, or a hand that opened it.
    let (ops, calls) = items(&["Resolved", "InProgress"]);
    ops.deliver(&message(MessageType::NewInsight), &back()).await.unwrap();
    assert_eq!(calls.all().len(), 1);

    let (ops, calls) = items(&[]);
    ops.deliver(&message(MessageType::NewInsight), &back()).await.unwrap();
    assert_eq!(calls.of("ssm.CreateOpsItem").len(), 1);

    // A new one is looked for nowhere.
    let (ops, calls) = items(&["Resolved"]);
    told(&ops, MessageType::NewInsight).await.unwrap();
    assert!(calls.of("ssm.DescribeOpsItems").is_empty());
}

/// Slack on this machine: answers each request in turn, and keeps path and body of what came.
struct FakeSlack {
    url: String,
    requests: Arc<Mutex<Vec<(String, String)>>>,
}

impl FakeSlack {
    /// Status 0: no answer at all.
    fn answering(answers: &'static [(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/services/T0/B0/SeCrEt", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(vec![]));
        let kept = requests.clone();
        std::thread::spawn(move || {
            let mut silent = vec![];
            for (status, said) in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = String::new();
                while reader.read_line(&mut head).unwrap() > 2 {}
                let length =
                    head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
                let mut body = vec![0; length.unwrap_or(0)];
                reader.read_exact(&mut body).unwrap();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                kept.lock().unwrap().push((path, String::from_utf8(body).unwrap()));
                if *status == 0 {
                    silent.push(stream);
                    continue;
                }
                let length = said.len();
                write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{said}")
                    .unwrap();
            }
            // Held open until whoever waits has given up.
            std::thread::sleep(Duration::from_secs(2));
        });
        Self { url, requests }
    }
}

/// The channel, its secret this text.
fn slack(secret: String) -> (Slack, Calls) {
    let (sdk, calls) = sdk(move |_| Reply::Ok(json!({"Name": SECRET, "SecretString": secret})));
    (Slack::new(&sdk, SECRET, Filter::default(), Links::default()), calls)
}

async fn posted(slack: &Slack) -> Result<(), PortError> {
    slack.deliver(&message(MessageType::NewInsight), &insight()).await
}

#[tokio::test]
async fn slack_gets_its_message_and_the_secret_is_read_once() {
    let fake = FakeSlack::answering(&[(200, "ok"), (200, "ok")]);
    let (slack, calls) = slack(json!({"url": fake.url}).to_string());
    posted(&slack).await.unwrap();
    posted(&slack).await.unwrap();
    assert_eq!(calls.of("secretsmanager.GetSecretValue").len(), 1);
    assert_eq!(calls.all()[0].text("SecretId"), SECRET);
    let requests = fake.requests.lock().unwrap().clone();
    assert_eq!((requests.len(), requests[0].0.as_str()), (2, "/services/T0/B0/SeCrEt"));
    let body: Value = serde_json::from_str(&requests[0].1).unwrap();
    assert_eq!(body["blocks"][0]["type"], "header");
}

#[tokio::test]
async fn what_slack_answers_decides_whether_to_try_again() {
    let fake = FakeSlack::answering(&[
        (500, "rollup_error"),
        (429, "rate_limited"),
        (404, "no_service"),
        (302, ""),
        (403, "try https://hooks.slack.example/services/T0/B0/SeCrEt"),
    ]);
    let (slack, calls) = slack(fake.url.clone());
    let action = || "slack:webhook".to_owned();
    for said in ["Slack answered 500: rollup_error", "Slack answered 429: rate_limited"] {
        let got = posted(&slack).await.unwrap_err();
        assert_eq!(got, PortError::Transient { action: action(), message: said.to_owned() });
    }
    assert_eq!(calls.all().len(), 1);
    for said in ["Slack answered 404: no_service", "Slack answered 302: ", "Slack answered 403: "] {
        let got = posted(&slack).await.unwrap_err();
        assert_eq!(got, PortError::Permanent { action: action(), message: said.to_owned() });
    }
    // After each refusal the secret is read again: the URL in it may be a new one.
    assert_eq!(calls.all().len(), 3);
}

#[tokio::test]
async fn when_slack_is_silent_or_gone_it_is_tried_again_and_the_url_stays_unsaid() {
    let fake = FakeSlack::answering(&[(0, "")]);
    let (silent, _) = slack(fake.url.clone());
    let got = posted(&silent.answering_within(Duration::from_millis(200))).await.unwrap_err();
    assert_eq!(got.to_string(), "slack:webhook: no answer in time");

    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (gone, _) = slack(format!("http://{unused}/services/T0/B0/SeCrEt"));
    let got = posted(&gone).await.unwrap_err();
    assert!(matches!(got, PortError::Transient { .. }), "{got:?}");
    let shown = format!("{got} {got:?} {gone:?}");
    assert!(!shown.contains("SeCrEt") && !shown.contains("services"), "{shown}");
}

#[tokio::test]
async fn a_secret_that_is_none_says_so_without_its_text() {
    for text in ["", "SeCrEt", "http://hooks.slack.example/SeCrEt", "{\"webhook\": \"SeCrEt\"}", "{\"url\": 1}", "[]"] {
        let (slack, _) = slack(text.to_owned());
        let got = posted(&slack).await.unwrap_err();
        assert!(matches!(got, PortError::Permanent { .. }), "{got:?}");
        assert!(got.to_string().contains(SECRET) && !got.to_string().contains("SeCrEt"), "{got}");
    }
    let missing = || Reply::Error(400, "ResourceNotFoundException", "can't find the specified secret.".into());
    let got = new_insight("slack:", missing).await.unwrap_err();
    assert_eq!(got.to_string(), format!("secret {SECRET} not found"));
    let denied = new_insight("slack:", error(400, "AccessDeniedException")).await.unwrap_err();
    assert!(matches!(denied, PortError::Denied { .. }), "{denied:?}");
}

#[test]
fn a_webhook_is_read_in_either_form_and_never_shown() {
    for text in
        [WEBHOOK.to_owned(), format!(" {WEBHOOK}\n"), json!({"url": WEBHOOK}).to_string(), json!(WEBHOOK).to_string()]
    {
        let webhook = slack::Webhook::read(&text).unwrap();
        assert_eq!(webhook.0.as_str(), WEBHOOK);
        assert_eq!(format!("{webhook:?}"), "Webhook");
    }
}
