//! How large the machine of an instance is.

use super::super::Live;
use super::super::reading::{Reading, count};
use super::INSTANCE;
use crate::signed::text;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ACTION: &str = "ec2:DescribeInstanceTypes";
/// As many as one call takes.
const MOST: usize = 100;

impl Live {
    pub(super) async fn classes(&self, reading: &mut Reading<'_>) {
        let members: Vec<(String, String)> = reading
            .members(INSTANCE)
            .filter_map(|r| Some((r.arn.clone()?, r.known("instance_class")?.strip_prefix("db.")?.to_owned())))
            .filter(|(_, class)| class != "serverless")
            .collect();
        if members.is_empty() {
            return;
        }
        let mut classes: Vec<&String> = members.iter().map(|(_, class)| class).collect();
        classes.sort();
        classes.dedup();
        classes.truncate(MOST);
        // Some classes are RDS's own, and one that EC2 doesn't know would fail the call: a filter leaves it out.
        let values = classes.iter().enumerate().map(|(i, c)| (format!("Filter.1.Value.{}", i + 1), json!(c)));
        let mut input: Value = values.collect();
        input["Filter.1.Name"] = json!("instance-type");
        match self.signed.list(ACTION, input, "/instanceTypeSet/item").await {
            Ok(listed) => {
                let by_class: BTreeMap<String, &Value> = listed.iter().map(|t| (text(&t["instanceType"]), t)).collect();
                let of = |(arn, class): &(String, String)| Some((arn.clone(), *by_class.get(class)?));
                reading.set_answers(ACTION, members.iter().filter_map(of));
            }
            Err(error) => {
                reading.set_answers(ACTION, []);
                reading.miss(format!("size of {}", count(members.len(), "RDS instance")), &error);
            }
        }
    }
}
