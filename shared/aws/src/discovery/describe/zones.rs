//! In which availability zones something is.

use super::Live;
use super::answers::List;
use super::reading::{Fields, Reading, count};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

static SUBNETS: List =
    List { action: "ec2:DescribeSubnets", input: &[("MaxResults", "1000")], items: "/subnetSet/item" };
static ZONES: List = List {
    action: "ec2:DescribeAvailabilityZones",
    // Local and wavelength zones are none that an application can be spread over.
    input: &[("Filter.1.Name", "zone-type"), ("Filter.1.Value.1", "availability-zone")],
    items: "/availabilityZoneInfo/item",
};

impl Live {
    /// `subnets`: of each function, none outside a VPC.
    pub(super) async fn zones_of_functions(&self, subnets: Vec<(String, Vec<String>)>, reading: &mut Reading<'_>) {
        let is_within = |(_, subnets): &&(String, Vec<String>)| !subnets.is_empty();
        let within = subnets.iter().filter(is_within).count();
        let outside = subnets.iter().filter(|(_, subnets)| subnets.is_empty());
        let mut read: Vec<(String, Fields)> = outside.map(|(arn, _)| (arn.clone(), one("Zones", None))).collect();
        if within > 0 {
            match self.listed(&SUBNETS).await {
                Ok(listed) => {
                    let zones = by_subnet(&listed);
                    let within = subnets.iter().filter(is_within);
                    read.extend(
                        within.filter_map(|(arn, of)| Some((arn.clone(), one("Zones", Some(all(&zones, of)?))))),
                    );
                }
                Err(error) => reading.miss(format!("zones of {}", count(within, "Lambda function")), &error),
            }
            self.zones_of_region(&subnets, reading).await;
        }
        reading.set(SUBNETS.action, read);
    }

    async fn zones_of_region(&self, subnets: &[(String, Vec<String>)], reading: &mut Reading<'_>) {
        match self.listed(&ZONES).await {
            Ok(listed) => {
                let names: BTreeSet<&str> = listed.iter().filter_map(|zone| zone["zoneName"].as_str()).collect();
                let said = names.into_iter().collect::<Vec<_>>().join(", ");
                reading
                    .set(ZONES.action, subnets.iter().map(|(arn, _)| (arn.clone(), one("Zones", Some(said.clone())))));
            }
            Err(error) => {
                reading.set(ZONES.action, []);
                reading.miss("availability zones of the Region", &error);
            }
        }
    }
}

fn one(name: &str, value: Option<String>) -> Fields {
    Fields::from([(name.to_owned(), value)])
}

fn by_subnet(listed: &[Value]) -> BTreeMap<&str, &str> {
    listed.iter().filter_map(|s| Some((s["subnetId"].as_str()?, s["availabilityZone"].as_str()?))).collect()
}

/// None: one of the subnets is nobody's that was listed.
fn all(zones: &BTreeMap<&str, &str>, subnets: &[String]) -> Option<String> {
    let zones: Option<BTreeSet<&str>> = subnets.iter().map(|subnet| zones.get(subnet.as_str()).copied()).collect();
    Some(zones?.into_iter().collect::<Vec<_>>().join(", "))
}
