//! There is one list of what DevOps Guru analysed, and every file of a resource that names a service of it names one that it had.

use super::{Broken, error};
use crate::schema::Read;
use std::collections::BTreeSet;

pub fn broken(read: &Read, errors: &mut Vec<Broken>) {
    let Some(list) = read.devops_guru.last() else {
        errors.push(error("devops-guru", "services", "", "nothing says what DevOps Guru analysed".to_owned()));
        return;
    };
    let services = read.resources.iter().flat_map(|r| {
        let variants = r.variants.iter().filter_map(|variant| variant.service.as_deref());
        r.service.as_deref().into_iter().chain(variants).map(move |service| (r, service))
    });
    let mut known = BTreeSet::new();
    for (resource, service) in services {
        if list.service(service).is_none() {
            let problem = format!("`service` {service} is none of catalog/devops-guru/{}.toml", list.id);
            errors.push(error("resources", &resource.id, "service", problem));
        }
        known.insert(service);
    }
    for (i, service) in list.services.iter().enumerate().filter(|(_, s)| !known.contains(s.name.as_str())) {
        let problem = format!("no file of catalog/resources has the `service` {}", service.name);
        errors.push(error("devops-guru", &list.id, &format!("service.{i}.name"), problem));
    }
}
