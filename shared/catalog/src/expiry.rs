//! What ends on a known day: runtimes, engines, certificates, forced maintenance. The dates are those that checks ask about
//! (`is = "ends"`), whether or not they come soon.

use crate::Catalog;
use crate::schema::{AttributeIs, Check, Ends, Place, Test, date};
use serde::Serialize;
use stackseer_model::{Attribute, Inventory, Resource, ResourceRef, Timestamp};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Expiry {
    pub resource: ResourceRef,
    /// What ends: `runtime nodejs20.x`, `certificate`, `standard support`.
    pub what: String,
    #[serde(flatten)]
    pub ends: Ending,
    /// The check that opens an insight, and from how many days before.
    pub check: String,
    pub within_days: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Ending {
    At {
        #[serde(rename = "ends")]
        at: Timestamp,
        /// When it can no longer be updated, where that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        blocked: Option<Timestamp>,
        /// What to move to.
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
    /// Never to be taken for one that doesn't end.
    Unknown {
        #[serde(rename = "not_known")]
        because: String,
    },
}

impl Expiry {
    pub fn at(&self) -> Option<Timestamp> {
        match &self.ends {
            Ending::At { at, .. } => Some(*at),
            Ending::Unknown { .. } => None,
        }
    }
}

impl Catalog {
    /// Of all resources, by date, those of which it is not known last. What is not set doesn't end.
    pub fn expiries(&self, inventory: &Inventory) -> Vec<Expiry> {
        let mut found: Vec<(String, Expiry)> = Vec::new();
        for (check, attribute, ends) in self.checks().iter().flat_map(endings) {
            let resources = inventory.resources.iter().filter(|r| is_meant(check, r));
            for (resource, ending, value) in resources.filter_map(|r| self.ending(r, attribute, ends)) {
                match found.iter_mut().find(|(of, known)| of == attribute && known.resource.id == resource.id) {
                    // Of several checks on one date the earliest to tell.
                    Some((_, known)) if known.within_days >= ends.within_days => {}
                    Some((_, known)) => (known.check, known.within_days) = (check.id.clone(), ends.within_days),
                    None => found.push((
                        attribute.to_owned(),
                        Expiry {
                            resource: ResourceRef::from(resource),
                            what: self.what(resource, attribute, value.filter(|_| ends.table.is_some())),
                            ends: ending,
                            check: check.id.clone(),
                            within_days: ends.within_days,
                        },
                    )),
                }
            }
        }
        let mut found: Vec<Expiry> = found.into_iter().map(|(_, expiry)| expiry).collect();
        found.sort_by(|a, b| {
            let order = |e: &Expiry| (e.at().is_none(), e.at(), e.what.clone(), e.resource.name.clone());
            order(a).cmp(&order(b))
        });
        found
    }

    /// `certificate` of `certificate_ends`; of what ends as a whole, what people call it.
    fn what(&self, resource: &Resource, attribute: &str, value: Option<&str>) -> String {
        let attribute = attribute.replace('_', " ");
        match (attribute.strip_suffix("ends").map(str::trim), value) {
            (Some(""), _) => self.kind(&resource.resource_type),
            (Some(what), _) => what.to_owned(),
            (None, Some(value)) => format!("{attribute} {value}"),
            (None, None) => attribute,
        }
    }

    fn ending<'r>(
        &self,
        resource: &'r Resource,
        attribute: &str,
        ends: &Ends,
    ) -> Option<(&'r Resource, Ending, Option<&'r str>)> {
        let value = match resource.attributes.get(attribute) {
            Some(Attribute::Unset) => return None,
            Some(Attribute::Known(value)) => value.as_str(),
            Some(Attribute::Unknown(why)) => return Some((resource, Ending::Unknown { because: why.clone() }, None)),
            None => return Some((resource, Ending::Unknown { because: "it was not read".to_owned() }, None)),
        };
        let ending = match &ends.table {
            Some(id) => match self.table(id).and_then(|table| table.row(value)) {
                Some(row) => Ending::At { at: row.ends, blocked: row.blocked, next: row.next.clone() },
                None => Ending::Unknown { because: format!("no end of {value} is published") },
            },
            None => match date(value) {
                Some(at) => Ending::At { at, blocked: None, next: None },
                None => Ending::Unknown { because: format!("{value} is no date") },
            },
        };
        Some((resource, ending, Some(value)))
    }
}

/// The dates of the resource itself that the check asks about.
fn endings(check: &Check) -> impl Iterator<Item = (&Check, &str, &Ends)> {
    check.when.iter().filter(|predicate| predicate.at == Place::Itself).filter_map(move |predicate| {
        match &predicate.test {
            Test::Attribute(name, AttributeIs::Ends(ends)) => Some((check, name.as_str(), ends)),
            _ => None,
        }
    })
}

/// Not one of another kind; of one whose kind is not known the date is told nevertheless.
fn is_meant(check: &Check, resource: &Resource) -> bool {
    let is_another = |(attribute, wanted): (&String, &String)| match resource.attributes.get(attribute) {
        Some(Attribute::Known(value)) => value != wanted,
        Some(Attribute::Unset) => true,
        Some(Attribute::Unknown(_)) | None => false,
    };
    resource.resource_type == check.resource_type && !check.only.iter().any(is_another)
}
