//! `topology.csv`: who calls, feeds or writes to whom.

use super::Text;
use super::resources::Resources;
use super::table::{Table, cell};
use crate::{IncidentError, Problem, TOPOLOGY_HEADER};
use csv::StringRecord;
use stackseer_model::{Edge, EdgeKind};
use std::collections::HashMap;

pub fn read(text: &Text, resources: &Resources) -> Result<Vec<Edge>, IncidentError> {
    let mut table = Table::new(&text.path, text.text.as_bytes(), &TOPOLOGY_HEADER)?;
    let mut edges = Vec::new();
    let mut lines = HashMap::new();
    let mut row = StringRecord::new();
    while let Some(line) = table.next(&mut row)? {
        let end = |column| {
            let name = table.filled(&row, line, column)?;
            resources.named(name).map_err(|problem| table.error(line, column, problem))
        };
        let (from, to) = (end(0)?, end(1)?);
        let kind = match cell(&row, 2) {
            "sync" => EdgeKind::Sync,
            "async" => EdgeKind::Async,
            "part" => EdgeKind::Part,
            found => return Err(table.error(line, 2, Problem::EdgeKind { found: found.to_owned() })),
        };
        if let Some(first_line) = lines.insert((from.clone(), to.clone()), line) {
            return Err(table.error(line, 1, Problem::Repeated { first_line }));
        }
        edges.push(Edge { from, to, kind });
    }
    Ok(edges)
}
