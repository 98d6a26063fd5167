use crate::examples::*;
use crate::{Links, chat, email, eventbridge, ops_item, slack, sns};
use serde_json::Value;
use stackseer_model::*;

fn links() -> Links {
    Links { console: Some("https://ops.example".to_owned()) }
}

fn pretty(json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

fn name(kind: MessageType) -> String {
    format!("{kind:?}").to_lowercase()
}

#[test]
fn each_type_as_sns_json() {
    for kind in TYPES {
        let insight = told_of(kind);
        let body = sns::body(&message(kind, &insight), &insight, &links());
        insta::assert_snapshot!(format!("sns_{}", name(kind)), pretty(&body));
    }
    for (name, insight) in [("tag", repeated()), ("proactive", unprotected_table())] {
        let body = sns::body(&message(MessageType::NewInsight, &insight), &insight, &links());
        insta::assert_snapshot!(format!("sns_{name}"), pretty(&body));
    }
}

#[test]
fn each_type_as_an_event() {
    for kind in TYPES {
        let insight = told_of(kind);
        let body = eventbridge::body(&message(kind, &insight), &insight, &links());
        insta::assert_snapshot!(format!("eventbridge_{}", name(kind)), pretty(&body));
    }
    let insight = unprotected_table();
    let body = eventbridge::body(&message(MessageType::NewInsight, &insight), &insight, &links());
    insta::assert_snapshot!("eventbridge_proactive", pretty(&body));
}

#[test]
fn each_type_as_people_read_it() {
    for kind in TYPES {
        let insight = told_of(kind);
        let message = message(kind, &insight);
        let mail = format!("{}\n\n{}", email::subject(&message, &insight), email::text(&message, &insight, &links()));
        insta::assert_snapshot!(format!("email_{}", name(kind)), mail);
        insta::assert_json_snapshot!(format!("slack_{}", name(kind)), slack::payload(&message, &insight, &links()));
        insta::assert_json_snapshot!(format!("chat_{}", name(kind)), chat::payload(&message, &insight, &links()));
    }
    for (name, insight) in [
        ("tag", repeated()),
        ("proactive", unprotected_table()),
        ("came_back", came_back()),
        ("change", changed_just_before()),
        ("log_and_database", log_and_database()),
    ] {
        let message = message(MessageType::NewInsight, &insight);
        let mail =
            format!("{}\n\n{}", email::subject(&message, &insight), email::text(&message, &insight, &Links::default()));
        insta::assert_snapshot!(format!("email_{name}"), mail);
        insta::assert_json_snapshot!(format!("slack_{name}"), slack::payload(&message, &insight, &links()));
        insta::assert_json_snapshot!(format!("chat_{name}"), chat::payload(&message, &insight, &links()));
    }
}

#[test]
fn what_is_part_of_another_says_so_everywhere() {
    let (message, insight) = absorbed();
    let mail = format!("{}\n\n{}", email::subject(&message, &insight), email::text(&message, &insight, &links()));
    insta::assert_snapshot!("email_absorbed", mail);
    insta::assert_json_snapshot!("slack_absorbed", slack::payload(&message, &insight, &links()));
    insta::assert_snapshot!("eventbridge_absorbed", pretty(&eventbridge::body(&message, &insight, &links())));
    assert!(chat::payload(&message, &insight, &links()).to_string().contains("Part of DynamoDB shop-orders throttles"));
}

#[test]
fn an_end_that_nobody_saw_is_never_told_as_a_recovery() {
    for (ending, reason, subject, what) in [
        (Ending::Silent, "nothing published for a day", "[Closed, not seen to recover]", "without having been seen to"),
        (Ending::Gone, "its resource no longer exists", "[Closed, no longer exists]", "its resources no longer exist"),
        (Ending::NotWatched, "its check is gone", "[Closed, no longer watched]", "it is no longer watched"),
    ] {
        let (message, insight) = ended(ending, reason);
        assert!(email::subject(&message, &insight).starts_with(subject));
        let mail = email::text(&message, &insight, &links());
        assert!(mail.contains(what) && mail.to_lowercase().contains(reason), "{mail}");
        assert!(mail.contains("2026-11-22 14:03 UTC, last seen 15:40 UTC"), "{mail}");
        for payload in [slack::payload(&message, &insight, &links()), chat::payload(&message, &insight, &links())] {
            let payload = payload.to_string();
            assert!(payload.contains(what) && !payload.contains("check_mark"), "{payload}");
        }
    }
}

#[test]
fn what_users_had_of_it_is_said_in_each_channel() {
    let insight = with_impact();
    let message = message(MessageType::NewInsight, &insight);
    let said = "12,360 of 41,200 requests at shop-api (API Gateway REST API) failed (30 %), 3,300 were slow (8 %); \
                last seen 14:08 UTC";
    assert!(email::text(&message, &insight, &links()).contains(said));
    assert!(slack::payload(&message, &insight, &links()).to_string().contains(said));
    assert!(chat::payload(&message, &insight, &links()).to_string().contains(said));
    assert!(ops_item::ops_item(&message, &insight, &links()).description.contains(said));
    // Twin: what was not counted is not spoken of.
    assert!(!email::text(&message, &load_test(), &links()).contains("requests at shop"));
}

#[test]
fn each_end_says_how_much_is_watched_and_nothing_where_that_is_not_known() {
    let (insight, links) = (load_test(), links());
    let told = |message: &Message| {
        let mail = email::text(message, &insight, &links);
        let chats = [slack::payload(message, &insight, &links), chat::payload(message, &insight, &links)];
        [mail, chats[0].to_string(), chats[1].to_string()]
    };
    let known = message(MessageType::NewInsight, &insight);
    let none = WatchingCounts { watched: 0, without_metrics: 1, not_supported: 1 };
    for (watching, said) in [
        (known.watching, "Watched: 12 of 17 resources of shop (3 without metrics, 2 not supported yet)"),
        (Some(none), "Watched: none of 2 resources of shop (1 without metrics, 1 not supported yet)"),
    ] {
        for text in told(&Message { watching, ..known.clone() }) {
            assert!(text.contains(said), "{text}");
        }
    }
    assert!(told(&Message { watching: None, ..known }).iter().all(|text| !text.contains("Watched")));
}

#[test]
fn an_impact_says_only_what_there_was() {
    let said = |failed, slow, requests| {
        let Nature::Reactive { impact: Some(impact), .. } = with_impact().nature else { unreachable!() };
        let impact = Impact { failed, slow, requests, ..impact };
        crate::said::impact(&impact, "2026-11-25T00:00:00Z".parse().unwrap())
    };
    let door = "shop-api (API Gateway REST API)";
    let last = "; last seen 2026-11-22 14:08 UTC; counted until 2026-11-22 14:09 UTC";
    assert_eq!(said(0.0, 30.0, 100.0), format!("30 of 100 requests at {door} were slow (30 %), none failed{last}"));
    assert_eq!(said(1.0, 0.0, 4120.0), format!("1 of 4,120 requests at {door} failed (under 1 %){last}"));
    assert_eq!(said(0.0, 0.0, 100.0), format!("None of the 100 requests at {door} failed or was slow"));
    assert_eq!(said(0.0, 0.0, 0.0), format!("No request reached {door}"));
}

#[test]
fn no_channel_uses_words_that_need_an_explanation() {
    let mut all: Vec<(Message, Insight)> = vec![absorbed()];
    for insight in [load_test(), unprotected_table(), came_back(), changed_just_before(), log_and_database()] {
        all.extend(TYPES.map(|kind| (message(kind, &insight), insight.clone())));
    }
    for (message, insight) in all {
        let said = [
            email::text(&message, &insight, &links()),
            slack::payload(&message, &insight, &links()).to_string(),
            chat::payload(&message, &insight, &links()).to_string(),
            sns::body(&message, &insight, &links()),
            eventbridge::body(&message, &insight, &links()),
        ];
        for text in said {
            for word in ["harm", "? →", "→ ?", "beside", "dynamodb-point-in-time-recovery fails"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
    }
}

#[test]
fn one_ops_item_for_each_insight() {
    for (name, insight) in [("reactive", load_test()), ("proactive", unprotected_table())] {
        let item = ops_item::ops_item(&message(MessageType::NewInsight, &insight), &insight, &links());
        insta::assert_json_snapshot!(format!("ops_item_{name}"), item);
    }
}

#[test]
fn without_cause_and_advice_it_is_said_and_nothing_is_empty() {
    let mut insight = load_test();
    insight.causes.clear();
    insight.recommendations.clear();
    insight.events.clear();
    insight.anomalies.clear();
    let message = message(MessageType::NewInsight, &insight);
    let mail = email::text(&message, &insight, &links());
    assert!(mail.contains("WHY\nNo clear cause."), "{mail}");
    // No cause says it, so the description does.
    assert!(mail.contains(&insight.description), "{mail}");
    for heading in ["WHAT TO DO", "AFFECTED", "CHANGED", "The way there"] {
        assert!(!mail.contains(heading), "{mail}");
    }
    assert!(slack::payload(&message, &insight, &links()).to_string().contains("No clear cause."));
    let chat = chat::payload(&message, &insight, &links());
    assert_eq!(chat["content"]["nextSteps"].as_array().unwrap().len(), 1);
    let body = sns::body(&message, &insight, &links());
    assert!(body.contains("\"anomalies\":[{\"id\":\"11111111-"), "{body}");
    let recommendation = Message { message_type: MessageType::NewRecommendation, ..message };
    let body = sns::body(&recommendation, &insight, &links());
    assert!(body.contains("\"description\":\"It no longer applies.\""), "{body}");
}

#[test]
fn of_many_that_fail_one_check_twenty_are_named_and_the_rest_counted() {
    let mut insight = unprotected_table();
    let one = insight.anomalies[0].clone();
    insight.anomalies = (0..200)
        .map(|n| {
            let mut other = one.clone();
            other.id = AnomalyId(format!("{n:08}-0000-4000-8000-000000000000"));
            other.resource.name = format!("shop-table-{n}");
            other
        })
        .collect();
    let message = message(MessageType::NewInsight, &insight);
    let mail = email::text(&message, &insight, &links());
    assert_eq!(mail.matches("- shop-table-").count(), 20, "{mail}");
    assert!(mail.contains("\n- and 180 more\n"), "{mail}");
    let slack = slack::payload(&message, &insight, &links());
    let blocks = slack["blocks"].as_array().unwrap();
    let list = blocks.iter().filter_map(|b| b["text"]["text"].as_str()).find(|text| text.contains("shop-table-19"));
    let list = list.expect("a list of them");
    assert_eq!(list.matches("• shop-table-").count(), 20, "{list}");
    assert!(list.ends_with("• and 180 more") && list.chars().count() <= 3000, "{list}");
}

#[test]
fn nothing_in_a_name_gets_out_of_its_place() {
    let mut insight = load_test();
    let nasty = "<!channel> \"quoted\" & 'q'\r\nSubject: x\t日本語 → 4×\u{0} *bold*";
    insight.name = nasty.to_owned();
    insight.application = Application::new("1", "eu-central-1", Boundary::Stack { name: nasty.to_owned() });
    insight.causes[0].resource.name = nasty.to_owned();
    insight.anomalies[0].description = nasty.to_owned();
    insight.anomalies[0].of_metric_mut().unwrap().metric.key.dimensions.insert("Q\"".to_owned(), nasty.to_owned());
    let message = message(MessageType::NewInsight, &insight);

    let subject = email::subject(&message, &insight);
    assert_eq!(subject, "[HIGH] <!channel> \"quoted\" & 'q' Subject: x ??? -> 4x *bold*");
    let body: Value = serde_json::from_str(&sns::body(&message, &insight, &links())).unwrap();
    assert_eq!(body["insightName"], nasty);
    let dimensions = body["anomalies"][1]["sourceDetails"][0]["dataIdentifiers"]["dimensions"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(dimensions).unwrap()["Q\""], nasty);
    let slack = slack::payload(&message, &insight, &links());
    assert!(!slack.to_string().contains("<!"), "{slack}");
    assert!(slack["blocks"][0]["text"]["text"].as_str().unwrap().contains("&lt;!channel&gt; \"quoted\" &amp; 'q'"));
    assert!(!chat::payload(&message, &insight, &links()).to_string().contains("<!"));
    let published = sns::publish(&message, &insight, &links());
    let protocols: Value = serde_json::from_str(&published.message).unwrap();
    assert_eq!(protocols["email"].as_str().unwrap(), email::text(&message, &insight, &links()));
    assert_eq!(protocols["default"].as_str().unwrap(), sns::body(&message, &insight, &links()));
}

#[test]
fn very_long_texts_stay_within_the_limits() {
    for letter in ["x", "ü", "&", "\"", "日"] {
        let long = letter.repeat(50_000);
        let mut insight = load_test();
        insight.name = long.clone();
        insight.description = long.clone();
        insight.causes[0].reason = long.clone();
        insight.anomalies[0].description = long.clone();
        insight.events[0].name = long.clone();
        insight.recommendations =
            vec![Recommendation { description: long.clone(), reason: long, ..insight.recommendations[0].clone() }; 40];
        for kind in TYPES {
            let message = message(kind, &insight);
            let subject = email::subject(&message, &insight);
            assert!(subject.len() <= 100 && subject.is_ascii() && subject.ends_with("..."), "{subject}");
            let published = sns::publish(&message, &insight, &links());
            assert!(published.message.len() < 256 * 1024, "{} bytes", published.message.len());
            let body: Value = serde_json::from_str(&sns::body(&message, &insight, &links())).unwrap();
            assert_eq!(body["insightName"].as_str().unwrap().chars().count(), 530);
            let slack = slack::payload(&message, &insight, &links());
            let blocks = slack["blocks"].as_array().unwrap();
            let length = |block: &Value| block["text"]["text"].as_str().unwrap_or_default().chars().count();
            assert!(length(&blocks[0]) <= 150);
            assert!(blocks.iter().all(|block| length(block) <= 3000));
            let chat = chat::payload(&message, &insight, &links());
            assert!(chat["content"]["title"].as_str().unwrap().chars().count() <= 250);
            let item = ops_item::ops_item(&message, &insight, &links());
            assert!(item.title.chars().count() <= 1024 && item.description.chars().count() <= 2048);
        }
    }
}

#[test]
fn what_is_too_much_for_a_message_loses_its_least_important_anomalies() {
    let mut insight = load_test();
    let (context, cause) = (insight.anomalies[0].clone(), insight.anomalies[1].clone());
    insight.anomalies =
        (0..3000).map(|i| Anomaly { id: AnomalyId(format!("context-{i}")), ..context.clone() }).collect();
    insight.anomalies.extend((0..5).map(|i| Anomaly { id: AnomalyId(format!("cause-{i}")), ..cause.clone() }));
    let message = message(MessageType::NewInsight, &insight);
    let published = sns::publish(&message, &insight, &links());
    assert!((200 * 1024..=256 * 1024 - 2048).contains(&published.message.len()), "{}", published.message.len());
    let protocols: Value = serde_json::from_str(&published.message).unwrap();
    let told: Value = serde_json::from_str(protocols["default"].as_str().unwrap()).unwrap();
    let event: Value = serde_json::from_str(&eventbridge::body(&message, &insight, &links())).unwrap();
    for told in [told, event] {
        let ids: Vec<&str> = told["anomalies"].as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap()).collect();
        assert!((100..1000).contains(&ids.len()), "{}", ids.len());
        assert!(ids[..5].iter().all(|id| id.starts_with("cause-")), "{ids:?}");
        assert!(ids[5..].iter().all(|id| id.starts_with("context-")));
    }
    assert!(protocols["email"].as_str().unwrap().contains("and 3000 more"));
}

#[test]
fn an_escape_is_never_cut_through() {
    assert_eq!(slack::escape("a<b>&", 100), "a&lt;b&gt;&amp;");
    assert_eq!(slack::escape("a&&", 10), "a&amp;…");
    assert_eq!(slack::escape("a&&", 11), "a&amp;&amp;");
    assert_eq!(slack::escape("&&&", 4), "…");
}

#[test]
fn a_test_says_that_it_is_one_and_what_the_topic_gets() {
    let scope = Scope::new("123456789012", "eu-central-1");
    let topic = "arn:aws:sns:eu-central-1:123456789012:on-call";
    let filter = Filter::parse("high,medium", "new_insight,closed_insight").unwrap();
    let tested = sns::test(&NotificationChannel::new(&scope, topic, filter), &scope);
    let protocols: Value = serde_json::from_str(&tested.message).unwrap();
    let mail = protocols["email"].as_str().unwrap();
    insta::assert_snapshot!(format!("{}\n\n{mail}", tested.subject), @r"
    [TEST] Stackseer can reach this topic

    TEST  Stackseer can reach this topic
    eu-central-1 (account 123456789012)

    Nothing is wrong: somebody asked for this message.

    IT GETS
    - severities: high, medium
    - messages: NEW_INSIGHT, CLOSED_INSIGHT

    Channel 7489e2eb-01a5-5e87-8533-9edac896e786
    ");
    insta::assert_snapshot!(pretty(protocols["default"].as_str().unwrap()), @r#"
    {
      "accountId": "123456789012",
      "channelId": "7489e2eb-01a5-5e87-8533-9edac896e786",
      "messageType": "TEST",
      "region": "eu-central-1"
    }
    "#);
    assert_eq!(tested.attributes, [("MessageType", "TEST".to_owned())]);

    let filter = Filter { severities: [].into(), message_types: [].into() };
    let all = NotificationChannel::new(&scope, topic, filter);
    assert!(email::test(&all, &scope).contains("- severities: all\n- messages: all\n"));
}
