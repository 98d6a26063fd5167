//! The commands for people, as they are typed, over the state that scans keep.

use serde_json::Value;
use stackseer_aws::store::{DynamoStore, make_table, store_over};
use stackseer_embedded::Engine;
use stackseer_model::ports::{Ask, AuditLog, LearningStore, Store};
use stackseer_model::*;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const WHO: &str = "ann";
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:on-call";

fn shop() -> Application {
    Application::new("123456789012", "eu-west-1", Boundary::Stack { name: "shop".to_owned() })
}

fn now() -> Timestamp {
    Timestamp::now()
}

fn insight() -> Insight {
    let at = now();
    Insight {
        id: InsightId("11111111-1111-5111-8111-111111111111".to_owned()),
        name: "Anomalous increase in Lambda checkout duration".to_owned(),
        nature: Nature::Reactive { pattern: None, impact: None },
        subject: Subject { what: String::new(), resource: None },
        severity: Severity::High,
        status: Status::Ongoing,
        start_time: at,
        end_time: None,
        open_time: at,
        update_time: at,
        application: shop(),
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

/// A state as a scan of the shop leaves it, with one insight open.
struct Scanned {
    folder: tempfile::TempDir,
}

impl Scanned {
    async fn new() -> Self {
        let scanned = Self { folder: tempfile::tempdir().unwrap() };
        let store = scanned.store();
        let learning = Learning {
            at: now(),
            complete: true,
            inventory: Inventory::default(),
            metrics: vec![],
            baselines: Default::default(),
            unseen: Default::default(),
            watching: vec![],
        };
        store.keep_learning(&shop(), &learning).await.unwrap();
        store.commit(&shop(), 0, &[insight()], &[]).await.unwrap();
        store.keep_scope(&shop().scope(), now()).await.unwrap();
        scanned
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("state.db")
    }

    fn store(&self) -> DynamoStore {
        let engine = Engine::open(&self.file(), &make_table()).unwrap();
        store_over(move |operation, request| engine.answer(operation, request))
    }

    fn run(&self, line: &str) -> Output {
        let mut args = vec![];
        // A quoted argument is one.
        for (index, part) in line.split('\'').enumerate() {
            match index % 2 {
                0 => args.extend(part.split_whitespace()),
                _ => args.push(part),
            }
        }
        Command::new(env!("CARGO_BIN_EXE_stackseer"))
            .args(args)
            .env_clear()
            .env("USER", WHO)
            .env("STACKSEER_STATE", self.file())
            .stdin(Stdio::null())
            .output()
            .expect("it starts")
    }

    /// What is printed for people.
    fn text(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// And for programs.
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.text(&format!("{line} --output json"))).expect("JSON")
    }

    /// Exit code and reason; nothing else is printed.
    fn refused(&self, line: &str) -> (i32, String) {
        let output = self.run(line);
        assert!(output.stdout.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stdout));
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// What was done, the last first, each by who did it.
    async fn audit(&self) -> Vec<String> {
        let entries = self.store().list_audit(&shop().scope(), &Ask::newest(100)).await.unwrap().items;
        assert!(entries.iter().all(|entry| entry.who == WHO), "{entries:?}");
        entries.into_iter().map(|entry| entry.what).collect()
    }
}

#[tokio::test]
async fn an_insight_is_acknowledged_assigned_and_noted_on_and_each_is_taken_back() {
    let scanned = Scanned::new().await;
    let id = insight().id.to_string();
    assert_eq!(scanned.text("ack 1111"), format!("{id} is acknowledged by {WHO}\n"));
    assert_eq!(scanned.json("ack 1111")["Acknowledgement"]["By"], WHO);
    assert_eq!(scanned.text("assign 1111 bob"), format!("{id} is bob's\n"));
    assert_eq!(scanned.json("assign 1111 carl")["Assignee"], "carl");
    assert!(scanned.text("note 1111 'rolled back the deployment'").starts_with(&format!("noted on {id} as ")));
    let note = scanned.json("note 1111 'looks better'")["Note"].clone();
    assert_eq!((&note["Text"], &note["By"]), (&"looks better".into(), &WHO.into()));

    let shown = scanned.text("insight 1111");
    for part in ["carl", WHO, "rolled back the deployment", "looks better"] {
        assert!(shown.contains(part), "no {part} in:\n{shown}");
    }

    scanned.text("ack 1111 --undo");
    scanned.text("assign 1111 --nobody");
    scanned.text(&format!("note 1111 --delete {}", note["Id"].as_str().unwrap()));
    let left = scanned.json("insight 1111")["ReactiveInsight"].clone();
    assert_eq!((&left["Acknowledgement"], &left["Assignee"]), (&Value::Null, &Value::Null));
    assert_eq!(left["Notes"].as_array().map(Vec::len), Some(1));

    let said = scanned.audit().await;
    assert_eq!(said.len(), 9, "{said:?}");
    for what in ["Acknowledged", "Assigned to bob:", "Assigned to nobody:", "Wrote a note on", "Took a note off"] {
        assert!(said.iter().any(|entry| entry.starts_with(what) && entry.contains(&id)), "no {what} in {said:?}");
    }
}

#[tokio::test]
async fn channels_are_added_listed_and_removed_but_a_scan_has_nobody_to_tell() {
    let scanned = Scanned::new().await;
    assert!(scanned.text("channels").contains("Nobody is told"));
    let added = scanned.text(&format!("channels add {TOPIC} --severity high --message new-insight"));
    let id = added.trim().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(added, format!("{TOPIC} is told, as channel {id}\n"));
    let listed = scanned.text("channels");
    assert!(listed.contains(TOPIC) && listed.contains("only NEW_INSIGHT, HIGH") && listed.contains(&id), "{listed}");
    let channel = scanned.json("channels")["Channels"][0].clone();
    assert_eq!((&channel["Id"], &channel["Config"]["Sns"]["TopicArn"]), (&id.as_str().into(), &TOPIC.into()));

    let (code, said) = scanned.refused(&format!("channels add {TOPIC}"));
    assert_eq!((code, said.trim()), (1, format!("stackseer: There is a channel for {TOPIC} already").as_str()));
    let (code, said) = scanned.refused(&format!("channels test {id}"));
    assert!(code == 1 && said.contains("Nothing is sent from here"), "{said}");
    assert_eq!(scanned.refused("channels add queue").0, 1);
    assert_eq!(scanned.refused(&format!("channels add {TOPIC} --severity urgent")).0, 2);

    assert_eq!(scanned.text(&format!("channels remove {id}")), format!("the channel {id} is told nothing more\n"));
    let (code, said) = scanned.refused(&format!("channels remove {id}"));
    assert!(code == 1 && said.contains("not found"), "{said}");
    let mut said = scanned.audit().await;
    said.sort_unstable();
    assert_eq!(said, [format!("Added the channel {TOPIC}"), format!("Removed the channel {TOPIC}")]);
}

#[tokio::test]
async fn what_is_muted_is_listed_with_why_how_long_and_in_which_window() {
    let scanned = Scanned::new().await;
    assert!(scanned.text("mute").contains("Nothing is muted."));
    let for_now = scanned.json("mute add --application shop --reason 'load test' --hours 2")["Mute"].clone();
    let hours = for_now["Until"].as_f64().unwrap() - for_now["From"].as_f64().unwrap();
    assert!((7190.0..=7210.0).contains(&hours), "{for_now}");
    assert_eq!(for_now["What"]["Application"], shop().id.as_str());

    let window = "--window '0 2 * * SUN' --minutes 120 --time-zone Europe/Berlin";
    let nightly = scanned.text(&format!("mute add --check sqs-lambda-no-dead-letter-queue --reason upgrades {window}"));
    assert!(nightly.contains("for 120 minutes from `0 2 * * SUN` on, Europe/Berlin"), "{nightly}");
    let by_utc = scanned.json("mute add --resource shop-queue --reason upgrades --window '30 3 * * *' --minutes 15");
    assert_eq!(by_utc["Mute"]["Window"]["TimeZone"], "UTC");

    let listed = scanned.text("mute");
    for part in ["load test", "upgrades", "120 minutes at `0 2 * * SUN` Europe/Berlin", "by ann"] {
        assert!(listed.contains(part), "no {part} in:\n{listed}");
    }
    assert_eq!(scanned.json("mute")["Mutes"].as_array().map(Vec::len), Some(3));
    let id = for_now["Id"].as_str().unwrap();
    assert_eq!(scanned.text(&format!("mute remove {id}")), format!("the mute {id} has ended\n"));
    assert_eq!(scanned.json("mute")["Mutes"].as_array().map(Vec::len), Some(2));
    let said = scanned.audit().await;
    // Those of one second come in any order.
    assert_eq!((said.len(), said.contains(&format!("Ended the mute {id}"))), (4, true), "{said:?}");
}

#[tokio::test]
async fn a_mute_that_can_t_be_is_refused_with_what_to_write() {
    let scanned = Scanned::new().await;
    for (line, code, hint) in [
        ("mute add --application shop", 2, "--reason"),
        ("mute add --reason x", 2, "--application"),
        ("mute add --application shop --reason x --window '0 2 * * *'", 2, "--minutes"),
        ("mute add --application shop --reason x --minutes 5", 2, "--window"),
        ("mute add --application shop --reason x --time-zone UTC", 2, "--window"),
        ("mute add --application shop --reason x --window 'every night at two' --minutes 5", 1, "five fields"),
        ("mute add --application shop --reason x --window '0 2 * * *' --minutes 5 --time-zone Mars", 1, "time zone"),
        ("mute add --application bakery --reason x", 1, "there are: shop"),
        ("mute remove nothing", 1, "not found"),
    ] {
        let (refused, said) = scanned.refused(line);
        assert!(refused == code && said.contains(hint), "{line}: {refused} {said}");
    }
    assert_eq!(scanned.audit().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_sensitivity_of_an_application_a_resource_or_a_metric_is_set_listed_and_unset() {
    let scanned = Scanned::new().await;
    assert_eq!(scanned.text("sensitivity"), "Everything is watched with medium sensitivity.\n");
    let metric = "--metric 'AWS/Lambda Errors Sum FunctionName=checkout'";
    let said = scanned.text(&format!("sensitivity set low {metric}"));
    assert_eq!(said, "AWS/Lambda Errors Sum FunctionName=checkout has low sensitivity from the next look on\n");
    let for_now = scanned.json("sensitivity set high --application shop --days 30")["Sensitivity"].clone();
    assert_eq!(for_now["What"]["Application"], shop().id.as_str());
    let days = (for_now["Until"].as_f64().unwrap() - now().as_second() as f64) / 86_400.0;
    assert!((29.9..=30.1).contains(&days), "{for_now}");
    scanned.text("sensitivity set medium --resource AWS::Lambda::Function/checkout");
    // Another takes its place.
    scanned.text(&format!("sensitivity set high {metric}"));

    let listed = scanned.text("sensitivity");
    for part in ["FunctionName=checkout\n    high, by ann", "Function/checkout\n    medium, by ann", "high until "] {
        assert!(listed.contains(part), "no {part} in:\n{listed}");
    }
    assert!(listed.ends_with("Everything else has medium sensitivity.\n"), "{listed}");
    assert_eq!(scanned.json("sensitivity")["Sensitivities"].as_array().map(Vec::len), Some(3));
    assert_eq!(scanned.text("sensitivity unset --application shop"), "the sensitivity of shop is taken back\n");
    assert_eq!(scanned.json("sensitivity")["Sensitivities"].as_array().map(Vec::len), Some(2));
    let said = scanned.audit().await;
    assert_eq!(said.len(), 5, "{said:?}");
    for what in ["Set the sensitivity of the metric AWS/Lambda", "Took the sensitivity of the application"] {
        assert!(said.iter().any(|entry| entry.starts_with(what)), "no {what} in {said:?}");
    }

    for (line, code, hint) in [
        ("sensitivity set low", 2, "--application"),
        ("sensitivity set lowest --application shop", 2, "medium"),
        ("sensitivity set low --application shop --metric x", 2, "--metric"),
        ("sensitivity set low --application bakery", 1, "there are: shop"),
        ("sensitivity unset --resource nothing", 1, "no sensitivity is set of nothing"),
    ] {
        let (refused, said) = scanned.refused(line);
        assert!(refused == code && said.contains(hint), "{line}: {refused} {said}");
    }
    assert_eq!(scanned.audit().await.len(), 5);
}

#[tokio::test]
async fn what_is_set_becomes_what_the_file_says_once_it_is_asked_for() {
    let scanned = Scanned::new().await;
    let file = scanned.folder.path().join("stackseer.toml");
    let apply = |more: &str| scanned.text(&format!("settings apply --config '{}' {more}", file.display()));
    let (metric, resource) = ("AWS/Lambda Errors Sum FunctionName=checkout", "AWS::Lambda::Function/checkout");
    let window = "window = { cron = \"0 2 * * SUN\", minutes = 60, time_zone = \"Europe/Berlin\" }";
    let rows = format!(
        "[[sensitivity]]\napplication = \"shop\"\nsensitivity = \"low\"\nuntil = 2126-01-01\n\
         [[sensitivity]]\nmetric = \"{metric}\"\nsensitivity = \"high\"\n\
         [[sensitivity]]\nresource = \"{resource}\"\nsensitivity = \"high\"\nuntil = 2026-01-01\n\
         [[mute]]\napplication = \"shop\"\nreason = \"upgrades\"\n{window}\n"
    );
    std::fs::write(&file, rows).unwrap();
    scanned.text(&format!("sensitivity set low --metric '{metric}'"));
    scanned.text("mute add --check sqs-lambda-no-dead-letter-queue --reason 'as we want it'");
    let before = scanned.audit().await.len();

    let id = shop().id;
    let planned = format!(
        "+ low sensitivity of application {id}\n+ high sensitivity of metric {metric}\n+ mute of application {id}: upgrades\n\
         - mute of check sqs-lambda-no-dead-letter-queue, by ann: as we want it\n"
    );
    assert_eq!(apply(""), format!("{planned}3 to set, 1 to take back; --yes does it.\n"));
    assert_eq!(scanned.audit().await.len(), before, "nothing is done yet");
    assert_eq!(apply("--yes"), format!("{planned}3 set, 1 taken back.\n"));
    assert_eq!(apply(""), "What is set is what the file says.\n");
    assert_eq!(scanned.audit().await.len(), before + 4);
    let mutes = scanned.json("mute")["Mutes"].clone();
    assert_eq!((mutes.as_array().map(Vec::len), &mutes[0]["Window"]["TimeZone"]), (Some(1), &"Europe/Berlin".into()));

    std::fs::write(&file, "").unwrap();
    assert!(apply("").ends_with("0 to set, 3 to take back; --yes does it.\n"));
    std::fs::remove_file(&file).unwrap();
    let (code, said) = scanned.refused(&format!("settings apply --config '{}' --yes", file.display()));
    assert!(code == 1 && said.contains("can't read"), "{said}");
    assert_eq!(scanned.json("sensitivity")["Sensitivities"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn what_is_not_there_or_not_whole_is_said() {
    let scanned = Scanned::new().await;
    for (line, code, hint) in [
        ("ack zzz", 1, "no insight's id begins with zzz"),
        ("assign 1111", 2, "--nobody"),
        ("assign 1111 bob --nobody", 2, "--nobody"),
        ("note 1111", 2, "TEXT"),
        ("note 1111 --delete 00000000-0000-5000-8000-000000000000", 1, "not found"),
        ("ack 1111 --state no-such.db", 1, "nothing was scanned yet"),
    ] {
        let (refused, said) = scanned.refused(line);
        assert!(refused == code && said.contains(hint), "{line}: {refused} {said}");
    }
    assert_eq!(scanned.audit().await, Vec::<String>::new());
}
