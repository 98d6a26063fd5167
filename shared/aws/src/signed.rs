//! Calls of services of which only a little is read, signed, retried and timed out as the SDK does it. A crate for each of
//! them would cost every cold build a minute, EC2's several.

use crate::client::{APP_NAME, Place};
use crate::error::port_error;
use aws_config::SdkConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::ErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use serde_json::{Map, Value};
use stackseer_model::ports::PortError;

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Protocol {
    /// Parameters of a form, answered in XML. With the API's version.
    Query(&'static str),
    /// With what stands before the operation in `X-Amz-Target`.
    Json(&'static str),
    /// A path that is read.
    Rest,
}

/// By the service's name in IAM actions, host names and signatures.
fn protocol(service: &str) -> Protocol {
    match service {
        "ec2" => Protocol::Query("2016-11-15"),
        "elasticache" => Protocol::Query("2015-02-02"),
        "elasticloadbalancing" => Protocol::Query("2015-12-01"),
        "rds" => Protocol::Query("2014-10-31"),
        "sns" => Protocol::Query("2010-03-31"),
        "acm" => Protocol::Json("CertificateManager"),
        "application-autoscaling" => Protocol::Json("AnyScaleFrontendService"),
        "events" => Protocol::Json("AWSEvents"),
        "kinesis" => Protocol::Json("Kinesis_20131202"),
        "sqs" => Protocol::Json("AmazonSQS"),
        "states" => Protocol::Json("AWSStepFunctions"),
        _ => Protocol::Rest,
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Signed {
    sdk: SdkConfig,
    place: Place,
}

/// A request before it is signed.
#[derive(Debug, Clone)]
struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Signed {
    pub(crate) fn new(sdk: &SdkConfig, place: Place) -> Self {
        Self { sdk: sdk.clone(), place }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// What `action` answers, in JSON whatever the service speaks: an XML element with elements in it is an object, one that
    /// is repeated a list, all else text. `input`: an object, or the path of what is read.
    pub(crate) async fn call(&self, action: &str, input: &Value) -> Result<Value, PortError> {
        let (service, operation) = action.split_once(':').unwrap_or((action, ""));
        let request = Request::of(service, operation, input);
        let call = self.operation(service, operation).invoke(request).await;
        call.map_err(|error| port_error(action, error))
    }

    /// All pages of a list; `items` leads to it within a page.
    pub(crate) async fn list(&self, action: &str, input: Value, items: &str) -> Result<Vec<Value>, PortError> {
        let mut input = input;
        let mut all = Vec::new();
        loop {
            let page = self.call(action, &input).await?;
            all.extend(each(page.pointer(items)).cloned());
            let Some((name, token)) = next(&page) else { return Ok(all) };
            input[name] = token;
        }
    }

    fn operation(&self, service: &str, operation: &str) -> Operation<Request, Value, ErrorMetadata> {
        let (sdk, Place { partition, region, .. }) = (&self.sdk, &self.place);
        let suffix = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        let own = format!("https://{service}.{region}.{suffix}");
        let mut builder = Operation::builder()
            .service_name(service.to_owned())
            .operation_name(operation.to_owned())
            .endpoint_url(sdk.endpoint_url().unwrap_or(&own))
            .standard_retry(&sdk.retry_config().cloned().unwrap_or_else(RetryConfig::standard))
            .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .timeout_config(sdk.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
            .runtime_plugin(self.signing(service));
        if let Some(version) = sdk.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(client) = sdk.http_client() {
            builder = builder.http_client(client);
        }
        if let Some(sleep) = sdk.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        builder.serializer(Request::http).deserializer(read).build()
    }

    fn signing(&self, service: &str) -> StaticRuntimePlugin {
        let mut config = Layer::new("signing");
        config.store_put(AuthSchemeOptionResolverParams::new(()));
        config.store_put(SigV4OperationSigningConfig {
            region: self.sdk.region().cloned().map(SigningRegion::from),
            name: Some(SigningName::from(service.to_owned())),
            ..SigV4OperationSigningConfig::default()
        });
        let options = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let mut components = RuntimeComponentsBuilder::new("signing")
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(options));
        components.set_identity_cache(self.sdk.identity_cache());
        if let Some(credentials) = self.sdk.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }
        StaticRuntimePlugin::new().with_config(config.freeze()).with_runtime_components(components)
    }
}

impl Request {
    fn of(service: &str, operation: &str, input: &Value) -> Self {
        let user_agent = ("user-agent", format!("app/{APP_NAME}"));
        let post = |content: &str, body: String| Self {
            method: "POST",
            path: "/".to_owned(),
            headers: vec![user_agent.clone(), ("content-type", content.to_owned())],
            body,
        };
        match protocol(service) {
            Protocol::Query(version) => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.append_pair("Action", operation).append_pair("Version", version);
                for (name, value) in input.as_object().into_iter().flatten() {
                    form.append_pair(name, &text(value));
                }
                post("application/x-www-form-urlencoded", form.finish())
            }
            Protocol::Json(target) => {
                // Kinesis' and the older ones' version; the newer ones take both.
                let version = if matches!(service, "sqs" | "states") { "1.0" } else { "1.1" };
                let mut request = post(&format!("application/x-amz-json-{version}"), input.to_string());
                request.headers.push(("x-amz-target", format!("{target}.{operation}")));
                request
            }
            Protocol::Rest => Self { method: "GET", path: text(input), headers: vec![user_agent], body: String::new() },
        }
    }

    fn http(self) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method(self.method)?;
        request.set_uri(self.path)?;
        for (name, value) in self.headers {
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }
}

/// Where a list goes on, by the name that the next request gives it.
fn next(page: &Value) -> Option<(&'static str, Value)> {
    const NAMES: [(&str, &str); 4] =
        [("Marker", "Marker"), ("NextMarker", "Marker"), ("NextToken", "NextToken"), ("nextToken", "NextToken")];
    let token = |name| page.get(name).filter(|token| !text(token).is_empty()).cloned();
    NAMES.into_iter().find_map(|(said, asked)| Some((asked, token(said)?)))
}

/// The items of a list. One that XML has only once, and JSON not in brackets, is a list of one.
pub(crate) fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(Value::Null) | None => &[],
        Some(Value::String(text)) if text.is_empty() => &[],
        Some(one) => std::slice::from_ref(one),
    };
    items.iter()
}

/// As a parameter, or an attribute: without quotes.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn read(response: &HttpResponse) -> Result<Value, OrchestratorError<ErrorMetadata>> {
    let body = String::from_utf8_lossy(response.body().bytes().unwrap_or_default());
    let answer = match body.trim_start().starts_with('<') {
        true => roxmltree::Document::parse(&body).map(|document| of_xml(document.root_element())).ok(),
        false => serde_json::from_str(&body).ok(),
    };
    match (response.status().is_success(), answer) {
        (true, Some(answer)) => Ok(answer),
        (true, None) => Err(OrchestratorError::response("the answer is neither JSON nor XML".into())),
        (false, answer) => {
            let header = response.headers().get("x-amzn-errortype");
            Err(OrchestratorError::operation(error(&answer.unwrap_or_default(), header, response.status().as_u16())))
        }
    }
}

/// `{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": …}`, or XML's `<Code>` and `<Message>`.
fn error(answer: &Value, header: Option<&str>, status: u16) -> ErrorMetadata {
    let inner = answer.get("Error").or_else(|| answer.pointer("/Errors/Error")).unwrap_or(answer);
    let said = |names: [&str; 3]| names.iter().find_map(|name| inner.get(*name)).map(text);
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = header.map(str::to_owned).or_else(|| said(["__type", "Code", "code"])) {
        let code = code.split(':').next().unwrap_or_default();
        metadata = metadata.code(code.rsplit('#').next().unwrap_or(code));
    }
    let message = said(["message", "Message", "errorMessage"]);
    metadata.message(message.unwrap_or_else(|| format!("HTTP status {status}"))).build()
}

/// What is in `<OperationResult>`, where there is one.
fn of_xml(root: roxmltree::Node<'_, '_>) -> Value {
    let mut elements = root.children().filter(|child| child.is_element());
    value(elements.find(|child| child.tag_name().name().ends_with("Result")).unwrap_or(root))
}

fn value(node: roxmltree::Node<'_, '_>) -> Value {
    let elements: Vec<_> = node.children().filter(|child| child.is_element()).collect();
    if elements.is_empty() {
        return Value::from(node.text().unwrap_or_default().trim());
    }
    let mut map = Map::new();
    for element in elements {
        let inner = value(element);
        match map.get_mut(element.tag_name().name()) {
            None => drop(map.insert(element.tag_name().name().to_owned(), inner)),
            Some(Value::Array(items)) => items.push(inner),
            Some(one) => *one = Value::Array(vec![one.take(), inner]),
        }
    }
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ACCOUNT, Call, Calls, REGION, Reply, denied, sdk};
    use serde_json::json;

    fn signed(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (Signed, Calls) {
        let (config, calls) = sdk(answer);
        let place = Place { partition: "aws".into(), region: REGION.into(), account: ACCOUNT.into() };
        (Signed::new(&config, place), calls)
    }

    #[tokio::test]
    async fn a_form_is_answered_in_xml_page_by_page() {
        let (signed, calls) = signed(|call| match call.text("Marker") {
            "" => Reply::Xml(
                "<DBInstances><DBInstance><Name>a&amp;b</Name><Zones><Zone>1</Zone><Zone>2</Zone></Zones></DBInstance>\
                 </DBInstances><Marker>on</Marker>"
                    .into(),
            ),
            _ => {
                Reply::Xml("<DBInstances><DBInstance><Name>c</Name></DBInstance></DBInstances><Marker></Marker>".into())
            }
        });
        let all = signed.list("rds:DescribeDBInstances", json!({"MaxRecords": 100}), "/DBInstances/DBInstance").await;
        assert_eq!(all.unwrap(), [json!({"Name": "a&b", "Zones": {"Zone": ["1", "2"]}}), json!({"Name": "c"})]);
        let calls = calls.of("rds.DescribeDBInstances");
        assert_eq!((calls.len(), calls[0].text("Version"), calls[1].text("Marker")), (2, "2014-10-31", "on"));
        assert_eq!(calls[1].text("MaxRecords"), "100");
    }

    #[tokio::test]
    async fn json_and_paths_are_json() {
        let (signed, calls) = signed(|_| Reply::Ok(json!({"Attributes": {"FifoQueue": "true"}})));
        let input = json!({"QueueUrl": "q"});
        let answer = signed.call("sqs:GetQueueAttributes", &input).await.unwrap();
        assert_eq!(answer.pointer("/Attributes/FifoQueue"), Some(&json!("true")));
        signed.call("apigateway:GET", &json!("/restapis?limit=1")).await.unwrap();
        assert_eq!(calls.of("sqs.GetQueueAttributes")[0].input, input);
        assert_eq!(calls.of("apigateway.GET")[0].input, json!({"path": "/restapis", "limit": "1"}));
    }

    #[tokio::test]
    async fn errors_are_what_they_are_of_the_sdk() {
        let got = |reply: fn() -> Reply, action: &'static str| async move {
            let (signed, calls) = signed(move |_| reply());
            (signed.call(action, &json!({})).await.unwrap_err(), calls.all().len())
        };
        for action in ["rds:DescribeDBInstances", "kinesis:DescribeStreamSummary", "ec2:DescribeSubnets"] {
            let (error, tries) = got(|| denied("it"), action).await;
            assert!(matches!(&error, PortError::Denied { action: a, .. } if a == action), "{error:?}");
            assert_eq!(tries, 1);
            let (error, tries) = got(|| Reply::Error(400, "ThrottlingException", "Rate exceeded".into()), action).await;
            assert!(matches!(&error, PortError::Transient { message, .. } if message == "Rate exceeded"), "{error:?}");
            assert_eq!(tries, 4, "it is asked for again");
        }
        let (error, _) = got(|| Reply::Broken, "ec2:DescribeSubnets").await;
        assert!(matches!(error, PortError::Transient { .. }), "{error:?}");
        let gone =
            || Reply::Error(400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.".into());
        let (error, _) = got(gone, "sqs:GetQueueAttributes").await;
        assert!(matches!(error, PortError::NotFound { .. }), "{error:?}");
        let (error, _) = got(|| Reply::Text(200, "well"), "sqs:GetQueueAttributes").await;
        assert!(!matches!(error, PortError::NotFound { .. }), "{error:?}");
    }
}
