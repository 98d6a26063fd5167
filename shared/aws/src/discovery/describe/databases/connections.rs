//! How many connections an instance takes: what somebody set, or else the engine's formula over the memory of its class, as
//! RDS's default parameter groups have it. A little of that memory is RDS's own, so that the true limit is somewhat lower.

use super::super::reading::Reading;
use super::{CLUSTER, INSTANCE};
use stackseer_model::{Attribute, Resource};
use std::collections::BTreeMap;

const NAME: &str = "max_connections";

pub(super) fn add(reading: &mut Reading<'_>) {
    let of_clusters: BTreeMap<String, Attribute> =
        reading.members(CLUSTER).filter_map(|c| Some((c.name.clone(), c.attributes.get(NAME)?.clone()))).collect();
    for instance in reading.inventory.resources.iter_mut().filter(|r| r.resource_type == INSTANCE) {
        let of_cluster = instance.known("cluster").and_then(|cluster| of_clusters.get(cluster));
        let most = most(instance, of_cluster);
        instance.set(NAME, most);
    }
}

/// `of_cluster`: what is set for all of its cluster.
fn most(instance: &Resource, of_cluster: Option<&Attribute>) -> Attribute {
    let own = instance.attributes.get(NAME).filter(|own| **own != Attribute::Unset);
    match own.or(of_cluster) {
        Some(Attribute::Known(set)) if set.parse::<u32>().is_ok() => return Attribute::Known(set.clone()),
        Some(Attribute::Known(_)) => return Attribute::Unknown("it is a formula of one's own".to_owned()),
        Some(Attribute::Unknown(why)) => return Attribute::Unknown(why.clone()),
        Some(Attribute::Unset) => {}
        None if instance.attributes.contains_key(NAME) => {}
        None => return Attribute::Unknown("its parameters were not read".to_owned()),
    }
    let (Some(memory), Some(engine)) = (instance.number("memory_mb"), instance.known("engine")) else {
        return Attribute::Unknown("the memory of its class is not known".to_owned());
    };
    match by_default(engine, memory * 1_048_576.0) {
        Some(most) => Attribute::Known(format!("{most:.0}")),
        None => Attribute::Unknown(format!("no formula is known for {engine}")),
    }
}

/// User guide, "Maximum number of database connections"; Aurora's, "Maximum connections to an Aurora … DB instance".
fn by_default(engine: &str, memory: f64) -> Option<f64> {
    Some(match engine {
        "mysql" => (memory / 12_582_880.0).floor(),
        "mariadb" => (memory / 25_165_760.0).floor().min(12_000.0),
        "postgres" | "aurora-postgresql" => (memory / 9_531_392.0).floor().min(5_000.0),
        "aurora-mysql" => {
            let small = (memory / 805_306_368.0).log2() * 45.0;
            let large = (memory / 8_187_281_408.0).log2() * 1_000.0;
            small.max(large).floor()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_give_what_the_guides_say() {
        const GIB: f64 = 1_073_741_824.0;
        // The Aurora guide's table: db.r5.large 1,000, db.r5.xlarge 2,000, db.t3.medium 90.
        let aurora = |gib: f64| by_default("aurora-mysql", gib * GIB).unwrap();
        assert!((aurora(16.0) - 1_000.0).abs() < 80.0, "{}", aurora(16.0));
        assert!((aurora(32.0) - 2_000.0).abs() < 80.0, "{}", aurora(32.0));
        assert!((aurora(4.0) - 90.0).abs() < 20.0, "{}", aurora(4.0));
        assert_eq!(by_default("postgres", 16.0 * GIB), Some(1802.0));
        assert_eq!(by_default("postgres", 512.0 * GIB), Some(5_000.0), "at most");
        assert_eq!(by_default("mysql", 8.0 * GIB), Some(682.0));
        assert_eq!(by_default("oracle-ee", 8.0 * GIB), None);
    }

    #[test]
    fn what_somebody_set_counts_before_any_formula() {
        let mut instance = Resource::new(INSTANCE, "main");
        let unknown = |instance: &Resource| matches!(most(instance, None), Attribute::Unknown(_));
        assert!(unknown(&instance));
        instance.set(NAME, "300");
        assert_eq!(most(&instance, Some(&"400".into())), "300".into());
        instance.set(NAME, "{DBInstanceClassMemory/2}");
        assert!(unknown(&instance));
        instance.set(NAME, Attribute::Unset);
        assert!(unknown(&instance), "the size is not known");
        assert_eq!(most(&instance, Some(&"400".into())), "400".into(), "its cluster's");
        instance.set("memory_mb", "8192");
        instance.set("engine", "mysql");
        assert_eq!(most(&instance, Some(&Attribute::Unset)), "682".into());
    }
}
