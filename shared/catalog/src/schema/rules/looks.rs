//! Advice by type and role: whole, and of what is known.

use super::error;
use crate::schema::{ANY, CatalogError, Look, Looks, Read};
use stackseer_model::Role;

const ROLES: [Role; 8] = [
    Role::Errors,
    Role::Throttles,
    Role::Latency,
    Role::Backlog,
    Role::Traffic,
    Role::Saturation,
    Role::Capacity,
    Role::Availability,
];
const PLACEHOLDERS: [&str; 7] = ["resource", "arn", "metric", "region", "start", "start_time", "now"];

pub fn broken(read: &Read, errors: &mut Vec<CatalogError>) {
    for looks in &read.looks {
        of_file(looks, read, errors);
    }
    if read.looks.iter().all(|l| l.resource_type != ANY) {
        errors.push(error("advice", "default", "there must be one file with `resource_type = \"*\"`".to_owned()));
    }
}

fn of_file(looks: &Looks, read: &Read, errors: &mut Vec<CatalogError>) {
    let mut say = |problem: String| errors.push(error("advice", &looks.id, problem));
    let known = read.resources.iter().find(|r| r.is(&looks.resource_type));
    if looks.resource_type != ANY && known.is_none() {
        say(format!("`resource_type` {} has no file in catalog/resources", looks.resource_type));
    }
    for role in ROLES {
        let written = format!("{role:?}").to_lowercase();
        match looks.looks.iter().filter(|l| l.role.contains(&role)).count() {
            1 => {}
            0 => say(format!("no `look` speaks of the role `{written}`: each has exactly one")),
            _ => say(format!("more than one `look` speaks of the role `{written}`")),
        }
    }
    for Look { name, description, place, command, .. } in &looks.looks {
        for text in [name, description, place, command] {
            for placeholder in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
                let attribute = known.is_some_and(|r| r.attribute(placeholder).is_some());
                if !PLACEHOLDERS.contains(&placeholder) && !attribute {
                    say(format!(
                        "unknown placeholder {{{placeholder}}}: neither one of {} nor an attribute",
                        PLACEHOLDERS.join(", ")
                    ));
                }
            }
        }
    }
}
