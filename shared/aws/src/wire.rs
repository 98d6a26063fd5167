//! A fake AWS for tests: what the SDK sends arrives here as it would on the wire, and is answered in the services' own
//! formats, errors included.

use aws_config::SdkConfig;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::{Headers, StatusCode};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use ciborium::Value as Cbor;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const ACCOUNT: &str = "123456789012";

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// `cloudformation.ListStackResources`
    pub operation: String,
    /// The Region it was sent to.
    pub region: String,
    /// Input, whatever the protocol; query parameters keep their flat names (`Tags.member.1.Key`).
    pub input: Value,
}

impl Call {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.input[name].as_str().unwrap_or_default()
    }
}

pub(crate) enum Reply {
    Ok(Value),
    /// The XML inside `<OperationResult>`.
    Xml(String),
    /// HTTP status, code, message.
    Error(u16, &'static str, String),
    /// HTTP status and body, where an error says more than that.
    Body(u16, Value),
    /// HTTP status and a body that isn't AWS's.
    Text(u16, &'static str),
    /// Nobody listens.
    Broken,
}

pub(crate) fn denied(action: &str) -> Reply {
    let message = format!("User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: {action}");
    Reply::Error(403, "AccessDenied", message)
}

/// A configuration whose calls the function answers, and a record of them.
pub(crate) fn sdk(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (SdkConfig, Calls) {
    let calls = Calls::default();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static(REGION))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
        .retry_config(RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(1)))
        .http_client(client(Wire { answer: Box::new(answer), calls: calls.clone() }))
        .build();
    (config, calls)
}

fn client(wire: Wire) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(wire);
    http_client_fn(move |_, _| connector.clone())
}

/// Every call made, retries included.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    pub(crate) fn all(&self) -> Vec<Call> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn of(&self, operation: &str) -> Vec<Call> {
        self.all().into_iter().filter(|c| c.operation == operation).collect()
    }
}

struct Wire {
    answer: Box<dyn Fn(&Call) -> Reply + Send + Sync>,
    calls: Calls,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (call, protocol) = read(&request);
        self.calls.0.lock().unwrap().push(call.clone());
        HttpConnectorFuture::ready(match (self.answer)(&call) {
            Reply::Broken => Err(ConnectorError::io(std::io::Error::other("connection refused").into())),
            reply => Ok(write(&call, protocol, reply)),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Protocol {
    Json,
    Query,
    Cbor,
    Rest,
}

fn read(request: &HttpRequest) -> (Call, Protocol) {
    let uri = request.uri();
    let (_, rest) = uri.split_once("://").unwrap();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let service = host.split('.').next().unwrap();
    let body = request.body().bytes().unwrap_or_default();
    let (protocol, operation, input) = if let Some(target) = request.headers().get("x-amz-target") {
        let operation = target.rsplit('.').next().unwrap().to_owned();
        (Protocol::Json, operation, serde_json::from_slice(body).unwrap_or_default())
    } else if path.contains("/operation/") {
        let operation = path.rsplit('/').next().unwrap().to_owned();
        let input: Cbor = ciborium::from_reader(body).unwrap_or(Cbor::Null);
        (Protocol::Cbor, operation, json_of(&input))
    } else if body.starts_with(b"Action=") {
        let input: Map<String, Value> = parameters(std::str::from_utf8(body).unwrap());
        let operation = input["Action"].as_str().unwrap().to_owned();
        (Protocol::Query, operation, Value::Object(input))
    } else {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut input = parameters(query);
        let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let operation = match parts.as_slice() {
            [_, "functions"] => "ListFunctions",
            [_, "functions", function, "concurrency"] => {
                input.insert("FunctionName".to_owned(), json!(decoded(function)));
                "GetFunctionConcurrency"
            }
            [_, "functions", function, "event-invoke-config", "list"] => {
                input.insert("FunctionName".to_owned(), json!(decoded(function)));
                "ListFunctionEventInvokeConfigs"
            }
            [_, "functions", function, "recursion-config"] => {
                input.insert("FunctionName".to_owned(), json!(decoded(function)));
                "GetFunctionRecursionConfig"
            }
            [_, "functions", function, "invocations"] => {
                input.insert("FunctionName".to_owned(), json!(decoded(function)));
                "Invoke"
            }
            [_, "account-settings"] => "GetAccountSettings",
            [_, "event-source-mappings"] => "ListEventSourceMappings",
            _ if service == "apigateway" => {
                input.insert("path".to_owned(), json!(format!("/{path}")));
                "GET"
            }
            other => panic!("{other:?}"),
        };
        (Protocol::Rest, operation.to_owned(), Value::Object(input))
    };
    let region = host.split('.').find(|label| label.matches('-').count() == 2).unwrap_or_default().to_owned();
    (Call { operation: format!("{service}.{operation}"), region, input }, protocol)
}

fn write(call: &Call, protocol: Protocol, reply: Reply) -> HttpResponse {
    let name = call.operation.rsplit('.').next().unwrap();
    let (status, body) = match reply {
        Reply::Ok(output) if protocol == Protocol::Cbor => (200, cbor(&output)),
        Reply::Ok(output) => (200, output.to_string().into_bytes()),
        Reply::Xml(xml) => {
            (200, format!("<{name}Response><{name}Result>{xml}</{name}Result></{name}Response>").into_bytes())
        }
        Reply::Broken => unreachable!("it has no response"),
        Reply::Text(status, text) => (status, text.as_bytes().to_vec()),
        Reply::Body(status, body) => (status, body.to_string().into_bytes()),
        Reply::Error(status, code, message) => {
            let body = match protocol {
                Protocol::Cbor => cbor(&json!({"__type": code, "message": message})),
                Protocol::Query => {
                    let error =
                        format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
                    format!("<ErrorResponse>{error}</ErrorResponse>").into_bytes()
                }
                _ => json!({"__type": code, "message": message}).to_string().into_bytes(),
            };
            (status, body)
        }
    };
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    let mut headers = Headers::new();
    if protocol == Protocol::Cbor {
        headers.insert("smithy-protocol", "rpc-v2-cbor");
        headers.insert("content-type", "application/cbor");
    }
    *response.headers_mut() = headers;
    response
}

fn parameters(query: &str) -> Map<String, Value> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), json!(decoded(value)))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(decoded).unwrap()
}

fn json_of(value: &Cbor) -> Value {
    match value {
        Cbor::Text(text) => json!(text),
        Cbor::Integer(number) => json!(i64::try_from(*number).unwrap()),
        Cbor::Float(number) => json!(number),
        Cbor::Bool(bool) => json!(bool),
        Cbor::Array(items) => Value::Array(items.iter().map(json_of).collect()),
        Cbor::Map(pairs) => pairs.iter().map(|(k, v)| (k.as_text().unwrap().to_owned(), json_of(v))).collect(),
        // Timestamps, in epoch seconds.
        Cbor::Tag(_, inner) => json_of(inner),
        _ => Value::Null,
    }
}

/// `Timestamps` are tagged as CloudWatch does; the texts `NaN` and `Infinity` among `Values` stand for these numbers.
fn cbor(output: &Value) -> Vec<u8> {
    fn of(name: &str, value: &Value) -> Cbor {
        match value {
            Value::Object(map) => Cbor::Map(map.iter().map(|(k, v)| (Cbor::Text(k.clone()), of(k, v))).collect()),
            Value::Array(items) => Cbor::Array(items.iter().map(|v| of(name, v)).collect()),
            Value::String(text) if name == "Values" => Cbor::Float(text.parse().unwrap()),
            Value::String(text) => Cbor::Text(text.clone()),
            Value::Number(number) if name == "Timestamps" => {
                Cbor::Tag(1, Box::new(Cbor::Float(number.as_f64().unwrap())))
            }
            Value::Number(number) => Cbor::Float(number.as_f64().unwrap()),
            Value::Bool(bool) => Cbor::Bool(*bool),
            Value::Null => Cbor::Null,
        }
    }
    let mut bytes = Vec::new();
    ciborium::into_writer(&of("", output), &mut bytes).unwrap();
    bytes
}

/// Stacks as CloudFormation describes them, with a physical id for every resource of their templates.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeStack {
    pub name: String,
    pub template: String,
    /// Logical id, type, physical id.
    pub resources: Vec<(String, String, String)>,
    pub root: Option<String>,
    pub status: Option<&'static str>,
    pub parameters: BTreeMap<String, String>,
    pub outputs: BTreeMap<String, String>,
    pub exports: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

impl FakeStack {
    pub(crate) fn id(&self) -> String {
        stack_id(&self.name)
    }

    fn describe(&self) -> String {
        let pairs = |list: &str, key: &str, value: &str, map: &BTreeMap<String, String>| {
            let members: String =
                map.iter().map(|(k, v)| format!("<member><{key}>{k}</{key}><{value}>{v}</{value}></member>")).collect();
            format!("<{list}>{members}</{list}>")
        };
        let outputs: String = self
            .outputs
            .iter()
            .map(|(k, v)| {
                let export = self.exports.get(k).map(|e| format!("<ExportName>{e}</ExportName>")).unwrap_or_default();
                format!("<member><OutputKey>{k}</OutputKey><OutputValue>{v}</OutputValue>{export}</member>")
            })
            .collect();
        format!(
            "<member><StackId>{}</StackId><StackName>{}</StackName><StackStatus>{}</StackStatus>\
             <CreationTime>2026-01-01T00:00:00Z</CreationTime>{}{}{}<Outputs>{outputs}</Outputs></member>",
            self.id(),
            self.name,
            self.status.unwrap_or("UPDATE_COMPLETE"),
            self.root.as_ref().map(|r| format!("<RootId>{}</RootId>", stack_id(r))).unwrap_or_default(),
            pairs("Parameters", "ParameterKey", "ParameterValue", &self.parameters),
            pairs("Tags", "Key", "Value", &self.tags),
        )
    }

    /// Pages of 100, as CloudFormation has them.
    fn list(&self, token: &str) -> String {
        let start: usize = token.parse().unwrap_or(0);
        let members: String = self
            .resources
            .iter()
            .skip(start)
            .take(100)
            .map(|(logical, cfn, physical)| {
                let physical = match physical.is_empty() {
                    true => String::new(),
                    false => format!("<PhysicalResourceId>{physical}</PhysicalResourceId>"),
                };
                format!(
                    "<member><LogicalResourceId>{logical}</LogicalResourceId><ResourceType>{cfn}</ResourceType>{physical}\
                     <ResourceStatus>CREATE_COMPLETE</ResourceStatus>\
                     <LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>"
                )
            })
            .collect();
        let next = match self.resources.len() > start + 100 {
            true => format!("<NextToken>{}</NextToken>", start + 100),
            false => String::new(),
        };
        format!("<StackResourceSummaries>{members}</StackResourceSummaries>{next}")
    }
}

pub(crate) fn stack_id(name: &str) -> String {
    format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/11111111-2222-3333-4444-555555555555")
}

/// CloudFormation over these stacks; `None` for other services.
pub(crate) fn cloudformation(stacks: &[FakeStack], call: &Call) -> Option<Reply> {
    let name = call.operation.strip_prefix("cloudformation.")?;
    let wanted = call.text("StackName");
    let stack = stacks.iter().find(|s| s.name == wanted || s.id() == wanted);
    Some(match (name, stack) {
        ("DescribeStacks", None) if wanted.is_empty() => {
            // One a page.
            let index: usize = call.text("NextToken").parse().unwrap_or(0);
            let next = match index + 1 < stacks.len() {
                true => format!("<NextToken>{}</NextToken>", index + 1),
                false => String::new(),
            };
            let stack = stacks.get(index).map(FakeStack::describe).unwrap_or_default();
            Reply::Xml(format!("<Stacks>{stack}</Stacks>{next}"))
        }
        (_, None) => Reply::Error(400, "ValidationError", format!("Stack with id {wanted} does not exist")),
        ("DescribeStacks", Some(stack)) => Reply::Xml(format!("<Stacks>{}</Stacks>", stack.describe())),
        ("ListStackResources", Some(stack)) => Reply::Xml(stack.list(call.text("NextToken"))),
        ("GetTemplate", Some(stack)) => {
            let text = stack.template.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            Reply::Xml(format!("<TemplateBody>{text}</TemplateBody>"))
        }
        (other, _) => panic!("{other}"),
    })
}
