//! Stackseer's own part of the model, `shared/api/stackseer.toml`. Its head says how it is written.

use crate::model::{Member, Model, Operation, Place, Shape, Structure};
use anyhow::{Context, Result, bail};
use toml::{Table, Value};

const ERRORS: [&str; 4] =
    ["AccessDeniedException", "InternalServerException", "ThrottlingException", "ValidationException"];

pub fn add(model: &mut Model, text: &str) -> Result<()> {
    let file: Table = text.parse()?;
    for (name, shape) in
        [("String", TEXT), ("Integer", INTEGER), ("Double", Shape::Double), ("Boolean", Shape::Boolean)]
    {
        model.shapes.insert(name.to_owned(), shape);
    }
    for (section, content) in &file {
        for (name, value) in content.as_table().context("a section is a table")? {
            let added = match section.as_str() {
                "texts" => put(model, name, text_of(value)?),
                "enums" => put(model, name, Shape::Enum(words(value)?)),
                "integers" => put(model, name, integer(value)?),
                "structures" => structure(model, value).and_then(|s| put(model, name, s)),
                "members" => extend(model, name, value),
                "operations" => operation(model, name, value),
                other => bail!("{other} is no section"),
            };
            added.with_context(|| format!("{section}.{name}"))?;
        }
    }
    Ok(())
}

const TEXT: Shape = Shape::Text { min: None, max: None, pattern: None };
const INTEGER: Shape = Shape::Integer { min: None, max: None };

fn put(model: &mut Model, name: &str, shape: Shape) -> Result<()> {
    match model.shapes.insert(name.to_owned(), shape) {
        None => Ok(()),
        Some(_) => bail!("there is a shape of this name"),
    }
}

fn words(value: &Value) -> Result<Vec<String>> {
    let list = value.as_array().context("expected a list")?;
    list.iter().map(|word| Ok(word.as_str().context("expected text")?.to_owned())).collect()
}

fn text_of(value: &Value) -> Result<Shape> {
    let bound = |key: &str| value.get(key).and_then(Value::as_integer).map(u64::try_from).transpose();
    let pattern = value.get("pattern").and_then(Value::as_str).map(str::to_owned);
    Ok(Shape::Text { min: bound("min")?, max: bound("max")?, pattern })
}

fn integer(value: &Value) -> Result<Shape> {
    let bound = |key: &str| value.get(key).and_then(Value::as_integer);
    Ok(Shape::Integer { min: bound("min"), max: bound("max") })
}

fn structure(model: &mut Model, members: &Value) -> Result<Shape> {
    let members = members.as_table().context("expected members")?;
    let read = |(name, notation): (&String, &Value)| {
        let notation = notation.as_str().context("expected a type")?;
        Ok((name.clone(), member(model, notation)?))
    };
    Ok(Shape::Structure(Structure { members: members.iter().map(read).collect::<Result<_>>()?, status: None }))
}

fn extend(model: &mut Model, name: &str, members: &Value) -> Result<()> {
    let Shape::Structure(added) = structure(model, members)? else { bail!("expected members") };
    let Some(Shape::Structure(known)) = model.shapes.get_mut(name) else { bail!("there is no such structure") };
    match added.members.into_iter().find_map(|(name, member)| known.members.insert(name.clone(), member).map(|_| name))
    {
        None => Ok(()),
        Some(twice) => bail!("{twice} is there already"),
    }
}

/// `Cause`, `[Cause]`, `[Double?]`, each with `!` where it is required, and ` uri` or ` query` where it isn't in the body.
fn member(model: &mut Model, notation: &str) -> Result<Member> {
    let (what, place) = match notation.split_once(' ') {
        None => (notation, Place::Body),
        Some((what, "uri")) => (what, Place::Uri),
        Some((what, "query")) => (what, Place::Query),
        Some((_, other)) => bail!("{other} is no place"),
    };
    let (what, required) = what.strip_suffix('!').map_or((what, false), |what| (what, true));
    let Some(of) = what.strip_prefix('[').and_then(|what| what.strip_suffix(']')) else {
        return Ok(Member { shape: what.to_owned(), required, place });
    };
    let (of, sparse) = of.strip_suffix('?').map_or((of, false), |of| (of, true));
    let shape = format!("{}{of}List", if sparse { "Sparse" } else { "" });
    model.shapes.insert(shape.clone(), Shape::List { min: None, max: None, of: of.to_owned(), sparse });
    Ok(Member { shape, required, place })
}

fn operation(model: &mut Model, name: &str, value: &Value) -> Result<()> {
    let word = |key: &str| value.get(key).and_then(Value::as_str).with_context(|| format!("no {key}"));
    let (method, path) = word("http")?.split_once(' ').context("expected a method and a path")?;
    let none = Value::Table(Table::new());
    let mut part = |key: &str, kind: &str| -> Result<String> {
        let shape = structure(model, value.get(key).unwrap_or(&none))?;
        let name = format!("{name}{kind}");
        put(model, &name, shape)?;
        Ok(name)
    };
    let (input, output) = (part("in", "Request")?, part("out", "Response")?);
    let mut errors: Vec<String> = ERRORS.map(str::to_owned).into();
    errors.extend(value.get("errors").map(words).transpose()?.unwrap_or_default());
    let (method, path, own) = (method.to_owned(), path.to_owned(), Some(word("does")?.to_owned()));
    model.operations.insert(name.to_owned(), Operation { method, path, input, output, errors, own });
    Ok(())
}
