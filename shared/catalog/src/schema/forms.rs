//! Forms of ARNs and ids: text with the names of its parts, `service/{cluster}/{name}`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// `{x}` is a part without `/`, `:` and `|`; `{x*}` one with them, up to the first of what follows; `{}` what doesn't matter:
/// at the beginning up to the last of what follows, at the end everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Form {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Text(String),
    Name(String),
    Rest(String),
    Any,
}

/// What a text says in a form: part → value.
pub type Said = BTreeMap<String, String>;

const ENDS: [char; 3] = ['/', ':', '|'];

impl TryFrom<String> for Form {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (before, after) = rest.split_once('{').unwrap_or((rest, ""));
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            if before.len() == rest.len() {
                break;
            }
            let (name, after) = after.split_once('}').ok_or_else(|| format!("`{text}`: a {{ without its }}"))?;
            parts.push(match name.strip_suffix('*') {
                Some(name) => Part::Rest(name.to_owned()),
                None if name.is_empty() => Part::Any,
                None => Part::Name(name.to_owned()),
            });
            rest = after;
        }
        Self { parts }.checked(&text)
    }
}

impl Form {
    fn checked(self, text: &str) -> Result<Self, String> {
        let last = self.parts.len().saturating_sub(1);
        for (i, part) in self.parts.iter().enumerate() {
            let fits = match (part, self.parts.get(i + 1)) {
                (Part::Rest(_), next) => next.is_none() || matches!(next, Some(Part::Text(_))),
                (Part::Any, _) => i == 0 || i == last,
                (Part::Name(_), Some(Part::Text(next))) => next.starts_with(ENDS),
                (Part::Name(_), next) => next.is_none(),
                (Part::Text(_), _) => true,
            };
            if !fits {
                return Err(format!(
                    "`{text}`: a {{part}} ends before a `/`, `:` or `|`; {{part*}} before any text; {{}} is the first or last"
                ));
            }
        }
        Ok(self)
    }

    /// The names of its parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) | Part::Rest(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// What the text says, if it has this form.
    pub fn read(&self, text: &str) -> Option<Said> {
        let mut said = Said::new();
        let mut rest = text;
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                Part::Text(text) => rest = rest.strip_prefix(text.as_str())?,
                Part::Name(name) | Part::Rest(name) => {
                    let end = match (part, self.parts.get(i + 1)) {
                        (Part::Name(_), _) => rest.find(ENDS).unwrap_or(rest.len()),
                        (_, Some(Part::Text(next))) => rest.find(next.as_str())?,
                        _ => rest.len(),
                    };
                    let value = &rest[..end];
                    said.insert(name.clone(), value.to_owned());
                    rest = &rest[value.len()..];
                }
                Part::Any => match self.parts.get(i + 1) {
                    Some(Part::Text(next)) => rest = &rest[rest.rfind(next.as_str())?..],
                    _ => rest = "",
                },
            }
        }
        (rest.is_empty() && said.values().all(|value| !value.is_empty())).then_some(said)
    }

    /// The text that says this, without what doesn't matter; `None` if a part isn't known.
    pub fn write<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
        let mut text = String::new();
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                // What goes on into `{}` ends before it.
                Part::Text(_) if self.parts.get(i + 1) == Some(&Part::Any) => {}
                Part::Text(part) => text += part,
                Part::Name(name) | Part::Rest(name) => text += value(name)?,
                Part::Any => {}
            }
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::try_from(text.to_owned()).unwrap()
    }

    fn read(text: &str, of: &str) -> Option<String> {
        let said = form(text).read(of)?;
        Some(said.iter().map(|(part, value)| format!("{part}={value}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_text_is_read_by_its_form_or_not_at_all() {
        for (text, of, said) in [
            ("service/{cluster}/{name}", "service/prod/api", Some("cluster=prod name=api")),
            ("service/{cluster}/{name}", "service/api", None),
            ("{name}", "orders", Some("name=orders")),
            ("{name}", "orders:1", None),
            ("log-group:{name*}", "log-group:/aws/lambda/x", Some("name=/aws/lambda/x")),
            ("{}/{name}", "http://localhost:4566/123456789012/jobs", Some("name=jobs")),
            ("{}/{name}", "jobs", None),
            ("log-group:{name*}:{}", "log-group:/aws/lambda/x:*", Some("name=/aws/lambda/x")),
            ("log-group:{name*}:{}", "log-group:/aws/lambda/x", None),
            ("function:{name}:{}", "function:checkout:live", Some("name=checkout")),
            ("function:{name}", "function:", None),
        ] {
            assert_eq!(read(text, of).as_deref(), said, "{text} of {of}");
        }
    }

    #[test]
    fn what_is_known_is_written_and_a_qualifier_is_not() {
        let said = form("function:{name}:{}").read("function:checkout:live").unwrap();
        let value = |part: &str| said.get(part).map(String::as_str);
        assert_eq!(form("function:{name}:{}").write(value).as_deref(), Some("function:checkout"));
        assert_eq!(form("service/{cluster}/{name}").write(value), None);
    }

    #[test]
    fn a_form_that_could_be_read_in_two_ways_is_refused() {
        for wrong in ["{name}-{id}", "{a}{b}", "{rest*}{x}", "x/{}/y", "{name"] {
            assert!(Form::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
