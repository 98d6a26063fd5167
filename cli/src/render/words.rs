//! How resources, metrics and shares are called.

use stackseer_catalog::Catalog;
use stackseer_model::{Anomaly, ChangeEvent, Metric, PropertyChange, ResourceRef};

/// `checkout (Lambda function)`
pub fn named(resource: &ResourceRef) -> String {
    match kind(&resource.resource_type) {
        kind if kind.is_empty() => resource.name.clone(),
        kind => format!("{} ({kind})", resource.name),
    }
}

/// `Lambda function`
pub fn kind(resource_type: &str) -> String {
    Catalog::builtin().kind(resource_type)
}

/// `duration, p90`; the dimensions too where the resource alone doesn't say which series it is.
pub fn series(catalog: &Catalog, resource: &ResourceRef, metric: &Metric) -> String {
    let more = metric.key.dimensions.iter().filter(|(_, value)| !resource.name.contains(value.as_str()));
    let more: String = more.map(|(name, value)| format!(", {name} {value}")).collect();
    format!("{}, {}{more}", catalog.label_of(metric), metric.key.statistic)
}

/// The catalogue's label of a metric of which only the name is known.
pub fn label<'a>(catalog: &'a Catalog, resource_type: &str, name: &'a str) -> &'a str {
    let of_type = catalog.services().iter().filter(|s| s.resource_type == resource_type);
    of_type.flat_map(|s| &s.metrics).find(|m| m.name == name).map_or(name, |m| m.label.as_str())
}

/// An anomaly's own sentence, with the statistic and the dimensions where another of `all` would read alike.
pub fn sentence(anomaly: &Anomaly, all: &[&Anomaly]) -> String {
    let said = anomaly.description.clone();
    let Some(own) = anomaly.metric() else { return said };
    let alike: Vec<&Metric> = all
        .iter()
        .filter(|other| other.id != anomaly.id && other.resource == anomaly.resource)
        .filter_map(|other| other.metric())
        .filter(|other| other.key.name == own.key.name)
        .collect();
    let mut tells: Vec<String> = Vec::new();
    if alike.iter().any(|other| other.key.statistic != own.key.statistic) {
        tells.push(own.key.statistic.clone());
    }
    let differs = |name: &String, value: &String| alike.iter().any(|o| o.key.dimensions.get(name) != Some(value));
    tells.extend(own.key.dimensions.iter().filter(|(n, v)| differs(n, v)).map(|(n, v)| format!("{n} {v}")));
    tells.retain(|tell| !said.contains(tell.as_str()));
    if tells.is_empty() { said } else { format!("{said} ({})", tells.join(", ")) }
}

pub fn per_cent(share: f64) -> String {
    match share * 100.0 {
        none if none <= 0.0 => "0 %".to_owned(),
        few if few < 1.0 => "less than 1 %".to_owned(),
        some => format!("{some:.0} %"),
    }
}

/// `write capacity: 100 → 5`. None: the event says only that it changed. One that doesn't tell the old value has none.
pub fn property(change: &PropertyChange) -> Option<String> {
    let name = change.property.replace('_', " ");
    match (&change.from, &change.to) {
        (Some(from), Some(to)) => Some(format!("{name}: {from} → {to}")),
        (None, Some(to)) => Some(format!("{name}: now {to}")),
        (Some(from), None) => Some(format!("{name}: no longer {from}")),
        (None, None) => None,
    }
}

/// ` (code)`: what an event says was changed without saying how.
pub fn untold(event: &ChangeEvent) -> String {
    let untold = event.changes.iter().filter(|c| property(c).is_none());
    match untold.map(|c| c.property.replace('_', " ")).collect::<Vec<_>>() {
        none if none.is_empty() => String::new(),
        some => format!(" ({})", some.join(", ")),
    }
}

/// The names of what an event touched.
pub fn touched(event: &ChangeEvent) -> String {
    event.resources.iter().map(|id| short(id.as_str())).collect::<Vec<_>>().join(", ")
}

/// The last part of an ARN or of `Type/name`.
fn short(id: &str) -> &str {
    id.rsplit(['/', ':']).next().filter(|last| !last.is_empty()).unwrap_or(id)
}

/// `third`, `12th`
pub fn ordinal(n: u32) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let word = n.checked_sub(1).and_then(|i| WORDS.get(i as usize));
    word.map_or_else(|| format!("{n}th"), |word| (*word).to_owned())
}

/// `1 resource`, `2 resources`, `2 repositories`
pub fn counted(n: usize, what: &str) -> String {
    match what.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        _ if n == 1 => format!("{n} {what}"),
        Some(stem) => format!("{n} {stem}ies"),
        None => format!("{n} {what}s"),
    }
}

/// `12,400`
pub fn grouped(n: f64) -> String {
    let digits = format!("{:.0}", n.max(0.0));
    let (whole, first) = (digits.len(), digits.len() % 3);
    let comma = |i: usize| i > 0 && i < whole && i % 3 == first;
    digits.chars().enumerate().map(|(i, c)| if comma(i) { format!(",{c}") } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0.0, 7.4, 999.0, 1_000.0, 12_400.0, 1_234_567.0].map(grouped),
            ["0", "7", "999", "1,000", "12,400", "1,234,567"]
        );
    }

    #[test]
    fn one_is_not_several() {
        assert_eq!(
            [(1, "RDS Proxy"), (2, "RDS Proxy")].map(|(n, what)| counted(n, what)),
            ["1 RDS Proxy", "2 RDS Proxies"]
        );
        assert_eq!([(0, "SQS queue"), (2, "day")].map(|(n, what)| counted(n, what)), ["0 SQS queues", "2 days"]);
    }

    #[test]
    fn a_change_says_no_more_than_its_event() {
        let change = |from: Option<&str>, to: Option<&str>| PropertyChange {
            property: "memory_mb".to_owned(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
        };
        assert_eq!(property(&change(Some("512"), Some("128"))).unwrap(), "memory mb: 512 → 128");
        assert_eq!(property(&change(None, Some("128"))).unwrap(), "memory mb: now 128");
        assert_eq!(property(&change(None, None)), None);
    }
}
