//! How a file names a series: `AWS/Lambda Duration p90`, with dimensions after it where the catalogue can't tell them.

use stackseer_model::MetricKey;
use std::fmt;

/// Namespace, name, statistic, then `Dimension=value`; in a value `{name}` is the resource's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricName(Vec<String>);

impl MetricName {
    /// None: not a whole name.
    pub fn whole(text: &str) -> Option<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let whole = words.len() >= 3 && words[3..].iter().all(|word| word.contains('='));
        whole.then_some(Self(words))
    }

    /// Whether a part of the name that holds the metric's own means this series: `Duration`, `Duration p90`.
    pub fn answers_to(&self, part: &str) -> bool {
        let part: Vec<&str> = part.split_whitespace().collect();
        let begins_at =
            |at: usize| self.0.len() >= at + part.len() && self.0[at..].iter().zip(&part).all(|(a, b)| a == b);
        (begins_at(0) && part.len() >= 2) || (begins_at(1) && !part.is_empty())
    }

    pub fn key(&self, resource: &str) -> MetricKey {
        let dimension = |word: &String| {
            let (name, value) = word.split_once('=')?;
            Some((name.to_owned(), value.replace("{name}", resource)))
        };
        MetricKey {
            namespace: self.0[0].clone(),
            name: self.0[1].clone(),
            statistic: self.0[2].clone(),
            dimensions: self.0[3..].iter().filter_map(dimension).collect(),
        }
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
