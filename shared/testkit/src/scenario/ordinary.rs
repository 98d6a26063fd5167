//! What is ordinary of a type of resource, for all scenarios, and what one scenario says otherwise.

use super::error::{At, ScenarioError, parse};
use super::metric_name::MetricName;
use crate::series::Ordinary;
use std::collections::BTreeMap;
use toml::Spanned;

/// By the metric's name.
pub type Series = BTreeMap<Spanned<String>, Ordinary>;

/// By the type's CloudFormation name: `tests/ordinary.toml`.
#[derive(Debug, Clone, Default)]
pub struct OrdinaryByType(BTreeMap<String, Vec<(MetricName, Ordinary)>>);

impl OrdinaryByType {
    pub fn read(file: &str, text: &str) -> Result<Self, ScenarioError> {
        let parsed: BTreeMap<String, Series> = parse(file, text)?;
        let at = At { file, text };
        let mut by_type = BTreeMap::new();
        for (resource_type, given) in parsed {
            let mut series = Vec::new();
            merge(&at, &mut series, &given)?;
            by_type.insert(resource_type, series);
        }
        Ok(Self(by_type))
    }

    pub(super) fn of(&self, resource_type: &str) -> Vec<(MetricName, Ordinary)> {
        self.0.get(resource_type).cloned().unwrap_or_default()
    }
}

/// Takes the place of the series that a name means, or adds one.
pub fn merge(at: &At<'_>, series: &mut Vec<(MetricName, Ordinary)>, given: &Series) -> Result<(), ScenarioError> {
    for (name, ordinary) in given {
        let mut known = series.iter_mut().filter(|(metric, _)| metric.answers_to(name.get_ref())).peekable();
        if known.peek().is_some() {
            known.for_each(|(_, usual)| usual.clone_from(ordinary));
            continue;
        }
        let metric = MetricName::whole(name.get_ref()).ok_or_else(|| {
            let problem = format!(
                "`{name}` is no series of it yet; to add one write namespace, name and statistic, and its dimensions \
                 where the catalogue can't tell them: AWS/Lambda Duration p90 FunctionName={{name}}"
            );
            at.error(name.span(), problem)
        })?;
        series.push((metric, ordinary.clone()));
    }
    Ok(())
}

/// Places of the series that a name means.
pub fn named(
    at: &At<'_>,
    series: &[(MetricName, Ordinary)],
    name: &Spanned<String>,
) -> Result<Vec<usize>, ScenarioError> {
    let places: Vec<usize> = (0..series.len()).filter(|i| series[*i].0.answers_to(name.get_ref())).collect();
    if places.is_empty() {
        let known: Vec<String> = series.iter().map(|(metric, _)| metric.to_string()).collect();
        return Err(at.error(name.span(), format!("`{name}` is no series of it; there are {}", known.join(", "))));
    }
    Ok(places)
}
