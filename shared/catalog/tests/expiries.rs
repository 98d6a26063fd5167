//! What ends on a known day, from the dates that checks ask about.

use stackseer_catalog::{Catalog, Ending};
use stackseer_model::{Attribute, Inventory, Resource, Timestamp};

const CERTIFICATES: &str = r#"
type = "Custom::Certificate"
label = "Certificate"
kind = "Certificate"
node = "sync"

[[attribute]]
name = "valid_until"
property = ["/ValidUntil"]
"#;

fn check(resource_type: &str, attribute: &str, more: &str, within: &str) -> String {
    format!(
        r#"
title = "It ends in {{application}}"
description = "{{resource}} ends {{left}}."
severity = "low"
resource_type = "{resource_type}"

[[when]]
at = "itself"
attribute = "{attribute}"
is = "ends"
{more}
within = "{within}"

[recommendation]
name = "Renew it"
description = "Now."
reason = "It ends {{left}}."
"#
    )
}

fn catalog() -> Catalog {
    let file = |path: &str, text: String| (path.to_owned(), text);
    Catalog::with_user_files(&[
        file("resources/certificate.toml", CERTIFICATES.to_owned()),
        file("checks/certificate-soon.toml", check("Custom::Certificate", "valid_until", "", "14 days")),
        file("checks/certificate-early.toml", check("Custom::Certificate", "valid_until", "", "60 days")),
        file(
            "checks/runtime-early.toml",
            check("AWS::Lambda::Function", "runtime", "table = \"lambda-runtimes\"", "300 days"),
        ),
    ])
    .unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn resource(of: &str, name: &str, attribute: &str, value: Option<Attribute>) -> Resource {
    let mut resource = Resource::new(of, name);
    if let Some(value) = value {
        resource.attributes.insert(attribute.to_owned(), value);
    }
    resource
}

fn known(value: &str) -> Option<Attribute> {
    Some(Attribute::Known(value.to_owned()))
}

#[test]
fn what_ends_stands_by_its_day_and_what_is_not_known_last() {
    let certificate = |name: &str, value| resource("Custom::Certificate", name, "valid_until", value);
    let function = |name: &str, value| resource("AWS::Lambda::Function", name, "runtime", value);
    let resources = vec![
        certificate("later", known("2031-05-01")),
        certificate("soon", known("2026-12-24T10:00:00Z")),
        certificate("none", Some(Attribute::Unset)),
        certificate("odd", known("soon")),
        function("old", known("nodejs16.x")),
        function("own", known("provided.al1999")),
        function("image", Some(Attribute::Unset)),
        function("hidden", Some(Attribute::Unknown("access denied".to_owned()))),
        function("unread", None),
    ];
    let found = catalog().expiries(&Inventory { resources, ..Inventory::default() });
    let said: Vec<String> = found
        .iter()
        .map(|e| match &e.ends {
            Ending::At { at, next, .. } => {
                let next = next.as_deref().map_or_else(String::new, |next| format!(" → {next}"));
                format!("{} {} of {}{next}", at.strftime("%F"), e.what, e.resource.name)
            }
            Ending::Unknown { because: why } => format!("? {} of {}: {why}", e.what, e.resource.name),
        })
        .collect();
    assert_eq!(
        said,
        [
            "2024-06-12 runtime nodejs16.x of old → nodejs24.x",
            "2026-12-24 valid until of soon",
            "2031-05-01 valid until of later",
            "? runtime of hidden: access denied",
            "? runtime of unread: it was not read",
            "? runtime provided.al1999 of own: no end of provided.al1999 is published",
            "? valid until of odd: soon is no date",
        ]
    );
}

#[test]
fn of_two_checks_on_one_date_the_earlier_to_tell_is_named_once() {
    let resources = vec![resource("Custom::Certificate", "api", "valid_until", known("2027-01-01"))];
    let found = catalog().expiries(&Inventory { resources, ..Inventory::default() });
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].check.as_str(), found[0].within_days), ("certificate-early", 60));
    assert_eq!(found[0].at(), "2027-01-01T00:00:00Z".parse::<Timestamp>().ok());
}

/// Every date that a check of the catalogue warns of is in the list.
#[test]
fn the_checks_and_the_list_know_the_same_dates() {
    let catalog = Catalog::builtin();
    for check in catalog.checks() {
        let asks = check.predicates().any(|predicate| format!("{:?}", predicate.test).contains("Ends("));
        let mut resource = Resource::new(&check.resource_type, "one");
        check.only.iter().for_each(|(attribute, value)| resource.set(attribute, value.as_str()));
        let found = catalog.expiries(&Inventory { resources: vec![resource], ..Inventory::default() });
        assert!(!asks || !found.is_empty(), "{} warns of a date that the list does not have", check.id);
    }
}
