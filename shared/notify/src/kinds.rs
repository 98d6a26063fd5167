//! Where CloudWatch has a resource, and its own page in the AWS console, as the catalogue says.

use crate::arn::{self, partition};
use stackseer_catalog::{Catalog, Service};
use stackseer_model::{Application, Insight, ResourceRef};
use std::fmt::Write;

const SEARCH: &str = "resource-explorer/home?region={region}#/search?query={name}";

fn metrics(resource_type: &str) -> Option<&'static Service> {
    Catalog::builtin().services().iter().find(|service| service.resource_type == resource_type)
}

/// `AWS/DynamoDB`; by the rule most services follow where the type has no metrics in the catalogue.
pub(crate) fn namespace(resource_type: &str) -> String {
    let by_rule = || match resource_type.split("::").collect::<Vec<_>>()[..] {
        ["AWS", service, ..] => format!("AWS/{service}"),
        _ => "Stackseer".to_owned(),
    };
    metrics(resource_type).map_or_else(by_rule, |service| service.namespace.clone())
}

/// `("TableName", "shop-orders")`: the dimension by which its metrics name the resource.
pub(crate) fn dimension(insight: &Insight, resource: &ResourceRef) -> (String, String) {
    let dimensions = metrics(&resource.resource_type).map(|service| &service.dimensions);
    let of_name = |(_, value): &(&String, &String)| ["{name}", "{arn}"].contains(&value.as_str());
    let found = dimensions.and_then(|all| all.iter().find(of_name).or_else(|| all.iter().next()));
    let name = found.map_or("ResourceName", |(name, _)| name);
    let by_arn = found.is_some_and(|(_, value)| value == "{arn}");
    let arn = arn::arn(&insight.application, resource).filter(|_| by_arn);
    (name.to_owned(), arn.unwrap_or_else(|| resource.name.clone()))
}

/// The start of every address in the AWS console.
pub(crate) fn console(region: &str) -> String {
    let domain = match partition(region) {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    format!("https://{region}.{domain}")
}

/// The resource's own page in the AWS console, or the search for it.
pub fn page(application: &Application, resource: &ResourceRef) -> String {
    let own = Catalog::builtin().resource_type(&resource.resource_type).and_then(|known| known.console.as_deref());
    let own = own.and_then(|page| filled(page, application, resource));
    let path = own.or_else(|| filled(SEARCH, application, resource));
    format!("{}/{}", console(&application.region), path.unwrap_or_default())
}

/// `{name}`, `{arn}` and its last two parts `{id}` and `{parent}`, `{region}`, `{account}`. None: something it needs is not known.
fn filled(page: &str, application: &Application, resource: &ResourceRef) -> Option<String> {
    let region = &application.region;
    let arn = arn::arn(application, resource);
    let mut parts = arn.as_deref().unwrap_or_default().rsplit(['/', ':']).filter(|part| !part.is_empty());
    let (id, parent) = (parts.next(), parts.next());
    let mut filled = String::new();
    for piece in page.split('{') {
        let Some((wanted, rest)) = piece.split_once('}') else {
            filled.push_str(piece);
            continue;
        };
        let value = match wanted {
            "region" => Some(region.as_str()),
            "account" => Some(application.account.as_str()),
            "domain" => Some(if partition(region) == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }),
            "name" => Some(resource.name.as_str()),
            "arn" => arn.as_deref(),
            "id" => id,
            "parent" => parent,
            // `rule/nightly` is on the default bus, `rule/orders/nightly` on its own.
            "bus" => parent.map(|bus| if bus == "rule" { "default" } else { bus }),
            _ => None,
        };
        filled.push_str(&escaped(value?));
        filled.push_str(rest);
    }
    Some(filled)
}

/// Percent-encoded, as far as a query or a fragment needs it.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => {
                escaped.push(char::from(byte))
            }
            _ => _ = write!(escaped, "%{byte:02X}"),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::load_test;
    use stackseer_model::ResourceId;

    fn resource(resource_type: &str, id: &str, name: &str) -> ResourceRef {
        ResourceRef { id: ResourceId(id.to_owned()), name: name.to_owned(), resource_type: resource_type.to_owned() }
    }

    fn path(resource_type: &str, id: &str, name: &str) -> String {
        let page = page(&load_test().application, &resource(resource_type, id, name));
        page.strip_prefix("https://eu-central-1.console.aws.amazon.com/").unwrap().to_owned()
    }

    #[test]
    fn a_resource_has_its_own_page() {
        for (resource_type, id, name, expected) in [
            (
                "AWS::DynamoDB::Table",
                "AWS::DynamoDB::Table/shop-orders",
                "shop-orders",
                "dynamodbv2/home?region=eu-central-1#table?name=shop-orders",
            ),
            (
                "AWS::SQS::Queue",
                "AWS::SQS::Queue/jobs",
                "jobs",
                "sqs/v3/home?region=eu-central-1#/queues/https%3A%2F%2Fsqs.eu-central-1.amazonaws.com%2F123456789012%2Fjobs",
            ),
            (
                "AWS::ECS::Service",
                "arn:aws:ecs:eu-central-1:123456789012:service/main/web",
                "web",
                "ecs/v2/clusters/main/services/web/health?region=eu-central-1",
            ),
            (
                "AWS::Events::Rule",
                "arn:aws:events:eu-central-1:123456789012:rule/nightly",
                "nightly",
                "events/home?region=eu-central-1#/eventbus/default/rules/nightly",
            ),
            (
                "AWS::Events::Rule",
                "arn:aws:events:eu-central-1:123456789012:rule/orders/nightly",
                "orders/nightly",
                "events/home?region=eu-central-1#/eventbus/orders/rules/nightly",
            ),
            (
                "AWS::ApiGateway::RestApi",
                "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3",
                "front",
                "apigateway/main/apis/a1b2c3/resources?api=a1b2c3&region=eu-central-1",
            ),
            (
                "AWS::RDS::DBCluster",
                "arn:aws:rds:eu-central-1:123456789012:cluster:main",
                "main",
                "rds/home?region=eu-central-1#database:id=main;is-cluster=true",
            ),
        ] {
            assert_eq!(path(resource_type, id, name), expected);
        }
    }

    #[test]
    fn what_has_no_known_page_is_searched_for() {
        let search = |name: &str| format!("resource-explorer/home?region=eu-central-1#/search?query={name}");
        assert_eq!(path("AWS::IoT::Thing", "AWS::IoT::Thing/a b&c", "a b&c"), search("a%20b%26c"));
        // Its page needs the id of the API, which only an ARN has.
        assert_eq!(path("AWS::ApiGateway::RestApi", "AWS::ApiGateway::RestApi/front", "front"), search("front"));
        assert_eq!(path("", "gone", "gone"), search("gone"));
    }

    #[test]
    fn every_type_has_a_namespace_and_a_dimension() {
        let dimension = |resource_type, id| dimension(&load_test(), &resource(resource_type, id, "x"));
        let said = |(name, value): (String, String)| format!("{name}={value}");
        assert_eq!(namespace("AWS::DynamoDB::Table"), "AWS/DynamoDB");
        assert_eq!(said(dimension("AWS::DynamoDB::Table", "x")), "TableName=x");
        assert_eq!(
            said(dimension("AWS::StepFunctions::StateMachine", "x")),
            "StateMachineArn=arn:aws:states:eu-central-1:123456789012:stateMachine:x"
        );
        assert_eq!(said(dimension("AWS::ECS::Service", "x")), "ServiceName=x");
        assert_eq!(said(dimension("AWS::ElasticLoadBalancingV2::LoadBalancer", "x")), "LoadBalancer=x");
        assert_eq!(namespace("AWS::IoT::Thing"), "AWS/IoT");
        assert_eq!(said(dimension("AWS::IoT::Thing", "x")), "ResourceName=x");
        assert_eq!(namespace(""), "Stackseer");
    }

    #[test]
    fn no_page_asks_for_what_is_unknown() {
        let insight = load_test();
        let pages: Vec<&str> =
            Catalog::builtin().resource_types().iter().filter_map(|r| r.console.as_deref()).collect();
        assert!(pages.len() > 20, "{pages:?}");
        for page in pages {
            let full = resource("AWS::S3::Bucket", "arn:aws:x:eu-central-1:1:a/b/c", "c");
            assert!(filled(page, &insight.application, &full).is_some(), "{page}");
        }
    }
}
