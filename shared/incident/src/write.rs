//! From an incident to a folder that reads back as the same. It is whole or not there at all.

use crate::{
    ACCOUNT, CONFIG, EVENTS, FORMAT, INCIDENT, Incident, IncidentError, METRICS, METRICS_HEADER, Place, Problem,
    REGION, Range, TOPOLOGY, TOPOLOGY_HEADER,
};
use serde::Serialize;
use serde_json::json;
use stackseer_model::{Boundary, EdgeKind, Inventory, ResourceId, Unseen};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes beside `folder` first and renames, so that a run cut short leaves nothing that looks like a recording. `folder` may
/// be there if it is empty.
pub fn write_folder(folder: &Path, incident: &Incident) -> Result<(), IncidentError> {
    let fail = |source| IncidentError::Io { action: "write", path: folder.to_owned(), source };
    refuse_occupied(folder)?;
    let parent = match folder.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(fail)?;
    let partial = tempfile::Builder::new().prefix(".incident-").tempdir_in(parent).map_err(fail)?;
    let names = Names::new(&incident.inventory);

    write_settings(&partial.path().join(INCIDENT), incident).map_err(fail)?;
    write_metrics(&partial.path().join(METRICS), incident, &names)?.map_err(fail)?;
    write_topology(&partial.path().join(TOPOLOGY), incident, &names)?.map_err(fail)?;
    write_events(&partial.path().join(EVENTS), incident, &names)?.map_err(fail)?;
    write_config(&partial.path().join(CONFIG), incident).map_err(fail)?;

    // An empty folder makes room for the one that is renamed to its place.
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fail(error)),
        _ => {}
    }
    fs::rename(partial.path(), folder).map_err(fail)?;
    // Nothing is left at the old name to clean up.
    let _ = partial.keep();
    Ok(())
}

/// A folder that holds something is never written to; ask before the work that is to be kept in it.
pub fn refuse_occupied(folder: &Path) -> Result<(), IncidentError> {
    let occupied = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if occupied { Err(unwritable(folder, None, Problem::NotEmpty)) } else { Ok(()) }
}

fn unwritable(file: &Path, field: Option<&str>, problem: Problem) -> IncidentError {
    IncidentError::Invalid { at: Place { file: file.to_owned(), line: None, field: field.map(str::to_owned) }, problem }
}

/// How the files call each resource: by name where that says which, else by id.
struct Names<'a> {
    /// For files that name the type beside it.
    typed: HashMap<&'a ResourceId, &'a str>,
    /// For files that don't.
    alone: HashMap<&'a ResourceId, &'a str>,
}

impl<'a> Names<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        let mut by_name: HashMap<&str, usize> = HashMap::new();
        let mut by_type: HashMap<(&str, &str), usize> = HashMap::new();
        for r in &inventory.resources {
            *by_name.entry(&r.name).or_default() += 1;
            *by_type.entry((&r.name, &r.resource_type)).or_default() += 1;
            // A name that is another's id would be read as that id.
            if r.id.as_str() != r.name {
                *by_name.entry(r.id.as_str()).or_default() += 1;
                *by_type.entry((r.id.as_str(), &r.resource_type)).or_default() += 1;
            }
        }
        let pick = |unique: bool, name: &'a str, id: &'a ResourceId| if unique { name } else { id.as_str() };
        let all = || inventory.resources.iter();
        Self {
            typed: all()
                .map(|r| (&r.id, pick(by_type[&(r.name.as_str(), r.resource_type.as_str())] == 1, &r.name, &r.id)))
                .collect(),
            alone: all().map(|r| (&r.id, pick(by_name[r.name.as_str()] == 1, &r.name, &r.id))).collect(),
        }
    }

    fn of(
        names: &HashMap<&'a ResourceId, &'a str>,
        file: &Path,
        field: &str,
        id: &ResourceId,
    ) -> Result<&'a str, IncidentError> {
        let name = names.get(id).copied();
        name.ok_or_else(|| unwritable(file, Some(field), Problem::UnknownResource { name: id.to_string() }))
    }
}

#[derive(Serialize)]
struct Settings<'a> {
    format: i64,
    application: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    period: u32,
    tick_minutes: u32,
    learn: Times,
    watch: Times,
    #[serde(skip_serializing_if = "Option::is_none")]
    boundary: Option<&'a Boundary>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unseen: &'a [Unseen],
}

#[derive(Serialize)]
struct Times {
    from: String,
    to: String,
}

impl From<Range> for Times {
    fn from(range: Range) -> Self {
        Self { from: range.from.to_string(), to: range.to.to_string() }
    }
}

fn write_settings(path: &Path, incident: &Incident) -> io::Result<()> {
    let application = &incident.application;
    let is_stack = application.boundary == Boundary::Stack { name: application.name.clone() };
    let text = toml::to_string(&Settings {
        format: FORMAT,
        application: &application.name,
        account: Some(application.account.as_str()).filter(|account| *account != ACCOUNT),
        region: Some(application.region.as_str()).filter(|region| *region != REGION),
        period: incident.period,
        tick_minutes: incident.tick_minutes,
        learn: incident.learn.into(),
        watch: incident.watch.into(),
        boundary: (!is_stack).then_some(&application.boundary),
        unseen: &incident.inventory.unseen,
    });
    fs::write(path, text.map_err(io::Error::other)?)
}

/// The outer error is a resource that the inventory doesn't have; the inner one, the disk's.
type Written = Result<io::Result<()>, IncidentError>;

fn write_metrics(path: &Path, incident: &Incident, names: &Names<'_>) -> Written {
    let mut named = Vec::with_capacity(incident.series.len());
    for recorded in &incident.series {
        named.push((Names::of(&names.typed, path, "resource", &recorded.resource)?, recorded));
    }
    Ok((|| {
        let mut csv = csv::Writer::from_path(path)?;
        csv.write_record(METRICS_HEADER)?;
        for (resource, recorded) in named {
            let key = &recorded.key;
            let dimensions = dimensions(&key.dimensions);
            let role = recorded.role.as_ref().map(ToString::to_string).unwrap_or_default();
            let mut row = |time: String, value: String| {
                let (time, value) = (time.as_str(), value.as_str());
                csv.write_record([
                    time,
                    resource,
                    &recorded.resource_type,
                    &key.namespace,
                    &key.name,
                    &key.statistic,
                    &dimensions,
                    &role,
                    value,
                ])
            };
            for point in &recorded.series.0 {
                row(point.time.to_string(), point.value.to_string())?;
            }
            if recorded.series.is_empty() {
                // It was read and nothing was published, which is not the same as not read.
                row(incident.learn.from.to_string(), String::new())?;
            }
        }
        csv.flush()
    })())
}

fn dimensions(dimensions: &BTreeMap<String, String>) -> String {
    let escape = |text: &str| text.replace('\\', r"\\").replace(';', r"\;");
    let pairs: Vec<String> =
        dimensions.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join(";")
}

fn write_topology(path: &Path, incident: &Incident, names: &Names<'_>) -> Written {
    let mut rows = Vec::with_capacity(incident.inventory.edges.len());
    for edge in &incident.inventory.edges {
        let kind = match edge.kind {
            EdgeKind::Sync => "sync",
            EdgeKind::Async => "async",
            EdgeKind::Part => "part",
        };
        let end = |field, id| Names::of(&names.alone, path, field, id);
        rows.push([end("source", &edge.from)?, end("target", &edge.to)?, kind]);
    }
    Ok((|| {
        let mut csv = csv::Writer::from_path(path)?;
        csv.write_record(TOPOLOGY_HEADER)?;
        rows.iter().try_for_each(|row| csv.write_record(row))?;
        csv.flush()
    })())
}

fn write_events(path: &Path, incident: &Incident, names: &Names<'_>) -> Written {
    let mut lines = Vec::with_capacity(incident.events.len());
    for event in &incident.events {
        let mut resources = Vec::with_capacity(event.resources.len());
        for id in &event.resources {
            resources.push(Names::of(&names.alone, path, "resources", id)?);
        }
        let mut line = json!({
            "id": event.id,
            "time": event.time.to_string(),
            "source": event.source,
            "name": event.name,
            "data_source": event.data_source,
            "class": event.class,
            "resources": resources,
        });
        if !event.changes.is_empty() {
            line["changes"] = json!(event.changes);
        }
        if let Some(actor) = &event.actor {
            line["actor"] = json!(actor);
        }
        lines.push(line);
    }
    Ok(write_lines(path, &lines))
}

fn write_config(path: &Path, incident: &Incident) -> io::Result<()> {
    let lines: Vec<_> = incident
        .inventory
        .resources
        .iter()
        .map(|r| {
            let mut line = json!({ "resource": r.name, "resource_type": r.resource_type });
            if r.id.as_str() != format!("{}/{}", r.resource_type, r.name) {
                line["id"] = json!(r.id);
            }
            for (key, value) in [("arn", &r.arn), ("stack", &r.stack)] {
                if let Some(value) = value {
                    line[key] = json!(value);
                }
            }
            if !r.attributes.is_empty() {
                line["attributes"] = json!(r.attributes);
            }
            line
        })
        .collect();
    write_lines(path, &lines)
}

fn write_lines(path: &Path, lines: &[serde_json::Value]) -> io::Result<()> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    lines.iter().try_for_each(|line| writeln!(file, "{line}"))?;
    file.flush()
}
