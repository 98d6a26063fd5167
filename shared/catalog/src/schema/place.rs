//! Where in a file something stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The line of what keys and numbers from 0 lead to, joined by dots: `metric.2.unit`; where that isn't said in the file, of what
/// is on the way. None: nothing of it is.
pub fn line_of(text: &str, path: &str) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let mut steps = path.split('.');
    let (mut start, mut value) = entry(table.get_ref(), steps.next()?)?;
    for step in steps {
        let next = match value.get_ref() {
            DeValue::Table(table) => entry(table, step),
            DeValue::Array(items) => step.parse().ok().and_then(|n: usize| items.get(n)).map(|v| (v.span().start, v)),
            _ => None,
        };
        let Some(found) = next else { break };
        (start, value) = found;
    }
    Some(line_at(text, start))
}

/// The line of a byte, from 1.
pub fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count() + 1
}

fn entry<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<(usize, &'t Spanned<DeValue<'i>>)> {
    let (key, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    Some((key.span().start, value))
}
