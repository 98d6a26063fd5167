//! The API's model as the generators read it: DevOps Guru's operations and shapes, and Stackseer's additions.

use crate::additions;
use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

#[derive(Debug, Default)]
pub struct Model {
    pub shapes: BTreeMap<String, Shape>,
    pub operations: BTreeMap<String, Operation>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Structure(Structure),
    List {
        min: Option<u64>,
        max: Option<u64>,
        of: String,
        /// Elements may be null.
        sparse: bool,
    },
    Text {
        min: Option<u64>,
        max: Option<u64>,
        pattern: Option<String>,
    },
    Enum(Vec<String>),
    Integer {
        min: Option<i64>,
        max: Option<i64>,
    },
    Double,
    Boolean,
    Time,
    Map {
        of: String,
    },
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Structure {
    pub members: BTreeMap<String, Member>,
    /// The HTTP status and error code of an error.
    pub status: Option<u16>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub shape: String,
    pub required: bool,
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Body,
    Uri,
    Query,
    Header,
}

#[derive(Debug, Clone)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub input: String,
    pub output: String,
    pub errors: Vec<String>,
    /// One of Stackseer's own, with what it does.
    pub own: Option<String>,
}

impl Model {
    pub fn read(botocore: &Path, own: &Path) -> Result<Self> {
        let file = File::open(botocore).with_context(|| botocore.display().to_string())?;
        let json: Value = serde_json::from_reader(GzDecoder::new(file)).context("the model is not gzipped JSON")?;
        let mut model = Self::default();
        for (name, shape) in json["shapes"].as_object().context("no shapes")? {
            model.shapes.insert(name.clone(), shape_of(shape).with_context(|| name.clone())?);
        }
        for (name, operation) in json["operations"].as_object().context("no operations")? {
            model.operations.insert(name.clone(), operation_of(operation).with_context(|| name.clone())?);
        }
        let text = std::fs::read_to_string(own).with_context(|| own.display().to_string())?;
        additions::add(&mut model, &text).with_context(|| own.display().to_string())?;
        model.hold()?;
        Ok(model)
    }

    pub fn shape(&self, name: &str) -> &Shape {
        &self.shapes[name]
    }

    pub fn structure(&self, name: &str) -> &Structure {
        match self.shape(name) {
            Shape::Structure(structure) => structure,
            other => panic!("{name} is no structure: {other:?}"),
        }
    }

    /// The structures and enums that these need, themselves included.
    pub fn reached(&self, from: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<String> = from.into_iter().collect();
        while let Some(name) = open.pop() {
            if reached.insert(name.clone()) {
                open.extend(self.uses(&name));
            }
        }
        reached
    }

    /// All that an operation takes, gives or fails with.
    pub fn used(&self) -> BTreeSet<String> {
        let of = |o: &Operation| [vec![o.input.clone(), o.output.clone()], o.errors.clone()].concat();
        self.reached(self.operations.values().flat_map(of))
    }

    fn uses(&self, name: &str) -> Vec<String> {
        match self.shape(name) {
            Shape::Structure(structure) => structure.members.values().map(|m| m.shape.clone()).collect(),
            Shape::List { of, .. } | Shape::Map { of } => vec![of.clone()],
            _ => vec![],
        }
    }

    /// Nothing is named that is not there.
    fn hold(&self) -> Result<()> {
        for name in self.shapes.keys() {
            if let Some(missing) = self.uses(name).into_iter().find(|used| !self.shapes.contains_key(used)) {
                bail!("{name} names {missing}, which is no shape");
            }
        }
        for (name, operation) in &self.operations {
            let named = [&operation.input, &operation.output].into_iter().chain(&operation.errors);
            if let Some(missing) = named.into_iter().find(|used| !self.shapes.contains_key(*used)) {
                bail!("{name} names {missing}, which is no shape");
            }
        }
        Ok(())
    }
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("expected text")?.to_owned())
}

fn shape_of(shape: &Value) -> Result<Shape> {
    let (min, max) = (shape["min"].as_u64(), shape["max"].as_u64());
    Ok(match text(&shape["type"])?.as_str() {
        "structure" => Shape::Structure(structure_of(shape)?),
        "list" => Shape::List { min, max, of: text(&shape["member"]["shape"])?, sparse: false },
        "map" => Shape::Map { of: text(&shape["value"]["shape"])? },
        "string" => match shape["enum"].as_array() {
            Some(values) => Shape::Enum(values.iter().map(text).collect::<Result<_>>()?),
            None => Shape::Text { min, max, pattern: shape["pattern"].as_str().map(str::to_owned) },
        },
        "integer" | "long" => Shape::Integer { min: shape["min"].as_i64(), max: shape["max"].as_i64() },
        "double" => Shape::Double,
        "boolean" => Shape::Boolean,
        "timestamp" => Shape::Time,
        other => bail!("{other} is a type nobody knows"),
    })
}

fn structure_of(shape: &Value) -> Result<Structure> {
    let required: Vec<&str> = shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let members = shape["members"].as_object().context("no members")?;
    let member = |(name, member): (&String, &Value)| {
        let place = match member["location"].as_str() {
            None => Place::Body,
            Some("uri") => Place::Uri,
            Some("querystring") => Place::Query,
            Some("header") => Place::Header,
            Some(other) => bail!("{name} is in {other}"),
        };
        let required = required.contains(&name.as_str());
        Ok((name.clone(), Member { shape: text(&member["shape"])?, required, place }))
    };
    let status = shape["error"]["httpStatusCode"].as_u64().map(u16::try_from).transpose()?;
    Ok(Structure { members: members.iter().map(member).collect::<Result<_>>()?, status })
}

fn operation_of(operation: &Value) -> Result<Operation> {
    let errors = operation["errors"].as_array().context("no errors")?;
    Ok(Operation {
        method: text(&operation["http"]["method"])?,
        path: text(&operation["http"]["requestUri"])?,
        input: text(&operation["input"]["shape"])?,
        output: text(&operation["output"]["shape"])?,
        errors: errors.iter().map(|e| text(&e["shape"])).collect::<Result<_>>()?,
        own: None,
    })
}
