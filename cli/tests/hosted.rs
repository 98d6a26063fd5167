//! The hosted console in template.yaml: there only when asked for, and closed to who is not signed in.

mod template;

use saphyr::Yaml;
use template::{get, parsed, plain, text};

fn all<'a, 'y>(template: &'a Yaml<'y>) -> Vec<(&'a str, &'a Yaml<'y>)> {
    let resources = get(template, "Resources").and_then(|all| plain(all).as_mapping()).expect("resources");
    resources.iter().map(|(name, resource)| (name.as_str().expect("a name"), resource)).collect()
}

/// Their properties, by type.
fn of_type<'a, 'y>(template: &'a Yaml<'y>, kind: &str) -> Vec<&'a Yaml<'y>> {
    let of_kind = all(template).into_iter().filter(|(_, resource)| said(resource, &["Type"]) == kind);
    of_kind.map(|(_, resource)| get(resource, "Properties").expect("properties")).collect()
}

fn only<'a, 'y>(template: &'a Yaml<'y>, kind: &str) -> &'a Yaml<'y> {
    let found = of_type(template, kind);
    assert_eq!(found.len(), 1, "{kind}");
    found[0]
}

fn at<'a, 'y>(node: &'a Yaml<'y>, path: &[&str]) -> Option<&'a Yaml<'y>> {
    path.iter().try_fold(node, |node, key| get(node, key)).map(plain)
}

/// Empty where there is no such text.
fn said<'a>(node: &'a Yaml<'_>, path: &[&str]) -> &'a str {
    at(node, path).and_then(|value| value.as_str()).unwrap_or_default()
}

fn list<'a>(node: &'a Yaml<'_>, path: &[&str]) -> Vec<&'a str> {
    let values = at(node, path).and_then(|value| value.as_sequence());
    values.into_iter().flatten().filter_map(|value| plain(value).as_str()).collect()
}

#[test]
fn it_is_there_only_when_it_is_asked_for() {
    let text = text();
    let template = parsed(&text);
    assert_eq!(said(&template, &["Parameters", "WebConsole", "Default"]), "local");
    assert_eq!(list(&template, &["Conditions", "Hosted"]), ["WebConsole", "hosted"]);
    let belongs = |name: &str, resource: &Yaml<'_>| {
        let kind = said(resource, &["Type"]);
        let by_gateway = said(resource, &["Properties", "Principal"]) == "apigateway.amazonaws.com";
        kind.starts_with("AWS::Cognito::")
            || kind.starts_with("AWS::ApiGateway")
            || by_gateway
            || name.starts_with("Page")
    };
    let found: Vec<_> = all(&template).into_iter().filter(|(name, resource)| belongs(name, resource)).collect();
    assert!(found.len() > 12, "{}", found.len());
    for (name, resource) in found {
        assert_eq!(said(resource, &["Condition"]), "Hosted", "{name}");
    }
}

#[test]
fn every_route_but_the_page_s_wants_a_token_of_the_pool() {
    let text = text();
    let template = parsed(&text);
    let function = |route: &Yaml<'_>| {
        let target = said(route, &["Target"]).strip_prefix("integrations/${").and_then(|t| t.strip_suffix('}'));
        said(&template, &["Resources", target.expect("a target"), "Properties", "IntegrationUri"]).to_owned()
    };
    let routes = of_type(&template, "AWS::ApiGatewayV2::Route");
    let (page, others): (Vec<_>, Vec<_>) = routes.into_iter().partition(|r| said(r, &["RouteKey"]) == "$default");
    assert_eq!((page.len(), function(page[0]).as_str()), (1, "PageFunction.Arn"));
    assert_eq!(others.len(), 1);
    for route in others {
        assert_eq!(said(route, &["RouteKey"]), "ANY /api/{proxy+}");
        assert_eq!(said(route, &["AuthorizationType"]), "JWT");
        assert_eq!(list(route, &["AuthorizationScopes"]), ["openid"]);
        assert_eq!(function(route), "OperateFunction.Arn");
        let authorizer = ["Resources", said(route, &["AuthorizerId"]), "Properties"];
        let authorizer = at(&template, &authorizer).expect("its authorizer");
        assert_eq!(said(authorizer, &["AuthorizerType"]), "JWT");
        assert_eq!(list(authorizer, &["IdentitySource"]), ["$request.header.Authorization"]);
        assert_eq!(
            said(authorizer, &["JwtConfiguration", "Issuer"]),
            "https://cognito-idp.${AWS::Region}.amazonaws.com/${ConsoleUsers}"
        );
        assert_eq!(list(authorizer, &["JwtConfiguration", "Audience"]), ["ConsoleClient"]);
    }
}

/// Else another route of the API, or another API, could reach what changes things.
#[test]
fn the_api_may_invoke_each_function_for_its_own_route_alone() {
    let text = text();
    let template = parsed(&text);
    let permissions = of_type(&template, "AWS::Lambda::Permission");
    let by_gateway = permissions.into_iter().filter(|p| said(p, &["Principal"]) == "apigateway.amazonaws.com");
    let mut allowed: Vec<(&str, &str)> = by_gateway
        .map(|p| {
            (said(p, &["FunctionName"]), said(p, &["SourceArn"]).split_once("${ConsoleApi}").expect("of this API").1)
        })
        .collect();
    allowed.sort_unstable();
    assert_eq!(allowed, [("OperateFunction", "/*/*/api/*"), ("PageFunction", "/*/$default")]);
}

#[test]
fn the_function_that_serves_the_page_may_write_its_log_and_nothing_else() {
    let text = text();
    let template = parsed(&text);
    let role = at(&template, &["Resources", "PageRole", "Properties"]).expect("its role");
    assert!(get(role, "ManagedPolicyArns").is_none());
    let policies = at(role, &["Policies"]).and_then(|p| p.as_sequence()).expect("policies");
    assert_eq!(policies.len(), 1);
    let statements =
        at(&policies[0], &["PolicyDocument", "Statement"]).and_then(|s| s.as_sequence()).expect("statements");
    assert_eq!(statements.len(), 1);
    assert_eq!(list(&statements[0], &["Action"]), ["logs:CreateLogStream", "logs:PutLogEvents"]);
    assert_eq!(said(&statements[0], &["Resource"]), "PageLogs.Arn");
}

#[test]
fn nobody_lets_themselves_in() {
    let text = text();
    let template = parsed(&text);
    let pool = only(&template, "AWS::Cognito::UserPool");
    let alone = at(pool, &["AdminCreateUserConfig", "AllowAdminCreateUserOnly"]).and_then(|value| value.as_bool());
    assert_eq!(alone, Some(true));
    assert_eq!((said(pool, &["MfaConfiguration"]), list(pool, &["EnabledMfas"])), ("ON", vec!["SOFTWARE_TOKEN_MFA"]));
    let client = only(&template, "AWS::Cognito::UserPoolClient");
    assert_eq!(at(client, &["GenerateSecret"]).and_then(|value| value.as_bool()), Some(false));
    assert_eq!(list(client, &["AllowedOAuthFlows"]), ["code"]);
    // With Cognito's own scope a page could let people change their names.
    assert_eq!(list(client, &["AllowedOAuthScopes"]), ["openid", "email"]);
    for urls in ["CallbackURLs", "LogoutURLs"] {
        assert_eq!(list(client, &[urls]), ["https://${ConsoleApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/"]);
    }
    let group = said(only(&template, "AWS::Cognito::UserPoolGroup"), &["GroupName"]);
    let known = include_str!("../../functions/api/src/hosted.rs");
    assert!(known.contains(&format!("const OPERATORS: &str = \"{group}\";")));
}

#[test]
fn what_is_asked_is_counted_and_logged() {
    let text = text();
    let template = parsed(&text);
    let stage = only(&template, "AWS::ApiGatewayV2::Stage");
    for limit in ["ThrottlingBurstLimit", "ThrottlingRateLimit"] {
        let limit = at(stage, &["DefaultRouteSettings", limit]).and_then(|value| value.as_integer());
        assert!(limit.is_some_and(|limit| (1..=100).contains(&limit)));
    }
    let format = said(stage, &["AccessLogSettings", "Format"]);
    assert!(["identity.sourceIp", "authorizer.claims.username", "status"].iter().all(|part| format.contains(part)));
    assert!(!format.to_lowercase().contains("authorization"));
    assert_eq!(said(stage, &["AccessLogSettings", "DestinationArn"]), "ConsoleLogs.Arn");
}
