//! What people set and did, over the engine and over the store in memory: the very same tests.

use super::*;

trait Both: Store + SettingsStore + FeedbackStore + AuditLog + InsightHandling + InsightHistory {}
impl<S: Store + SettingsStore + FeedbackStore + AuditLog + InsightHandling + InsightHistory> Both for S {}

over_both! {
    the_first_change_keeps_all_first_values_with_it
    every_setting_comes_back_and_goes_again
    of_two_changes_at_once_neither_is_lost
    what_is_refused_writes_nothing
    another_account_and_region_have_settings_of_their_own
    the_audit_comes_by_page_newest_first
    feedback_lowers_what_it_complains_of_and_is_kept
    feedback_that_asks_for_nothing_is_kept_all_the_same
    an_insight_is_acknowledged_assigned_and_noted_and_lists_say_so
    a_watch_that_planned_before_plans_again_on_what_people_did
}

fn first() -> Settings {
    let topic = NotificationChannel::new(&scope(), "arn:aws:sns:eu-west-1:123456789012:stackseer", Filter::default());
    Settings {
        coverage: vec![Coverage::Stacks { names: vec!["shop".into()] }],
        channels: BTreeMap::from([(topic.id.clone(), topic)]),
        estimate: Some(Estimate {
            of: Boundary::Stack { name: "shop".into() },
            at: at(NOW),
            token: Some("one".into()),
            resources: vec![EstimatedResources {
                resource_type: "AWS::Lambda::Function".into(),
                is_active: true,
                count: 3,
                metrics: 12,
            }],
        }),
        ..Settings::default()
    }
}

fn other_channel() -> NotificationChannel {
    let filter = Filter { severities: [Severity::High].into(), message_types: [MessageType::NewInsight].into() };
    NotificationChannel::new(&scope(), "arn:aws:sns:eu-west-1:123456789012:on-call", filter)
}

fn mute() -> Mute {
    let window = Window::new("0 2 * * SUN", 60, "Europe/Berlin").unwrap();
    let what = Quiet::Resource { id: ResourceId("arn:aws:lambda:eu-west-1:123456789012:function:checkout".into()) };
    Mute::new(&scope(), what, "nightly import", (at(NOW), Some(at(NOW + DAY))), Some(window), "ann")
}

fn sensitivity(metric: &str) -> OwnSensitivity {
    let of = Judged::Metric { key: metric.to_owned() };
    OwnSensitivity::new(&scope(), of, Sensitivity::Low, Some(at(NOW + DAY)), "ann")
}

/// What can't be refused.
async fn set(store: &impl SettingsStore, what: &str, change: impl Fn(&mut Settings)) {
    let change = |settings: &mut Settings| {
        change(settings);
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = change_settings(store, &scope(), &first(), &entry(what), change).await.unwrap();
}

async fn now(store: &impl SettingsStore) -> Settings {
    store.latest_settings(&scope()).await.unwrap().unwrap().settings
}

async fn entries(store: &impl AuditLog) -> Vec<String> {
    let page = store.list_audit(&scope(), &Ask::newest(100)).await.unwrap();
    page.items.into_iter().map(|entry| entry.what).collect()
}

async fn the_first_change_keeps_all_first_values_with_it(store: &impl Both) {
    assert_eq!(store.settings(&scope()).await.unwrap(), None);
    assert_eq!(settings_or(store, &scope(), &first()).await.unwrap(), first());
    set(store, "logs", |settings| settings.integrations.log_anomalies = true).await;
    let expected =
        Settings { integrations: Integrations { log_anomalies: true, ..Integrations::default() }, ..first() };
    // Whatever the deployment's values are now.
    assert_eq!(settings_or(store, &scope(), &Settings::default()).await.unwrap(), expected);
    assert_eq!(entries(store).await, ["logs"]);
}

async fn every_setting_comes_back_and_goes_again(store: &impl Both) {
    let all = |settings: &mut Settings| {
        settings.coverage = vec![Coverage::Tags { key: "devops-guru-app".into(), values: vec!["shop".into()] }];
        settings.integrations = Integrations {
            ops_center: true,
            log_anomalies: true,
            encryption: Encryption { enabled: false, key: Some("a key".into()) },
        };
        settings.event_sources = EventSources { profiler: true };
        settings.channels.insert(other_channel().id, other_channel());
        settings.mutes.insert(mute().id, mute());
        settings.sensitivities.insert(sensitivity("a").id, sensitivity("a"));
    };
    set(store, "all", all).await;
    let mut expected = first();
    all(&mut expected);
    assert_eq!(store.settings(&scope()).await.unwrap().unwrap().settings, expected);
    set(store, "none", |settings| *settings = Settings::default()).await;
    assert_eq!(store.settings(&scope()).await.unwrap().unwrap().settings, Settings::default());
}

async fn of_two_changes_at_once_neither_is_lost(store: &impl Both) {
    set(store, "first", |_| ()).await;
    let read = store.latest_settings(&scope()).await.unwrap().unwrap();
    set(store, "channel", |s| _ = s.channels.insert(other_channel().id, other_channel())).await;
    // Who read before can't write over it.
    let mut late = read.settings.clone();
    late.coverage = vec![Coverage::Region];
    let kept = store.keep_settings(&scope(), Some(&read), &late, None, &entry("late")).await;
    assert_eq!(kept, Ok(Committed::Conflict));
    let unread = store.keep_settings(&scope(), None, &late, None, &entry("unread")).await;
    assert_eq!(unread, Ok(Committed::Conflict));
    set(store, "coverage", |s| s.coverage = vec![Coverage::Region]).await;
    let settings = now(store).await;
    assert_eq!(settings.coverage, [Coverage::Region]);
    assert!(settings.channels.contains_key(&other_channel().id));
    let mut said = entries(store).await;
    said.sort();
    assert_eq!(said, ["channel", "coverage", "first"], "nothing of what did not come about");
}

async fn what_is_refused_writes_nothing(store: &impl Both) {
    let refuse = |settings: &mut Settings| {
        settings.coverage.clear();
        Err::<(), _>("there is no such channel")
    };
    let refused = change_settings(store, &scope(), &first(), &entry("refused"), refuse).await.unwrap();
    assert_eq!(refused, Err("there is no such channel"));
    assert_eq!(store.settings(&scope()).await.unwrap(), None);
    assert!(entries(store).await.is_empty());
}

async fn another_account_and_region_have_settings_of_their_own(store: &impl Both) {
    set(store, "here", |settings| settings.coverage.clear()).await;
    for other in [Scope::new("210987654321", "eu-west-1"), Scope::new("123456789012", "us-east-1")] {
        assert_eq!(store.latest_settings(&other).await.unwrap(), None);
        assert!(store.list_audit(&other, &Ask::newest(9)).await.unwrap().items.is_empty());
        assert!(store.all_feedback(&other).await.unwrap().is_empty());
        assert_ne!(ChannelId::of(&other, "a topic"), ChannelId::of(&scope(), "a topic"));
    }
}

async fn the_audit_comes_by_page_newest_first(store: &impl Both) {
    let tell = |n: i64| AuditEntry::new(&scope(), at(NOW + n / 2), "ann", &format!("change {n}"), None);
    for n in 0..7 {
        let change = |_: &mut Settings| Ok::<_, std::convert::Infallible>(());
        let Ok(()) = change_settings(store, &scope(), &first(), &tell(n), change).await.unwrap();
    }
    let (mut found, mut ask) = (vec![], Ask::newest(3));
    loop {
        let page = store.list_audit(&scope(), &ask).await.unwrap();
        assert!(page.items.len() <= 3);
        found.extend(page.items);
        match page.next {
            Some(next) => ask = ask.after(Some(next)),
            None => break,
        }
    }
    assert!(found.windows(2).all(|pair| pair[0].time >= pair[1].time));
    let mut expected: Vec<AuditEntry> = (0..7).map(tell).collect();
    expected.sort_by(|a, b| (b.time, &b.id).cmp(&(a.time, &a.id)));
    assert_eq!(found, expected);
}

/// An insight with two symptoms and one metric that only explains.
fn symptoms() -> Insight {
    let mut insight = insight(&application("shop"), "one", 3, 0);
    insight.anomalies.iter_mut().take(2).for_each(|a| a.anomaly_type = AnomalyType::Causal);
    insight
}

fn said(kind: FeedbackKind, insight: &Insight) -> Feedback {
    Feedback { insight: insight.id.clone(), kind, by: "ann".into(), time: at(NOW) }
}

async fn give(store: &impl SettingsStore, kind: FeedbackKind, insight: &Insight) -> Vec<OwnSensitivity> {
    let (feedback, entry) = (said(kind, insight), entry(&format!("{kind:?}")));
    give_feedback(store, insight, &first(), Sensitivity::High, &feedback, &entry).await.unwrap()
}

async fn feedback_lowers_what_it_complains_of_and_is_kept(store: &impl Both) {
    let insight = symptoms();
    let keys: Vec<String> = insight.anomalies.iter().map(|a| a.metric().unwrap().key.to_string()).collect();
    let lowered = give(store, FeedbackKind::AlertTooSensitive, &insight).await;
    assert_eq!(lowered.iter().map(|s| s.of.said().1).collect::<Vec<_>>(), [&keys[0], &keys[1]]);
    let settings = now(store).await;
    let of = |settings: &Settings, key: &str, second| {
        let resource = &insight.anomalies[0].resource.id;
        settings.sensitivities(at(second)).of(&insight.application.id, resource, key)
    };
    assert_eq!(of(&settings, &keys[0], NOW), Some(Sensitivity::Medium));
    assert_eq!(of(&settings, &keys[2], NOW), None, "it only explained");
    assert_eq!(of(&settings, &keys[0], NOW + 30 * DAY - 1), Some(Sensitivity::Medium));
    assert_eq!(of(&settings, &keys[0], NOW + 30 * DAY), None);
    assert_eq!(settings.sensitivities[&lowered[0].id].feedback, Some(insight.id.clone()));
    // Once more is one step more, to the lowest.
    give(store, FeedbackKind::DataNoisyAnomaly, &insight).await;
    assert_eq!(of(&now(store).await, &keys[0], NOW), Some(Sensitivity::Low));
    assert_eq!(give(store, FeedbackKind::AlertTooSensitive, &insight).await, []);
    // And back.
    set(store, "back", |s| _ = s.sensitivities.remove(&lowered[0].id)).await;
    assert_eq!(of(&now(store).await, &keys[0], NOW), None);
    assert_eq!(of(&now(store).await, &keys[1], NOW), Some(Sensitivity::Low));
    let kept = store.feedback(&scope(), &insight.id).await.unwrap();
    assert_eq!(kept, Some(said(FeedbackKind::AlertTooSensitive, &insight)));
}

async fn feedback_that_asks_for_nothing_is_kept_all_the_same(store: &impl Both) {
    let kinds = [FeedbackKind::DataIncorrect, FeedbackKind::ValidCollection, FeedbackKind::RecommendationUseful];
    let mut expected = vec![];
    for (number, kind) in kinds.into_iter().enumerate() {
        let insight = insight(&application("shop"), &format!("subject {number}"), 1, 0);
        assert_eq!(give(store, kind, &insight).await, []);
        expected.push(said(kind, &insight));
    }
    expected.sort_by(|a, b| a.insight.cmp(&b.insight));
    assert_eq!(store.all_feedback(&scope()).await.unwrap(), expected);
    assert!(now(store).await.sensitivities.is_empty());
    assert_eq!(entries(store).await.len(), 3);
}

async fn an_insight_is_acknowledged_assigned_and_noted_and_lists_say_so(store: &impl Both) {
    let app = application("shop");
    let open = Insight { handling: Handling::default(), ..insight(&app, "open", 1, 5) };
    let over = Insight { handling: Handling::default(), ..closed(&insight(&app, "over", 1, 5), NOW - 60) };
    store.commit(&app, 0, &[open.clone(), over.clone()], &[]).await.unwrap();
    let note = |text: &str| {
        let id = NoteId::of(&open.id, at(NOW), "ann", text);
        Note { id, by: "ann".into(), time: at(NOW), text: text.into() }
    };
    let seen = Acknowledgement { by: "ann".into(), time: at(NOW) };
    for id in [&open.id, &over.id] {
        for change in [
            Handle::Acknowledge(seen.clone()),
            Handle::Assign("bob".into()),
            Handle::AddNote(note("the import again")),
            Handle::AddNote(note("wrong")),
            Handle::RemoveNote(note("wrong").id),
        ] {
            let handled = store.handle_insight(id, &change, &entry(&format!("{change:?} {id}"))).await.unwrap();
            assert!(matches!(handled, Handled::Done(_)), "{handled:?}");
        }
    }
    let handling = Handling {
        acknowledgement: Some(seen.clone()),
        assignee: Some("bob".into()),
        notes: vec![note("the import again")],
        muted: None,
    };
    let kept = store.insight_state(&app.id, at(NOW)).await.unwrap().insights;
    for before in [open.clone(), over.clone()] {
        let after = kept.iter().find(|i| i.id == before.id).unwrap();
        assert_eq!(*after, Insight { handling: handling.clone(), ..before }, "and nothing else of it");
    }
    let list = InsightList::Application(app.id.clone());
    let listed = store.list_insights(&list, &Ask::newest(9)).await.unwrap().items;
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|i| i.assignee.as_deref() == Some("bob") && i.acknowledgement == Some(seen.clone())));

    let before = entries(store).await.len();
    let again = Handle::RemoveNote(note("wrong").id);
    let refused = store.handle_insight(&over.id, &again, &entry("again")).await.unwrap();
    assert_eq!(refused, Handled::Refused(HandlingError::NoSuchNote(note("wrong").id)));
    let nobody = InsightId("nobody".into());
    assert_eq!(store.handle_insight(&nobody, &Handle::Unassign, &entry("nobody")).await, Ok(Handled::NoInsight));
    assert_eq!((before, entries(store).await.len()), (10, 10));
}

async fn a_watch_that_planned_before_plans_again_on_what_people_did(store: &impl Both) {
    let app = application("shop");
    let one = insight(&app, "one", 1, 5);
    store.commit(&app, 0, from_ref(&one), &[]).await.unwrap();
    let planned = store.insight_state(&app.id, at(NOW)).await.unwrap();
    let assigned = store.handle_insight(&one.id, &Handle::Assign("cid".into()), &entry("assigned")).await.unwrap();
    assert!(matches!(assigned, Handled::Done(_)));
    let committed = store.commit(&app, planned.generation, &[closed(&one, NOW)], &[]).await;
    assert_eq!(committed, Ok(Committed::Conflict));
    let again = store.insight_state(&app.id, at(NOW)).await.unwrap();
    assert_eq!(again.insights[0].handling.assignee.as_deref(), Some("cid"));
}

#[tokio::test]
async fn a_change_writes_what_is_different_and_its_entry_in_one_transaction() {
    let (store, calls) = plain();
    set(&store, "first", |_| ()).await;
    let before = put(&calls).len();
    let sum = |calls: &Calls| calls.of("dynamodb.TransactWriteItems").len();
    let transactions = sum(&calls);
    set(&store, "mute", |s| _ = s.mutes.insert(mute().id, mute())).await;
    let written: Vec<Value> = put(&calls).split_off(before);
    let kinds: Vec<String> =
        written.iter().map(|item| key(item).split(['#', ' ']).next().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["settings", "settings", "audit"]);
    assert_eq!(sum(&calls), transactions + 1);
    assert!(written.iter().all(|item| key(item).contains("#123456789012#eu-west-1")));
    // A mute goes with its end, an entry after a year.
    assert_eq!(written[1]["expires"]["N"], json!((NOW + DAY).to_string()));
    assert_eq!(written[2]["expires"]["N"], json!((NOW + 365 * DAY).to_string()));
}

#[tokio::test]
async fn what_a_run_reads_of_the_settings_is_one_query_of_half_a_unit() {
    let engine = Engine::new();
    let (store, meter) = units::counted(&engine);
    assert_eq!(store.settings(&scope()).await.unwrap(), None);
    // DynamoDB Local doesn't count what finds nothing.
    assert!(meter.take().read <= 0.5);
    set(&store, "all", |settings| {
        for n in 0..10 {
            let metric = format!("AWS/Lambda Duration p90 FunctionName=function-{n}");
            settings.sensitivities.insert(sensitivity(&metric).id, sensitivity(&metric));
        }
        settings.mutes.insert(mute().id, mute());
        settings.channels.insert(other_channel().id, other_channel());
    })
    .await;
    meter.take();
    assert!(store.settings(&scope()).await.unwrap().is_some());
    let taken = meter.take();
    assert_eq!((taken.read, taken.rows), (0.5, 14));
}

/// As the deployment's test writes them.
#[tokio::test]
async fn rows_are_json_compressed() {
    let engine = Engine::new();
    let (store, _) = over(&engine, |_| None);
    let topic = "arn:aws:sns:eu-west-1:123456789012:ends";
    let rows = [
        (
            "channel#ends",
            json!({"id": "ends", "topic": topic, "filter": {"severities": [], "message_types": ["CLOSED_INSIGHT"]}}),
        ),
        (
            "state",
            json!({
                "coverage": [{"kind": "stacks", "names": ["shop"]}],
                "integrations": {"ops_center": false, "log_anomalies": false, "encryption": {"enabled": true}},
                "event_sources": {"profiler": false},
            }),
        ),
    ];
    for (sort, value) in rows {
        let body = aws_smithy_types::base64::encode(pack::deflate(value.to_string().as_bytes()).unwrap());
        let item = json!({
            "pk": {"S": "settings#123456789012#eu-west-1"}, "sk": {"S": sort},
            "body": {"B": body}, "generation": {"N": "1"},
        });
        engine.run("BatchWriteItem", json!({"RequestItems": {TABLE: [{"PutRequest": {"Item": item}}]}}));
    }
    let kept = store.settings(&scope()).await.unwrap().unwrap();
    let filter = Filter { severities: [].into(), message_types: [MessageType::ClosedInsight].into() };
    let ends = NotificationChannel { id: ChannelId("ends".into()), topic: topic.into(), filter };
    let expected = Settings {
        coverage: first().coverage,
        channels: BTreeMap::from([(ends.id.clone(), ends)]),
        ..Settings::default()
    };
    assert_eq!(kept, KeptSettings { generation: 1, settings: expected });
}
