//! RDS instances and clusters: what several of its answers say together.

mod classes;
mod connections;
mod lifecycle;
mod parameters;

use super::Live;
use super::answers::List;
use super::reading::{Reading, count};
use crate::signed::{each, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const INSTANCE: &str = "AWS::RDS::DBInstance";
pub(super) const CLUSTER: &str = "AWS::RDS::DBCluster";

static INSTANCES: List = List { action: "rds:DescribeDBInstances", input: &[], items: "/DBInstances/DBInstance" };

impl Live {
    pub(super) async fn of_databases(&self, reading: &mut Reading<'_>) {
        let members = reading.of_type(INSTANCE).len() + reading.of_type(CLUSTER).len();
        if members == 0 {
            return;
        }
        let clusters: Vec<(String, String)> =
            reading.members(CLUSTER).filter_map(|c| Some((c.arn.clone()?, c.name.clone()))).collect();
        match self.listed(&INSTANCES).await {
            Ok(listed) => {
                let of_clusters: Vec<(String, Value)> =
                    clusters.into_iter().map(|(arn, name)| (arn, members_of(&listed, &name))).collect();
                let own = listed.iter().map(|instance| (text(&instance["DBInstanceArn"]), instance));
                let of_clusters = of_clusters.iter().map(|(arn, said)| (arn.clone(), said));
                reading.set_answers(INSTANCES.action, own.chain(of_clusters));
            }
            Err(error) => {
                reading.set_answers(INSTANCES.action, []);
                reading.miss(format!("configuration of {}", count(members, "RDS database")), &error);
            }
        }
        self.lifecycles(reading).await;
        self.parameters(reading).await;
        self.classes(reading).await;
        connections::add(reading);
    }
}

/// What a cluster's instances say of it: their zones, and the classes of those that may become the writer.
fn members_of(listed: &[Value], cluster: &str) -> Value {
    let own: Vec<&Value> = listed.iter().filter(|instance| instance["DBClusterIdentifier"] == cluster).collect();
    let all = |name: &str, of: &dyn Fn(&Value) -> bool| {
        let values: BTreeSet<String> = own.iter().filter(|i| of(i)).map(|i| text(&i[name])).collect();
        values.into_iter().filter(|value| !value.is_empty()).collect::<Vec<_>>()
    };
    let may_write = |instance: &Value| text(&instance["PromotionTier"]).parse().is_ok_and(|tier: u8| tier <= 1);
    json!({
        "": each(own.first().copied()).count(),
        "Zones": all("AvailabilityZone", &|_| true),
        "WriterClasses": all("DBInstanceClass", &may_write),
    })
}
