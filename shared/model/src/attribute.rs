use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is known of one piece of a resource's configuration. Written as a string, `null`, or `{"unknown": "why"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// Its value, or the documented default where it is not set and has one.
    Known(String),
    /// Read, not set, and without a default: an answer of its own.
    Unset,
    /// Not read or not resolved, and why. Never the same as unset or as its default.
    Unknown(String),
}

impl Attribute {
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unset | Self::Unknown(_) => None,
        }
    }
}

impl From<&str> for Attribute {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}

impl From<String> for Attribute {
    fn from(value: String) -> Self {
        Self::Known(value)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    unknown: String,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Known(String),
    Unknown(Why),
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self {
            Self::Known(value) => Some(Written::Known(value.clone())),
            Self::Unset => None,
            Self::Unknown(why) => Some(Written::Unknown(Why { unknown: why.clone() })),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<Written>::deserialize(deserializer)? {
            Some(Written::Known(value)) => Self::Known(value),
            Some(Written::Unknown(Why { unknown })) => Self::Unknown(unknown),
            None => Self::Unset,
        })
    }
}
