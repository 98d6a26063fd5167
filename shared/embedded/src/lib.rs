//! DynamoDB on one machine: dynoxide, a compatible engine on SQLite, in this process and over one file. Which table is in it is the
//! caller's to say.

mod meter;

use dynoxide::{Database, DynoxideError};
pub use meter::{Meter, Taken};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An operation's name, as `CreateTable`, and its request.
pub type Request = (&'static str, Value);

/// Why the file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} is in use by another stackseer: wait until that has ended", .0.display())]
    InUse(PathBuf),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} can't be read as a store ({reason}); move it away to start with an empty one", path.display())]
    Damaged { path: PathBuf, reason: String },
}

/// A copy is the same database. Only one process at a time may have its file open; the lock goes with the last copy, however the
/// process ends.
#[derive(Clone)]
pub struct Engine {
    database: Database,
    meter: Option<Meter>,
    _lock: Option<Arc<File>>,
}

impl Engine {
    /// Opens the database in this file, and makes both the file and its folder if they aren't there. One without a table is first
    /// made with these requests; what has expired goes.
    pub fn open(path: &Path, make: &[Request]) -> Result<Self, OpenError> {
        let file = |source| OpenError::File { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(file)?;
        }
        // Neither is a damaged file, and moving it away would be wrong.
        if path.is_dir() {
            return Err(file(ErrorKind::IsADirectory.into()));
        }
        let text = path.to_str().ok_or_else(|| file(std::io::Error::other("the path is not valid UTF-8")))?;
        let lock = lock(path)?;
        let damaged = |e: DynoxideError| OpenError::Damaged { path: path.to_owned(), reason: e.to_string() };
        let database = Database::new(text).map_err(damaged)?;
        prepare(&database, make).map_err(damaged)?;
        Ok(Self { database, meter: None, _lock: Some(Arc::new(lock)) })
    }

    /// One that is gone with its last copy.
    pub fn in_memory() -> Self {
        let database = Database::memory().expect("memory takes a database");
        Self { database, meter: None, _lock: None }
    }

    /// The same with a count of what is read and written, for who measures it.
    pub fn metered(self) -> (Self, Meter) {
        let meter = Meter::default();
        (Self { meter: Some(meter.clone()), ..self }, meter)
    }

    /// What DynamoDB answers to an operation and its request: HTTP's status, and JSON.
    pub fn answer(&self, operation: &str, mut request: Value) -> (u16, Value) {
        if self.meter.is_some() {
            Taken::ask(&mut request);
        }
        match call(&self.database, operation, request) {
            Ok(answer) => {
                if let Some(meter) = &self.meter {
                    meter.add(Taken::by(operation, &answer));
                }
                (200, answer)
            }
            Err(error) => (error.status_code(), serde_json::from_str(&error.to_json()).unwrap_or_default()),
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine")
    }
}

/// A file beside the database: SQLite locks only while it writes, but two runs must not interleave.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".lock");
    let failed = |source| OpenError::File { path: PathBuf::from(&name), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn prepare(database: &Database, make: &[Request]) -> Result<(), DynoxideError> {
    let names = call(database, "ListTables", json!({}))?;
    if names["TableNames"].as_array().is_none_or(Vec::is_empty) {
        for (operation, request) in make {
            call(database, operation, request.clone())?;
        }
    }
    database.sweep_ttl().map(|_| ())
}

/// The operations the store uses.
fn call(database: &Database, operation: &str, body: Value) -> Result<Value, DynoxideError> {
    macro_rules! run {
        ($method:ident) => {{
            let request =
                serde_json::from_value(body).map_err(|e| DynoxideError::ValidationException(e.to_string()))?;
            let answer = database.$method(request)?;
            serde_json::to_value(answer).map_err(|e| DynoxideError::InternalServerError(e.to_string()))
        }};
    }
    match operation {
        "BatchGetItem" => run!(batch_get_item),
        "BatchWriteItem" => run!(batch_write_item),
        "CreateTable" => run!(create_table),
        "GetItem" => run!(get_item),
        "ListTables" => run!(list_tables),
        "Query" => run!(query),
        "TransactWriteItems" => run!(transact_write_items),
        "UpdateTimeToLive" => run!(update_time_to_live),
        other => Err(DynoxideError::ValidationException(format!("{other} is not an operation of the embedded store"))),
    }
}
