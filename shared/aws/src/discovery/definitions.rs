//! Documents within a template that say what is called: state machines, integrations of APIs, AppSync's HTTP sources.

use super::intrinsics::{Reference, Scope};
use serde_json::Value;

/// A request that an API makes by itself, without a function's code.
pub(crate) struct Integration<'v> {
    /// Properties that name what is called.
    pub names: Vec<&'v Value>,
    /// Texts in which its name may stand in quotes.
    pub texts: Vec<&'v Value>,
    /// The role it is made with.
    pub role: Option<&'v Value>,
    /// Says the service and perhaps the action.
    target: Option<&'v Value>,
    /// Headers and the like.
    parameters: Option<&'v Value>,
}

impl Integration<'_> {
    /// The service, as ARNs call it, of a direct integration: `arn:…:apigateway:region:dynamodb:action/PutItem`,
    /// `SQS-SendMessage`, `https://sync-states.region.amazonaws.com/`.
    pub(crate) fn service(&self, scope: &Scope<'_>) -> Option<String> {
        let target = scope.pattern(self.target?);
        let service = match target.split_once(":apigateway:").or_else(|| target.split_once("apigateway:")) {
            Some((_, rest)) => rest.split(':').nth(1)?.to_owned(),
            None => match target.split_once("://") {
                Some((_, host)) => host.split('.').next()?.trim_start_matches("sync-").to_owned(),
                None => target.split_once('-')?.0.to_lowercase(),
            },
        };
        Some(match service.as_str() {
            "stepfunctions" => "states".to_owned(),
            "eventbridge" => "events".to_owned(),
            _ => service,
        })
    }

    /// Whether it waits for a state machine's end.
    pub(crate) fn waits(&self, scope: &Scope<'_>) -> bool {
        self.target.is_some_and(|t| {
            let target = scope.pattern(t);
            target.contains("StartSyncExecution") || target.contains("://sync-states.")
        })
    }

    /// Whether a function is only told of the request.
    pub(crate) fn is_event(&self, scope: &Scope<'_>) -> bool {
        let header = self.parameters.and_then(|p| p.get("integration.request.header.X-Amz-Invocation-Type"));
        header.and_then(|v| scope.text(v)).is_some_and(|v| v.trim_matches('\'').eq_ignore_ascii_case("event"))
    }
}

/// The integration that a resource of this type is.
pub(crate) fn integration<'v>(cfn: &str, properties: &'v Value) -> Option<Integration<'v>> {
    let at = |pointers: &[&str]| pointers.iter().filter_map(|p| properties.pointer(p)).collect::<Vec<_>>();
    match cfn {
        "AWS::ApiGateway::Method" => Some(open_api_or_method(properties.get("Integration")?)),
        "AWS::ApiGatewayV2::Integration" => Some(Integration {
            names: at(&["/IntegrationUri", "/RequestParameters"]),
            texts: vec![],
            role: properties.get("CredentialsArn"),
            target: properties.get("IntegrationSubtype"),
            parameters: properties.get("RequestParameters"),
        }),
        "AWS::AppSync::DataSource" => Some(Integration {
            names: vec![],
            texts: vec![],
            role: properties.get("ServiceRoleArn"),
            target: Some(properties.pointer("/HttpConfig/Endpoint")?),
            parameters: None,
        }),
        "AWS::Scheduler::Schedule" => {
            let target = properties.get("Target")?;
            let is_universal = target["Arn"].to_string().contains(":aws-sdk:");
            is_universal.then(|| Integration {
                names: target.get("Input").into_iter().collect(),
                texts: vec![],
                role: None,
                target: None,
                parameters: None,
            })
        }
        _ => None,
    }
}

/// A method's integration, or an OpenAPI document's: the same words, with a capital or without.
fn open_api_or_method(value: &Value) -> Integration<'_> {
    let get = |capital: &str, small: &str| value.get(capital).or_else(|| value.get(small));
    let names = [get("Uri", "uri"), get("ConnectionId", "connectionId"), get("RequestParameters", "requestParameters")];
    Integration {
        names: names.into_iter().flatten().collect(),
        texts: get("RequestTemplates", "requestTemplates").into_iter().collect(),
        role: get("Credentials", "credentials"),
        target: get("Uri", "uri").or_else(|| value.get("integrationSubtype")),
        parameters: get("RequestParameters", "requestParameters"),
    }
}

/// What an OpenAPI document says of the outside; its tags, examples and operation ids only sound like resources.
pub(crate) fn of_open_api(body: &Value) -> Vec<Integration<'_>> {
    let mut found = Vec::new();
    integrations_in(body, &mut found);
    found
}

fn integrations_in<'v>(value: &'v Value, found: &mut Vec<Integration<'v>>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "x-amazon-apigateway-integration" => found.push(open_api_or_method(value)),
                    "x-amazon-apigateway-authorizer" => found.push(Integration {
                        names: value.get("authorizerUri").into_iter().collect(),
                        texts: vec![],
                        role: None,
                        target: None,
                        parameters: None,
                    }),
                    _ => integrations_in(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|v| integrations_in(v, found)),
        _ => {}
    }
}

/// What the texts in a value have in quotes, and all that the value refers to.
pub(crate) fn quoted(scope: &Scope<'_>, value: &Value) -> Vec<Reference> {
    let mut references = Vec::new();
    for reference in scope.references(value) {
        if let Reference::Text(text) = &reference {
            let words = text.split(['"', '\'']).skip(1).step_by(2);
            // A form: `Action=SendMessage&QueueUrl=…`
            let form = text.split('&').filter_map(|pair| Some(pair.split_once('=')?.1));
            references.extend(words.chain(form).map(|word| Reference::Text(word.to_owned())));
        }
        references.push(reference);
    }
    references
}

/// All that a state machine's definition names, written as an object or as a text.
pub(crate) fn state_machine(scope: &Scope<'_>, definition: &Value) -> Vec<Reference> {
    let mut references = Vec::new();
    // References are found as they are written, names only where the definition means one.
    let logical = scope.references(definition).into_iter().filter(|r| match r {
        Reference::Logical(_) => true,
        Reference::Text(text) => text.contains("arn:") || text.contains("://"),
    });
    references.extend(logical);
    match scope.text(definition).map(|text| serde_json::from_str::<Value>(&text)) {
        Some(Ok(parsed)) => names_in(scope, &parsed, &mut references),
        _ => names_in(scope, definition, &mut references),
    }
    references
}

/// Keys below which a state names something: `TableName`, `QueueUrl`, `StateMachineArn`, `Resource`, `Bucket`.
const NAMING: &[&str] = &["Name", "Arn", "Url", "Resource", "Bucket", "Endpoint"];

fn names_in(scope: &Scope<'_>, value: &Value, references: &mut Vec<Reference>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let text = NAMING.iter().any(|end| key.ends_with(end)).then(|| scope.text(value)).flatten();
                match text {
                    Some(text) => references.push(Reference::Text(text)),
                    None => names_in(scope, value, references),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|v| names_in(scope, v, references)),
        _ => {}
    }
}
