//! From an ARN, a physical id or a metric's dimensions to the resource, by the catalogue's forms.

use stackseer_catalog::Catalog;
use stackseer_model::{Place, Resource};
use std::collections::BTreeMap;

fn place() -> Place {
    Place { partition: "aws".into(), region: "eu-west-1".into(), account: "123456789012".into() }
}

fn of_id(cfn: &str, physical: &str) -> Resource {
    Catalog::builtin().resource_of_id(cfn, physical, &place())
}

fn of_arn(arn: &str) -> Resource {
    Catalog::builtin().resource_of_arn(arn).unwrap()
}

#[test]
fn a_name_a_url_and_an_arn_give_the_id_that_the_tagging_api_gives() {
    for (cfn, physical, arn) in [
        ("AWS::Lambda::Function", "checkout", "arn:aws:lambda:eu-west-1:123456789012:function:checkout"),
        ("AWS::DynamoDB::Table", "orders", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
        (
            "AWS::SQS::Queue",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
            "arn:aws:sqs:eu-west-1:123456789012:jobs",
        ),
        ("AWS::SQS::Queue", "http://localhost:4566/123456789012/jobs", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
        ("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:123456789012:news", "arn:aws:sns:eu-west-1:123456789012:news"),
        ("AWS::ApiGateway::RestApi", "a1b2c3", "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3"),
        ("AWS::ApiGatewayV2::Api", "d4e5f6", "arn:aws:apigateway:eu-west-1::/apis/d4e5f6"),
        ("AWS::S3::Bucket", "photos", "arn:aws:s3:::photos"),
        ("AWS::Events::Rule", "nightly", "arn:aws:events:eu-west-1:123456789012:rule/nightly"),
        ("AWS::Events::Rule", "shop|paid", "arn:aws:events:eu-west-1:123456789012:rule/shop/paid"),
        ("AWS::RDS::DBInstance", "main", "arn:aws:rds:eu-west-1:123456789012:db:main"),
        ("AWS::CloudFront::Distribution", "E1X", "arn:aws:cloudfront::123456789012:distribution/E1X"),
        ("AWS::Logs::LogGroup", "/aws/lambda/x", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x"),
    ] {
        let by_stack = of_id(cfn, physical);
        assert_eq!(by_stack.id.as_str(), arn);
        assert_eq!(of_arn(arn), by_stack, "{arn}");
    }
}

#[test]
fn what_titles_and_dimensions_call_it_is_in_the_arn() {
    let alb = of_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188");
    assert_eq!(alb.name, "web");
    assert_eq!(alb.known("load_balancer"), Some("app/web/50dc6c495c0c9188"));
    assert_eq!(alb.known("load_balancer_type"), Some("application"));
    let classic = of_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/old");
    assert_eq!(classic.resource_type, "AWS::ElasticLoadBalancing::LoadBalancer");
    let group = of_arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/73e2d6bc24d8a067");
    assert_eq!((group.name.as_str(), group.known("target_group")), ("api", Some("targetgroup/api/73e2d6bc24d8a067")));
    let service = of_arn("arn:aws:ecs:eu-west-1:123456789012:service/prod/api");
    assert_eq!((service.name.as_str(), service.known("cluster")), ("api", Some("prod")));
    let rule = of_arn("arn:aws:events:eu-west-1:123456789012:rule/shop/paid");
    assert_eq!((rule.name.as_str(), rule.known("event_bus")), ("paid", Some("shop")));
    let nested = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-Data-1X/6f0e";
    let stack = of_id("AWS::CloudFormation::Stack", nested);
    assert_eq!((stack.name.as_str(), stack.id.as_str()), ("shop-Data-1X", nested));
}

#[test]
fn an_alias_is_its_function_and_a_stage_is_not_its_api() {
    let alias = of_arn("arn:aws:lambda:eu-west-1:123456789012:function:checkout:live");
    assert_eq!(alias.id.as_str(), "arn:aws:lambda:eu-west-1:123456789012:function:checkout");
    assert_eq!(alias.name, "checkout");
    let stage = of_arn("arn:aws:apigateway:eu-west-1::/restapis/a1b2c3/stages/prod");
    assert_eq!((stage.resource_type.as_str(), stage.name.as_str()), ("AWS::ApiGateway::Stage", "prod"));
}

#[test]
fn a_type_nobody_knows_keeps_its_physical_id() {
    let job = of_id("AWS::Glue::Job", "nightly");
    assert_eq!((job.name.as_str(), job.id.as_str()), ("nightly", "AWS::Glue::Job/nightly"));
    let job = of_arn("arn:aws:glue:eu-west-1:123456789012:job/nightly");
    assert_eq!((job.resource_type.as_str(), job.name.as_str()), ("glue:job", "nightly"));
    assert_eq!(Catalog::builtin().resource_of_arn("not an arn"), None);
}

#[test]
fn dimensions_name_their_resource() {
    let of = |cfn: &str, said: &[(&str, &str)]| {
        let said: BTreeMap<String, String> = said.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Catalog::builtin().resource_of_dimensions(cfn, &said, &place()).unwrap()
    };
    let service = of("AWS::ECS::Service", &[("cluster", "prod"), ("name", "api")]);
    assert_eq!(service.id.as_str(), "arn:aws:ecs:eu-west-1:123456789012:service/prod/api");
    let api = of("AWS::ApiGateway::RestApi", &[("name", "shop")]);
    assert_eq!((api.name.as_str(), api.known("api_name"), &api.arn), ("shop", Some("shop"), &None));
    let balancer = of("AWS::ElasticLoadBalancingV2::LoadBalancer", &[("load_balancer", "net/front/1")]);
    assert_eq!((balancer.name.as_str(), balancer.known("load_balancer_type")), ("front", Some("network")));
    let rule = of("AWS::Events::Rule", &[("event_bus", "shop"), ("name", "paid")]);
    assert_eq!(rule.id.as_str(), "arn:aws:events:eu-west-1:123456789012:rule/shop/paid");
}

#[test]
fn an_arn_is_made_of_a_name_only_where_that_is_all_there_is() {
    let arn = |cfn: &str| Catalog::builtin().arn_of(cfn, "x", &place());
    assert_eq!(
        arn("AWS::StepFunctions::StateMachine").unwrap(),
        "arn:aws:states:eu-west-1:123456789012:stateMachine:x"
    );
    for cfn in ["AWS::ECS::Service", "AWS::ApiGateway::RestApi", "AWS::Scheduler::Schedule", "AWS::Glue::Job"] {
        assert_eq!(arn(cfn), None, "{cfn}");
    }
}
