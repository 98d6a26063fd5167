//! Over the demo's store at the end of its day.

use super::*;
use crate::args::{Args, Command};
use crate::commands::console::live;
use clap::Parser;
use tokio::sync::OnceCell;

/// One for all tests, with the folder in which its store is.
async fn demo() -> &'static Asked {
    static DEMO: OnceCell<(Asked, tempfile::TempDir)> = OnceCell::const_new();
    let made = DEMO.get_or_init(|| async {
        let (answers, folder) = live::at_end(1).await.expect("the demo runs");
        (Asked::over(answers), folder)
    });
    &made.await.0
}

async fn tell_line(asked: &Asked, line: &str) -> Result<Told> {
    let args = Args::try_parse_from(line.split_whitespace()).expect("a command line");
    let Command::Person(command) = args.command else { panic!("{line} is no command for people") };
    let how = How { width: Width::Columns(100), verbose: args.global.verbose, series: args.global.series };
    tell(asked, &command, &how).await
}

async fn text(asked: &Asked, line: &str) -> String {
    let told = tell_line(asked, line).await.unwrap_or_else(|error| panic!("{line}: {error:#}"));
    anstream::adapter::strip_str(&told.text).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_read() {
    let asked = demo().await;
    insta::assert_snapshot!("insights", text(asked, "stackseer insights --status any").await);
    insta::assert_snapshot!("resources", text(asked, "stackseer resources").await);
    insta::assert_snapshot!("changes", text(asked, "stackseer changes --days 1").await);
    insta::assert_snapshot!("topology", text(asked, "stackseer topology shop").await);
    assert_eq!(text(asked, "stackseer insights --application shop").await, text(asked, "stackseer insights").await);

    let all = tell_line(asked, "stackseer insights --status closed").await.unwrap().answer;
    let cut = all["ReactiveInsights"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["Name"].as_str().unwrap().contains("shop-orders writes"));
    let id = cut.expect("the demo's second incident")["Id"].as_str().unwrap();
    let by_beginning = text(asked, &format!("stackseer insight {}", &id[..8])).await;
    assert_eq!(by_beginning, text(asked, &format!("stackseer insight {id}")).await);
    insta::assert_snapshot!("insight", by_beginning);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_an_error_that_says_what_is() {
    let asked = demo().await;
    for (line, said) in [
        ("stackseer insight zzz", "no insight's id begins with zzz"),
        ("stackseer insight 00000000-0000-4000-8000-000000000000", "not found"),
        ("stackseer topology billing", "there are: shop"),
    ] {
        let error = format!("{:#}", tell_line(asked, line).await.err().expect("an error"));
        assert!(error.contains(said), "{line}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_the_api_s_own_answer() {
    let asked = demo().await;
    let whole = tell_line(asked, "stackseer insights --status any --output json").await.unwrap().answer;
    let direct = asked
        .ask(
            axum::http::Method::POST,
            "/insights",
            serde_json::json!({"StatusFilter": {"Any": {"Type": "PROACTIVE", "StartTimeRange": {"FromTime": 0}}}}),
        )
        .await;
    assert_eq!(whole["ProactiveInsights"], direct.unwrap()["ProactiveInsights"]);
    let id = whole["ReactiveInsights"][0]["Id"].as_str().unwrap();
    let with = |line: &str| format!("stackseer insight {id}{line}");
    let plain = tell_line(asked, &with("")).await.unwrap().answer;
    assert!(plain["Anomalies"].as_array().unwrap().iter().all(|a| a.get("Series").is_none()));
    assert_eq!(plain["ReactiveInsight"]["Id"], id);
}
