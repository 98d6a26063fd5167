//! The parameters that somebody set, group by group. A default group has none, and nobody asks for it.

use super::super::Live;
use super::super::reading::Reading;
use super::{CLUSTER, INSTANCE};
use crate::signed::text;
use serde_json::{Map, Value, json};
use stackseer_model::Resource;
use stackseer_model::ports::PortError;
use std::collections::{BTreeMap, BTreeSet};

/// Type, action, what the group is called in the call.
const GROUPS: [(&str, &str, &str); 2] = [
    (INSTANCE, "rds:DescribeDBParameters", "DBParameterGroupName"),
    (CLUSTER, "rds:DescribeDBClusterParameters", "DBClusterParameterGroupName"),
];

impl Live {
    pub(super) async fn parameters(&self, reading: &mut Reading<'_>) {
        for (cfn, action, named) in GROUPS {
            let key = |r: &Resource| r.arn.clone().unwrap_or_else(|| r.name.clone());
            let group = |r: &Resource| r.known("parameter_group").map(str::to_owned);
            let members: Vec<(String, String)> =
                reading.members(cfn).filter_map(|r| Some((key(r), group(r)?))).collect();
            let own: BTreeSet<String> = members.iter().map(|(_, group)| group.clone()).collect();
            let own: Vec<String> = own.into_iter().filter(|group| !group.starts_with("default.")).collect();
            let read = |group| self.user_set(action, named, group);
            let read: BTreeMap<String, Value> =
                reading.each(&own, "parameters", "RDS parameter group", read).await.into_iter().collect();
            let nothing = json!({"": "nothing"});
            let said = members.into_iter().filter_map(|(arn, group)| match group.starts_with("default.") {
                true => Some((arn, &nothing)),
                false => Some((arn, read.get(&group)?)),
            });
            reading.set_answers(action, said.collect::<Vec<_>>());
        }
    }

    async fn user_set(&self, action: &str, named: &str, group: &str) -> Result<Value, PortError> {
        let listed = self.signed.list(action, json!({named: group, "Source": "user"}), "/Parameters/Parameter").await?;
        let parameters = listed.iter().map(|p| (text(&p["ParameterName"]), p["ParameterValue"].clone()));
        let mut parameters: Map<String, Value> = parameters.collect();
        parameters.insert(String::new(), Value::from(group));
        Ok(Value::Object(parameters))
    }
}
