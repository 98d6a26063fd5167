//! Requests and answers as rest-json has them.

use crate::error::{Error, Reason};
use crate::generated::{Input, Operation};
use crate::rule::{Place, Rule};
use axum::body::{Body as Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// No request comes near: the longest lists hold a hundred names.
const MOST_BYTES: usize = 256 * 1024;

/// What an operation is asked with, held to the model. Clients send empty bodies and no content type, which axum's `Json`
/// refuses.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Sync, T: Input + DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| Error::cannot_parse("The body is too long"))?;
        let path = parts.uri.path();
        let asked = asked(T::OPERATION, path, parts.uri.query().unwrap_or_default(), &bytes)?;
        if let Some(error) = Error::violations(T::OPERATION.input().violations(&asked)) {
            return Err(error);
        }
        serde_json::from_value(asked).map(Self).map_err(|error| Error::cannot_parse(error.to_string()))
    }
}

fn asked(operation: Operation, path: &str, query: &str, body: &[u8]) -> Result<Value, Error> {
    let mut object = match body.trim_ascii() {
        [] => Map::new(),
        body => match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => object,
            Ok(_) => return Err(Error::cannot_parse("The body is not a JSON object")),
            Err(error) => return Err(Error::cannot_parse(format!("The body is not JSON: {error}"))),
        },
    };
    for member in operation.input().members() {
        let text = match member.place {
            Place::Body | Place::Header => continue,
            Place::Uri => in_path(operation.path(), path, member.name)?,
            Place::Query => in_query(query, member.name)?,
        };
        match text {
            Some(text) => object.insert(member.name.to_owned(), typed(member.rule, text)),
            None => object.remove(member.name),
        };
    }
    Ok(Value::Object(object))
}

fn in_path(template: &str, path: &str, name: &str) -> Result<Option<String>, Error> {
    let is_it = |part: &&str| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) == Some(name);
    let found = template.split('/').zip(path.split('/')).find(|(part, _)| is_it(part));
    found.map(|(_, text)| decoded(text, name)).transpose()
}

fn in_query(query: &str, name: &str) -> Result<Option<String>, Error> {
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decoded(key, name).is_ok_and(|key| key == name) {
            return decoded(&value.replace('+', " "), name).map(Some);
        }
    }
    Ok(None)
}

fn decoded(text: &str, name: &str) -> Result<String, Error> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(|text| text.into_owned()).map_err(|_| Error::cannot_parse(format!("{name} is not UTF-8")))
}

/// What stands in a path or a query is text; what it is not, the rule says.
fn typed(rule: &Rule, text: String) -> Value {
    match rule {
        Rule::Integer { .. } | Rule::Double | Rule::Boolean | Rule::Time => match serde_json::from_str(&text) {
            Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
            _ => Value::String(text),
        },
        _ => Value::String(text),
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer<T>(pub T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => json(body),
            Err(error) => Error::Internal { message: error.to_string(), retry_after: None }.into_response(),
        }
    }
}

pub(crate) fn json(body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// There is no such path, or it is not asked so.
pub(crate) async fn unknown(request: Request) -> Error {
    let message = format!("There is no operation {} {}", request.method(), request.uri().path());
    Error::Validation { reason: Reason::UnknownOperation, message, fields: vec![] }
}

/// Clients tell it in their errors.
pub(crate) async fn with_request_id(mut response: Response) -> Response {
    static ANSWERED: AtomicU64 = AtomicU64::new(0);
    let number = ANSWERED.fetch_add(1, Ordering::Relaxed);
    let now = jiff::Timestamp::now().as_nanosecond();
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{now} {number}").as_bytes());
    let id = HeaderValue::from_str(&id.to_string()).expect("a UUID is a header's value");
    response.headers_mut().insert(HeaderName::from_static("x-amzn-requestid"), id);
    response
}
