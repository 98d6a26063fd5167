//! The same store on one machine: dynoxide, a DynamoDB-compatible engine on SQLite, behind the SDK's HTTP client. No
//! socket, no second implementation.

use super::meter::{Meter, Taken};
use super::{DynamoStore, keys};
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) const TABLE: &str = "stackseer";

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{} is in use by another stackseer: wait until that has ended", .0.display())]
    InUse(PathBuf),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{} can't be read as a store ({reason}); move it away to start with an empty one", path.display())]
    Damaged { path: PathBuf, reason: String },
}

/// Opens the store in this file, and makes both the file and its folder if they aren't there. Only one process at a time
/// may have it open; the lock goes with the store, however the process ends.
pub fn open_embedded(path: &Path) -> Result<DynamoStore, OpenError> {
    open(path, None)
}

/// The same with a count of what is read and written, for who measures it.
pub fn open_metered(path: &Path) -> Result<(DynamoStore, Meter), OpenError> {
    let meter = Meter::default();
    Ok((open(path, Some(meter.clone()))?, meter))
}

fn open(path: &Path, meter: Option<Meter>) -> Result<DynamoStore, OpenError> {
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
    let damaged = |reason: String| OpenError::Damaged { path: path.to_owned(), reason };
    let database = Database::new(text).map_err(|e| damaged(e.to_string()))?;
    prepare(&database).map_err(|e| damaged(e.to_string()))?;
    let engine = Engine { database, meter, _lock: Arc::new(lock) };
    let connector = SharedHttpConnector::new(engine);
    Ok(store_over(http_client_fn(move |_, _| connector.clone())))
}

/// The store over whatever answers DynamoDB's HTTP requests.
pub(super) fn store_over(http: SharedHttpClient) -> DynamoStore {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("local"))
        .endpoint_url("http://localhost")
        .credentials_provider(Credentials::new("embedded", "embedded", None, None, "embedded"))
        .http_client(http)
        .build();
    DynamoStore::new(aws_sdk_dynamodb::Client::from_conf(config), TABLE)
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

pub(super) fn table() -> Value {
    json!({
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            {"AttributeName": keys::PARTITION, "KeyType": "HASH"},
            {"AttributeName": keys::SORT, "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": keys::PARTITION, "AttributeType": "S"},
            {"AttributeName": keys::SORT, "AttributeType": "S"},
            {"AttributeName": keys::LIST, "AttributeType": "S"},
            {"AttributeName": keys::POSITION, "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": keys::LISTS,
            "KeySchema": [
                {"AttributeName": keys::LIST, "KeyType": "HASH"},
                {"AttributeName": keys::POSITION, "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }],
    })
}

/// The table as the template declares it, once; and what has expired goes.
pub(super) fn prepare(database: &Database) -> Result<(), DynoxideError> {
    let names: Value = call(database, "ListTables", json!({}))?;
    let known = names["TableNames"].as_array().is_some_and(|names| names.iter().any(|n| n == TABLE));
    if !known {
        call(database, "CreateTable", table())?;
        let expiry = json!({"Enabled": true, "AttributeName": keys::EXPIRES});
        call(database, "UpdateTimeToLive", json!({"TableName": TABLE, "TimeToLiveSpecification": expiry}))?;
    }
    database.sweep_ttl().map(|_| ())
}

#[derive(Clone)]
struct Engine {
    database: Database,
    meter: Option<Meter>,
    _lock: Arc<File>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    fn answer(&self, operation: &str, mut body: Value) -> Result<Value, DynoxideError> {
        let Some(meter) = &self.meter else { return call(&self.database, operation, body) };
        Taken::ask(&mut body);
        let answer = call(&self.database, operation, body)?;
        meter.add(Taken::by(operation, &answer));
        Ok(answer)
    }
}

impl HttpConnector for Engine {
    /// Answers at once: a request takes SQLite milliseconds.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation =
            request.headers().get("x-amz-target").and_then(|t| t.split_once('.')).map_or("", |(_, name)| name);
        let body = request.body().bytes().unwrap_or_default();
        let answer = serde_json::from_slice(body)
            .map_err(|e| DynoxideError::ValidationException(e.to_string()))
            .and_then(|body| self.answer(operation, body));
        let (status, body) = match answer {
            Ok(body) => (200, body.to_string()),
            Err(error) => (error.status_code(), error.to_json()),
        };
        let status = StatusCode::try_from(status).expect("the engine's codes are HTTP's");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

/// The operations the store uses.
pub(super) fn call(database: &Database, operation: &str, body: Value) -> Result<Value, DynoxideError> {
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
