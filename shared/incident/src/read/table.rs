//! A CSV file with a fixed header, row by row.

use super::invalid;
use crate::{IncidentError, Problem};
use csv::StringRecord;
use std::io::Read;
use std::path::Path;

pub struct Table<'p, R> {
    path: &'p Path,
    reader: csv::Reader<R>,
    header: &'static [&'static str],
}

impl<'p, R: Read> Table<'p, R> {
    pub fn new(path: &'p Path, read: R, header: &'static [&'static str]) -> Result<Self, IncidentError> {
        // With the reader's own handling of `\r\n` a row's line is one too low; here the `\r` is cut off by `cell`.
        let terminator = csv::Terminator::Any(b'\n');
        let reader = csv::ReaderBuilder::new().flexible(true).terminator(terminator).from_reader(read);
        let mut table = Self { path, reader, header };
        let found = table.reader.headers().map_err(|error| syntax(path, error))?;
        if !(0..found.len()).map(|column| cell(found, column)).eq(header.iter().copied()) {
            return Err(invalid(path, Some(1), None, Problem::Header { expected: header.to_vec() }));
        }
        Ok(table)
    }

    /// The line the row starts on; none at the end.
    pub fn next(&mut self, row: &mut StringRecord) -> Result<Option<u64>, IncidentError> {
        if !self.reader.read_record(row).map_err(|error| syntax(self.path, error))? {
            return Ok(None);
        }
        let line = row.position().map_or(0, csv::Position::line);
        // The reader skips blank lines and then gives the first one's number, so that each later error would be misplaced.
        let beyond = self.reader.position().line().saturating_sub(line + 1);
        let newlines = || row.iter().flat_map(str::bytes).filter(|byte| *byte == b'\n').count() as u64;
        if beyond > 0 && beyond > newlines() {
            return Err(invalid(self.path, Some(line), None, Problem::BlankLine));
        }
        if row.len() != self.header.len() {
            let problem = Problem::FieldCount { found: row.len(), expected: self.header.len() };
            return Err(invalid(self.path, Some(line), None, problem));
        }
        Ok(Some(line))
    }

    pub fn error(&self, line: u64, column: usize, problem: Problem) -> IncidentError {
        invalid(self.path, Some(line), Some(self.header[column]), problem)
    }

    /// A field that must say something.
    pub fn filled<'r>(&self, row: &'r StringRecord, line: u64, column: usize) -> Result<&'r str, IncidentError> {
        let field = cell(row, column);
        if field.trim().is_empty() { Err(self.error(line, column, Problem::Empty)) } else { Ok(field) }
    }
}

/// A field, without what a Windows line ending leaves on the last one.
pub fn cell(row: &StringRecord, column: usize) -> &str {
    row[column].trim_end_matches('\r')
}

fn syntax(path: &Path, error: csv::Error) -> IncidentError {
    let line = error.position().map(csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(source) => IncidentError::Io { action: "read", path: path.to_owned(), source },
        csv::ErrorKind::Utf8 { err, .. } => {
            let message = format!("field {} is not UTF-8 text; save the file as UTF-8", err.field() + 1);
            invalid(path, line, None, Problem::Syntax { message })
        }
        kind => invalid(path, line, None, Problem::Syntax { message: format!("{kind:?}") }),
    }
}
