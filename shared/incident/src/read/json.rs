//! One JSON object a line, with errors that name the key.

use super::Text;
use crate::{IncidentError, Problem};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

pub struct Object<'t> {
    text: &'t Text,
    pub line: u64,
    fields: Vec<(String, Value)>,
    asked: Vec<&'static str>,
}

/// The objects of a file; blank lines are let be.
pub fn objects(text: &Text) -> impl Iterator<Item = Result<Object<'_>, IncidentError>> {
    (1..).zip(text.text.lines()).filter(|(_, content)| !content.trim().is_empty()).map(move |(line, content)| {
        let fields: Fields = serde_json::from_str(content).map_err(|error| {
            // The parser counts lines within its own text, which is one line.
            let message = error.to_string().replace("at line 1 column", "at column");
            text.error(line, None, Problem::Syntax { message })
        })?;
        Ok(Object { text, line, fields: fields.0, asked: Vec::new() })
    })
}

impl Object<'_> {
    pub fn required<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<T, IncidentError> {
        self.optional(name)?.ok_or_else(|| self.error(name, Problem::MissingKey))
    }

    pub fn optional<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<T>, IncidentError> {
        self.asked.push(name);
        let Some(index) = self.fields.iter().position(|(key, _)| key == name) else { return Ok(None) };
        let (_, value) = self.fields.swap_remove(index);
        let read = serde_json::from_value(value);
        read.map(Some).map_err(|error| self.error(name, Problem::Syntax { message: error.to_string() }))
    }

    /// Refuses what nobody asked for.
    pub fn finish(self) -> Result<(), IncidentError> {
        match self.fields.first() {
            None => Ok(()),
            Some((key, _)) => Err(self.error(key, Problem::UnknownKey { allowed: self.asked.clone() })),
        }
    }

    pub fn error(&self, field: &str, problem: Problem) -> IncidentError {
        self.text.error(self.line, Some(field), problem)
    }
}

/// An object whose keys are all different; serde_json's own map keeps the last of two.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Unique;
        impl<'de> Visitor<'de> for Unique {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object on one line")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields: Vec<(String, Value)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if fields.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom(format_args!("key `{key}` is there twice; keep one")));
                    }
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Unique)
    }
}
