//! Advice by type and role: whole, and of what is known.

use super::{Broken, error};
use crate::schema::{ANY, Look, Looks, Read};
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

pub fn broken(read: &Read, errors: &mut Vec<Broken>) {
    for looks in &read.looks {
        of_file(looks, read, errors);
    }
    if read.looks.iter().all(|l| l.resource_type != ANY) {
        errors.push(error(
            "advice",
            "default",
            "resource_type",
            "there must be one file with `resource_type = \"*\"`".to_owned(),
        ));
    }
}

fn of_file(looks: &Looks, read: &Read, errors: &mut Vec<Broken>) {
    let mut say = |at: &str, problem: String| errors.push(error("advice", &looks.id, at, problem));
    let known = read.resources.iter().find(|r| r.is(&looks.resource_type));
    if looks.resource_type != ANY && known.is_none() {
        say("resource_type", format!("`resource_type` {} has no file in catalog/resources", looks.resource_type));
    }
    for role in ROLES {
        let written = format!("{role:?}").to_lowercase();
        match looks.looks.iter().filter(|l| l.role.contains(&role)).count() {
            1 => {}
            0 => say("look", format!("no `look` speaks of the role `{written}`: each has exactly one")),
            _ => say("look", format!("more than one `look` speaks of the role `{written}`")),
        }
    }
    for (i, Look { name, description, place, command, .. }) in looks.looks.iter().enumerate() {
        for (key, text) in [("name", name), ("description", description), ("place", place), ("command", command)] {
            for placeholder in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
                let attribute = known.is_some_and(|r| r.attribute(placeholder).is_some());
                if !PLACEHOLDERS.contains(&placeholder) && !attribute {
                    say(
                        &format!("look.{i}.{key}"),
                        format!(
                            "unknown placeholder {{{placeholder}}}: neither one of {} nor an attribute",
                            PLACEHOLDERS.join(", ")
                        ),
                    );
                }
            }
        }
    }
}
