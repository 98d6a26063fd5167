//! What is meant by the beginning of an id, or by a name.

use super::ask::Asked;
use anyhow::{Result, bail};
use serde_json::{Value, json};
use stackseer_api::wire::WatchedApplication;

/// A whole id is nothing to look for.
const ID_LENGTH: usize = 36;
const TYPES: [(&str, &str); 2] = [("REACTIVE", "ReactiveInsights"), ("PROACTIVE", "ProactiveInsights")];

/// All insights of both types that one of the values of `StatusFilter` takes.
pub async fn insights(asked: &Asked, filters: impl Fn(&str) -> Vec<Value>) -> Result<Value> {
    let mut both = json!({});
    for (kind, list) in TYPES {
        let mut all = Vec::new();
        for filter in filters(kind) {
            let mut found = asked.all("/insights", json!({"StatusFilter": filter})).await?;
            all.extend(found[list].as_array_mut().map(std::mem::take).unwrap_or_default());
        }
        both[list] = all.into();
    }
    Ok(both)
}

/// The id that begins so.
pub async fn insight(asked: &Asked, beginning: &str) -> Result<String> {
    if beginning.len() >= ID_LENGTH {
        return Ok(beginning.to_owned());
    }
    let all = insights(asked, |kind| vec![json!({"Any": {"Type": kind, "StartTimeRange": {"FromTime": 0}}})]).await?;
    let listed = TYPES.iter().flat_map(|(_, list)| all[list].as_array().into_iter().flatten());
    let known =
        listed.filter_map(|insight| Some((insight["Id"].as_str()?, insight["Name"].as_str().unwrap_or_default())));
    one(beginning, known.collect())
}

fn one(beginning: &str, known: Vec<(&str, &str)>) -> Result<String> {
    let fitting: Vec<_> = known.iter().filter(|(id, _)| id.starts_with(beginning)).collect();
    match fitting[..] {
        [(id, _)] => Ok((*id).to_owned()),
        [] => bail!("no insight's id begins with {beginning}; `stackseer insights --status any` lists them"),
        _ => {
            let lines: Vec<String> = fitting.iter().map(|(id, name)| format!("  {id}  {name}")).collect();
            bail!("{} insights' ids begin with {beginning}:\n{}", fitting.len(), lines.join("\n"))
        }
    }
}

/// The applications of this name or id; all of them where none is given.
pub async fn applications(asked: &Asked, wanted: Option<&str>) -> Result<Vec<WatchedApplication>> {
    let all: Vec<WatchedApplication> =
        serde_json::from_value(asked.get("/stackseer/applications").await?["Applications"].take())?;
    let names: Vec<String> = all.iter().map(|application| application.name.clone()).collect();
    let Some(wanted) = wanted else { return Ok(all) };
    let fitting: Vec<_> = all.into_iter().filter(|a| a.name == wanted || a.id == wanted).collect();
    match fitting[..] {
        [] => bail!("there is no application {wanted}; there are: {}", names.join(", ")),
        _ => Ok(fitting),
    }
}

/// The id of the one of this name; where several have it, it must be said by its id.
pub async fn application(asked: &Asked, wanted: &str) -> Result<String> {
    match &applications(asked, Some(wanted)).await?[..] {
        [one] => Ok(one.id.clone()),
        several => {
            let ids: Vec<&str> = several.iter().map(|application| application.id.as_str()).collect();
            bail!("{} applications are called {wanted}; say which by its id: {}", several.len(), ids.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::one;

    #[test]
    fn a_beginning_is_enough_where_it_fits_one() {
        let known = || vec![("abc1", "one"), ("abc2", "two"), ("b", "three")];
        assert_eq!(one("b", known()).unwrap(), "b");
        assert_eq!(one("abc2", known()).unwrap(), "abc2");
        let error = one("abc", known()).unwrap_err().to_string();
        assert!(error.contains("2 insights") && error.contains("abc1  one") && error.contains("abc2  two"), "{error}");
        assert!(one("x", known()).unwrap_err().to_string().contains("no insight"));
    }
}
