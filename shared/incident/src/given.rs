//! The role column of `metrics.csv`: what the line must know of a metric that the catalogue doesn't.

use stackseer_model::{BadDirection, Kind, MissingPoint, Role};
use std::fmt;

/// `latency`, or with words that differ from the role's own: `latency:gauge:down:zero:explains:unit=Milliseconds:least=5`.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenRole {
    pub role: Role,
    pub kind: Kind,
    pub bad: BadDirection,
    pub missing: MissingPoint,
    /// CloudWatch's name of the unit.
    pub unit: String,
    /// Whether the metric may open an insight by itself.
    pub opens: bool,
    /// The smallest departure that matters, in the unit.
    pub least: f64,
}

const ROLES: [(&str, Role); 8] = [
    ("errors", Role::Errors),
    ("throttles", Role::Throttles),
    ("latency", Role::Latency),
    ("backlog", Role::Backlog),
    ("traffic", Role::Traffic),
    ("saturation", Role::Saturation),
    ("capacity", Role::Capacity),
    ("availability", Role::Availability),
];
const KINDS: [(&str, Kind); 5] = [
    ("count", Kind::Count),
    ("latency", Kind::Latency),
    ("gauge", Kind::Gauge),
    ("ratio", Kind::Ratio),
    ("sparse", Kind::Sparse),
];
const DIRECTIONS: [(&str, BadDirection); 4] = [
    ("up", BadDirection::Up),
    ("down", BadDirection::Down),
    ("both", BadDirection::Both),
    ("absent", BadDirection::Absent),
];
const MISSING: [(&str, MissingPoint); 2] = [("zero", MissingPoint::Zero), ("gap", MissingPoint::Gap)];
const OPENS: [(&str, bool); 2] = [("opens", true), ("explains", false)];

impl From<Role> for GivenRole {
    fn from(role: Role) -> Self {
        use BadDirection::{Both, Down, Up};
        use MissingPoint::{Gap, Zero};
        let (kind, bad, missing, unit, opens) = match role {
            Role::Errors | Role::Throttles => (Kind::Sparse, Up, Zero, "Count", true),
            Role::Latency => (Kind::Latency, Up, Gap, "Seconds", true),
            Role::Backlog => (Kind::Gauge, Up, Gap, "Count", true),
            Role::Traffic => (Kind::Count, Both, Zero, "Count", false),
            Role::Saturation => (Kind::Ratio, Up, Gap, "Percent", false),
            Role::Capacity => (Kind::Gauge, Both, Gap, "Count", false),
            Role::Availability => (Kind::Ratio, Down, Gap, "Percent", true),
        };
        // Two failures in a hundred for ten minutes use half a per cent of a month's budget at 99.9 %: nobody is woken for less.
        let least = if role == Role::Availability { 2.0 } else { 0.0 };
        Self { role, kind, bad, missing, unit: unit.to_owned(), opens, least }
    }
}

impl std::str::FromStr for GivenRole {
    type Err = String;

    /// The error says what is wrong and what is allowed.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split(':');
        let first = words.next().unwrap_or_default();
        let role =
            find(&ROLES, first).ok_or_else(|| format!("has no known role first; write one of {}", names(&ROLES)))?;
        let mut given = Self::from(role);
        let mut seen: Vec<&str> = Vec::new();
        for word in words {
            let what = given.set(word)?;
            if seen.contains(&what) {
                return Err(format!("says the {what} twice; keep one"));
            }
            seen.push(what);
        }
        Ok(given)
    }
}

impl GivenRole {
    /// Sets what one word says, and tells what it spoke of.
    fn set(&mut self, word: &str) -> Result<&'static str, String> {
        if let Some(kind) = find(&KINDS, word) {
            self.kind = kind;
            Ok("kind")
        } else if let Some(bad) = find(&DIRECTIONS, word) {
            self.bad = bad;
            Ok("direction")
        } else if let Some(missing) = find(&MISSING, word) {
            self.missing = missing;
            Ok("missing point")
        } else if let Some(opens) = find(&OPENS, word) {
            self.opens = opens;
            Ok("say in opening")
        } else if let Some(unit) = word.strip_prefix("unit=").filter(|unit| !unit.is_empty()) {
            self.unit = unit.to_owned();
            Ok("unit")
        } else if let Some(number) = word.strip_prefix("least=") {
            self.least =
                number.parse().ok().filter(|least: &f64| least.is_finite() && *least >= 0.0).ok_or_else(|| {
                    format!("has least={number}; write a number that is not negative, in the metric's unit")
                })?;
            Ok("least departure")
        } else {
            Err(format!(
                "has `{word}`, which is none of {}, {}, {}, {}, unit=…, least=…",
                names(&KINDS),
                names(&DIRECTIONS),
                names(&MISSING),
                names(&OPENS)
            ))
        }
    }
}

impl fmt::Display for GivenRole {
    /// As short as it parses back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Self::from(self.role);
        f.write_str(name_of(&ROLES, self.role))?;
        if self.kind != usual.kind {
            write!(f, ":{}", name_of(&KINDS, self.kind))?;
        }
        if self.bad != usual.bad {
            write!(f, ":{}", name_of(&DIRECTIONS, self.bad))?;
        }
        if self.missing != usual.missing {
            write!(f, ":{}", name_of(&MISSING, self.missing))?;
        }
        if self.opens != usual.opens {
            write!(f, ":{}", name_of(&OPENS, self.opens))?;
        }
        if self.unit != usual.unit {
            write!(f, ":unit={}", self.unit)?;
        }
        if self.least != usual.least {
            write!(f, ":least={}", self.least)?;
        }
        Ok(())
    }
}

fn find<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

fn name_of<T: PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, v)| *v == value).map_or("", |(name, _)| name)
}

fn names<T>(table: &[(&str, T)]) -> String {
    table.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_alone_parses_back() {
        for (name, role) in ROLES {
            let given: GivenRole = name.parse().unwrap();
            assert_eq!(given, GivenRole::from(role));
            assert_eq!(given.to_string(), name);
        }
    }

    #[test]
    fn the_words_after_the_role_may_come_in_any_order() {
        let text = "latency:gauge:down:zero:explains:unit=Milliseconds:least=5";
        let given: GivenRole = "latency:least=5:zero:unit=Milliseconds:explains:down:gauge".parse().unwrap();
        assert_eq!(
            given,
            GivenRole {
                role: Role::Latency,
                kind: Kind::Gauge,
                bad: BadDirection::Down,
                missing: MissingPoint::Zero,
                unit: "Milliseconds".into(),
                opens: false,
                least: 5.0
            }
        );
        assert_eq!(given.to_string(), text);
    }

    #[test]
    fn what_is_not_known_is_refused_with_what_is_allowed() {
        let refused = |text: &str| text.parse::<GivenRole>().unwrap_err();
        assert!(refused("slowness").contains("errors, throttles, latency"));
        assert!(refused("latency:sideways").contains("`sideways`"));
        assert!(refused("latency:sideways").contains("up, down, both"));
        assert!(refused("latency:up:down").contains("direction twice"));
        assert!(refused("latency:least=-1").contains("not negative"));
        assert!(refused("latency:least=NaN").contains("not negative"));
        assert!(refused("latency:unit=").contains("unit=…"));
        assert!(refused("").contains("no known role"));
    }
}
