//! The same store on one machine: over an engine in this process, which takes the place of the SDK's HTTP client. No socket, no
//! second implementation.

use super::{DynamoStore, keys};
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::fmt;

pub(super) const TABLE: &str = "stackseer";

/// The store over whatever answers DynamoDB's operations: from an operation's name and its request to HTTP's status and JSON. It has
/// the table that [`make_table`] makes, and answers at once.
pub fn store_over(answer: impl Fn(&str, Value) -> (u16, Value) + Send + Sync + 'static) -> DynamoStore {
    let connector = SharedHttpConnector::new(InProcess(answer));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("local"))
        .endpoint_url("http://localhost")
        .credentials_provider(Credentials::new("embedded", "embedded", None, None, "embedded"))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    DynamoStore::new(aws_sdk_dynamodb::Client::from_conf(config), TABLE)
}

/// The requests that make the table as the template declares it, each with its operation.
pub fn make_table() -> [(&'static str, Value); 2] {
    let expiry = json!({"Enabled": true, "AttributeName": keys::EXPIRES});
    let expire = json!({"TableName": TABLE, "TimeToLiveSpecification": expiry});
    [("CreateTable", table()), ("UpdateTimeToLive", expire)]
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

struct InProcess<F>(F);

impl<F> fmt::Debug for InProcess<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl<F: Fn(&str, Value) -> (u16, Value) + Send + Sync> HttpConnector for InProcess<F> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation =
            request.headers().get("x-amz-target").and_then(|t| t.split_once('.')).map_or("", |(_, name)| name);
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default());
        let (status, answer) = (self.0)(operation, body.expect("the SDK's requests are JSON"));
        let status = StatusCode::try_from(status).expect("the engine's codes are HTTP's");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer.to_string()))))
    }
}
