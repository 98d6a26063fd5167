use super::*;
use stackseer_model::{Boundary, ResourceId, Scope, Sensitivities, Sensitivity};

const METRIC: &str = "AWS/Lambda Errors Sum FunctionName=checkout";

fn application(name: &str) -> Application {
    Application::new("123456789012", "eu-west-1", Boundary::Stack { name: name.to_owned() })
}

fn config(text: &str) -> Config {
    Config::parse(Path::new("stackseer.toml"), text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_what_to_write() {
    let wrong = [
        "[[sensitivity]]\napplication = \"shop\"\nsensitivty = \"low\"\n",
        "[[sensitivities]]\napplication = \"shop\"\n",
        "[[sensitivity]]\napplication = \"shop\"\nsensitivity = \"lowest\"\n",
        "[[sensitivity]]\napplication = \"shop\"\n",
        "\n[[sensitivity]]\nsensitivity = \"low\"\n",
        "[[sensitivity]]\nresource = \"a\"\nmetric = \"b\"\nsensitivity = \"low\"\n",
        "[[sensitivity]]\nmetric = \"\"\nsensitivity = \"low\"\n",
        "[[sensitivity]]\ncheck = \"a\"\nsensitivity = \"low\"\n",
        "[[mute]]\napplication = \"shop\"\n",
        "[[mute]]\napplication = \"shop\"\nreason = \" \"\n",
        "[[mute]]\nreason = \"upgrades\"\n",
        "[[mute]]\ncheck = \"a\"\nreason = \"b\"\nfrom = 2026-11-25\nuntil = 2026-11-24\n",
        "[[mute]]\ncheck = \"a\"\nreason = \"b\"\nuntil = \"tomorrow\"\n",
        "[[mute]]\ncheck = \"a\"\nreason = \"b\"\nuntil = 10:00:00\n",
        "[[mute]]\ncheck = \"a\"\nreason = \"b\"\nwindow = { cron = \"at two\", minutes = 60 }\n",
        "[[mute]]\ncheck = \"a\"\nreason = \"b\"\nwindow = { cron = \"0 2 * * *\", minutes = 0 }\n",
        "[[mute]]\ncheck = \"a\"\nreason = \"b\"\nwindow = { cron = \"0 2 * * *\" }\n",
        "[[mute]]\ncheck = \"a\"\nreason = \"b\"\n[mute.window]\ncron = \"0 2 * * *\"\nminutes = 60\ntime_zone = \"Mars\"\n",
        "[[mute]\n",
    ];
    let said: Vec<String> =
        wrong.iter().map(|text| Config::parse(Path::new("stackseer.toml"), text).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn its_rows_are_settings_like_any_others_and_those_of_another_application_are_none() {
    let config = config(&format!(
        r#"
[[sensitivity]]
application = "shop"
sensitivity = "high"

[[sensitivity]]
resource = "AWS::Lambda::Function/checkout"
sensitivity = "medium"
until = 2026-12-01

[[sensitivity]]
metric = "{METRIC}"
sensitivity = "low"

[[sensitivity]]
application = "billing"
sensitivity = "low"

[[mute]]
application = "shop"
reason = "upgrades"
window = {{ cron = "0 2 * * SUN", minutes = 120, time_zone = "Europe/Berlin" }}

[[mute]]
application = "billing"
reason = "load test"
"#
    ));
    let shop = application("shop");
    let settings = config.over(Settings::default(), &shop);
    let held = |settings: &Settings, now: &str, resource: &str, metric: &str| {
        settings.sensitivities(at(now)).of(&shop.id, &ResourceId(resource.to_owned()), metric)
    };
    let checkout = "AWS::Lambda::Function/checkout";
    assert_eq!(held(&settings, "2026-11-25T12:00:00Z", checkout, METRIC), Some(Sensitivity::Low));
    assert_eq!(held(&settings, "2026-11-25T12:00:00Z", checkout, "another"), Some(Sensitivity::Medium));
    assert_eq!(held(&settings, "2026-12-01T00:00:00Z", checkout, "another"), Some(Sensitivity::High));
    let mutes: Vec<&Mute> = settings.mutes.values().collect();
    assert_eq!((mutes.len(), mutes[0].by.as_str(), mutes[0].reason.as_str()), (1, "stackseer.toml", "upgrades"));
    assert_eq!(mutes[0].what, Quiet::Application { id: shop.id.clone() });

    let other = config.over(Settings::default(), &application("payments"));
    assert!(other.mutes.is_empty());
    assert_eq!(other.sensitivities.len(), 2, "a resource and a metric are what they are in any application");
    assert_eq!(config.sensitivity_of(&shop, at("2026-12-01T00:00:00Z")), Some(Sensitivity::High));
    assert_eq!(config.sensitivity_of(&application("payments"), at("2026-12-01T00:00:00Z")), None);
    let without = config.without_the_application_s(&shop).over(Settings::default(), &shop);
    assert_eq!(held(&without, "2026-12-01T00:00:00Z", checkout, "another"), None);
}

#[test]
fn where_the_store_says_something_of_the_same_the_file_holds() {
    let shop = application("shop");
    let scope: Scope = shop.scope();
    let mut kept = Settings::default();
    for (key, level) in [(METRIC, Sensitivity::High), ("another", Sensitivity::High)] {
        let own = OwnSensitivity::new(&scope, Judged::Metric { key: key.to_owned() }, level, None, "ann");
        kept.sensitivities.insert(own.id.clone(), own);
    }
    let both = config(&format!("[[sensitivity]]\nmetric = \"{METRIC}\"\nsensitivity = \"low\"\n")).over(kept, &shop);
    let held: Sensitivities<'_> = both.sensitivities(at("2026-11-25T12:00:00Z"));
    let of = |metric: &str| held.of(&shop.id, &ResourceId("checkout".into()), metric);
    assert_eq!((of(METRIC), of("another")), (Some(Sensitivity::Low), Some(Sensitivity::High)));
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let said = format!("{:#}", Config::read(Some(Path::new("no-such.toml"))).unwrap_err());
    assert!(said.starts_with("can't read no-such.toml"), "{said}");
}
