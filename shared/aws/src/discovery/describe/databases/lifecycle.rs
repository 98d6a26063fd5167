//! Until when AWS supports an engine's major version.

use super::super::Live;
use super::super::answers::List;
use super::super::reading::{Fields, Reading, count};
use super::{CLUSTER, INSTANCE};
use crate::signed::{each, text};
use serde_json::Value;

static VERSIONS: List = List {
    action: "rds:DescribeDBMajorEngineVersions",
    input: &[],
    items: "/DBMajorEngineVersions/DBMajorEngineVersion",
};

impl Live {
    pub(super) async fn lifecycles(&self, reading: &mut Reading<'_>) {
        let members: Vec<(String, Option<(String, String)>)> = [INSTANCE, CLUSTER]
            .iter()
            .flat_map(|cfn| reading.members(cfn))
            .map(|r| {
                let version = r.known("engine").zip(r.known("engine_version"));
                let version = version.map(|(engine, version)| (engine.to_owned(), version.to_owned()));
                (r.arn.clone().unwrap_or_else(|| r.name.clone()), version)
            })
            .collect();
        match self.listed(&VERSIONS).await {
            Ok(listed) => {
                let of = |version: &(String, String)| ends(&listed, &version.0, &version.1);
                let read = members.iter().filter_map(|(arn, version)| Some((arn.clone(), of(version.as_ref()?)?)));
                reading.set(VERSIONS.action, read.collect::<Vec<_>>());
            }
            Err(error) => {
                reading.set(VERSIONS.action, []);
                reading.miss(format!("end of support of {}", count(members.len(), "RDS database")), &error);
            }
        }
    }
}

/// None: AWS says nothing of this version.
fn ends(listed: &[Value], engine: &str, version: &str) -> Option<Fields> {
    let is_of = |major: &str| version.strip_prefix(major).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let own = listed.iter().find(|v| v["Engine"] == engine && is_of(&text(&v["MajorEngineVersion"])))?;
    let end = |support: &str| {
        let lifecycles = each(own.pointer("/SupportedEngineLifecycles/SupportedEngineLifecycle"));
        let mut named = lifecycles.filter(|l| text(&l["LifecycleSupportName"]).ends_with(support));
        named.find_map(|l| l.get("LifecycleSupportEndDate").map(text))
    };
    Some(Fields::from([
        ("StandardSupportEnds".to_owned(), end("standard-support")),
        ("ExtendedSupportEnds".to_owned(), end("extended-support")),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_version_ends_with_its_major_one() {
        let lifecycle = |name: &str, end: &str| json!({"LifecycleSupportName": name, "LifecycleSupportEndDate": end});
        let major = |engine: &str, version: &str| {
            json!({"Engine": engine, "MajorEngineVersion": version, "SupportedEngineLifecycles": {
            "SupportedEngineLifecycle": [
                lifecycle("open-source-rds-standard-support", "2026-07-31T23:59:59.999Z"),
                lifecycle("open-source-rds-extended-support", "2029-07-31T23:59:59.999Z"),
            ]}})
        };
        let listed = [major("mysql", "8.0"), major("postgres", "13")];
        let ends = |engine, version| ends(&listed, engine, version).map(|f| f["StandardSupportEnds"].clone().unwrap());
        assert_eq!(ends("mysql", "8.0.40").as_deref(), Some("2026-07-31T23:59:59.999Z"));
        assert!(ends("postgres", "13.9").is_some() && ends("postgres", "13").is_some());
        assert_eq!(ends("postgres", "130.1"), None);
        assert_eq!(ends("mariadb", "8.0.40"), None);
    }
}
