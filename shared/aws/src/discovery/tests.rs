use super::*;
use crate::wire::{ACCOUNT, Call, Calls, FakeStack, REGION, Reply, cloudformation, denied, sdk, stack_id};
use serde_json::{Value, json};
use std::sync::Mutex;

/// Everything an account answers with.
#[derive(Default, Clone)]
pub(super) struct World {
    pub(super) stacks: Vec<FakeStack>,
    /// As `ListFunctions` has them.
    pub(super) functions: Vec<Value>,
    /// By name of the function.
    pub(super) reserved: BTreeMap<&'static str, i32>,
    /// Source, function, state.
    pub(super) mappings: Vec<(String, String, &'static str)>,
    /// What any operation answers that nothing else here does: `sqs.GetQueueAttributes`.
    pub(super) answers: BTreeMap<&'static str, Value>,
    /// `DescribeTable`, by name.
    pub(super) tables: BTreeMap<&'static str, Value>,
    /// Point-in-time recovery, by table.
    pub(super) recovery: BTreeMap<&'static str, bool>,
    /// Endpoints by topic.
    pub(super) subscriptions: BTreeMap<String, Vec<String>>,
    /// ARN, key, value.
    pub(super) tagged: Vec<(String, &'static str, &'static str)>,
    /// Namespace and dimensions.
    pub(super) published: Vec<(&'static str, BTreeMap<&'static str, &'static str>)>,
}

pub(super) fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

pub(super) fn function(name: &str) -> String {
    arn("lambda", &format!("function:{name}"))
}

pub(super) fn stack(name: &str, template: &str, resources: &[(&str, &str, &str)]) -> FakeStack {
    let resources = resources.iter().map(|(l, c, p)| ((*l).to_owned(), (*c).to_owned(), (*p).to_owned()));
    FakeStack {
        name: name.to_owned(),
        template: template.to_owned(),
        resources: resources.collect(),
        ..Default::default()
    }
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

impl World {
    pub(super) fn of(stacks: Vec<FakeStack>) -> Self {
        Self { stacks, ..Self::default() }
    }

    fn answer(&self, call: &Call) -> Reply {
        if let Some(reply) = cloudformation(&self.stacks, call) {
            return reply;
        }
        let name = call.text("TableName");
        match call.operation.as_str() {
            "lambda.ListFunctions" => {
                let start: usize = call.text("Marker").parse().unwrap_or(0);
                let mut answer = json!({"Functions": self.functions.iter().skip(start).take(50).collect::<Vec<_>>()});
                if self.functions.len() > start + 50 {
                    answer["NextMarker"] = json!((start + 50).to_string());
                }
                Reply::Ok(answer)
            }
            "lambda.GetAccountSettings" => Reply::Ok(json!({"AccountLimit": {"ConcurrentExecutions": 1000}})),
            "lambda.GetFunctionConcurrency" => {
                let name = call.text("FunctionName").rsplit(':').next().unwrap();
                Reply::Ok(json!({"ReservedConcurrentExecutions": self.reserved.get(name)}))
            }
            "lambda.ListEventSourceMappings" => {
                let mappings = self.mappings.iter().enumerate().map(|(i, (source, function, state))| {
                    json!({"UUID": format!("m{i}"), "EventSourceArn": source, "FunctionArn": function, "State": state})
                });
                Reply::Ok(json!({"EventSourceMappings": mappings.collect::<Vec<_>>()}))
            }
            "dynamodb.DescribeTable" => match self.tables.get(name) {
                Some(table) => Reply::Ok(json!({"Table": table})),
                None => Reply::Error(400, "ResourceNotFoundException", "Requested resource not found".into()),
            },
            "dynamodb.DescribeContinuousBackups" => match self.recovery.get(name) {
                Some(on) => Reply::Ok(json!({"ContinuousBackupsDescription": {
                    "ContinuousBackupsStatus": "ENABLED",
                    "PointInTimeRecoveryDescription": {
                        "PointInTimeRecoveryStatus": if *on { "ENABLED" } else { "DISABLED" },
                    },
                }})),
                None => Reply::Error(400, "TableNotFoundException", format!("Table not found: {name}")),
            },
            "sns.ListSubscriptionsByTopic" => {
                let endpoints = self.subscriptions.get(call.text("TopicArn")).into_iter().flatten();
                let arn = |i: usize, e: &str| match e.starts_with("arn:") {
                    true => format!("{}:s{i}", call.text("TopicArn")),
                    false => "PendingConfirmation".to_owned(),
                };
                let member = |(i, e): (usize, &String)| {
                    format!("<member><Endpoint>{e}</Endpoint><SubscriptionArn>{}</SubscriptionArn></member>", arn(i, e))
                };
                let members: String = endpoints.enumerate().map(member).collect();
                Reply::Xml(format!("<Subscriptions>{members}</Subscriptions>"))
            }
            "tagging.GetResources" => self.tagged_as(call),
            "monitoring.ListMetrics" => {
                let of = self.published.iter().filter(|(namespace, _)| *namespace == call.text("Namespace"));
                let metrics = of.map(|(namespace, set)| {
                    let set = set.iter().map(|(n, v)| json!({"Name": n, "Value": v})).collect::<Vec<_>>();
                    json!({"Namespace": namespace, "MetricName": "Any", "Dimensions": set})
                });
                Reply::Ok(json!({"Metrics": metrics.collect::<Vec<_>>()}))
            }
            "sns.GetSubscriptionAttributes" => Reply::Xml(
                "<Attributes><entry><key>RedrivePolicy</key><value>{\"deadLetterTargetArn\":\"arn:aws:sqs:::dead\"}\
                 </value></entry></Attributes>"
                    .into(),
            ),
            // Nothing is set up so, and nothing is there.
            other => match (self.answers.get(other), other) {
                (Some(Value::String(xml)), _) => Reply::Xml(xml.clone()),
                (Some(answer), _) => Reply::Ok(answer.clone()),
                (None, query) if ["ec2.", "rds.", "elastic"].iter().any(|service| query.starts_with(service)) => {
                    Reply::Xml(String::new())
                }
                (None, _) => Reply::Ok(json!({})),
            },
        }
    }

    /// Two a page.
    fn tagged_as(&self, call: &Call) -> Reply {
        let filter = &call.input["TagFilters"][0];
        let services = call.input["ResourceTypeFilters"].as_array();
        let mut found: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (arn, key, value) in &self.tagged {
            let service = arn.split(':').nth(2).unwrap();
            let global = matches!(service, "cloudfront" | "route53");
            let wanted = global == (call.region == "us-east-1")
                && services.is_none_or(|s| s.iter().any(|s| s == service))
                && (filter.is_null() || filter["Key"] == *key)
                && filter["Values"].as_array().is_none_or(|v| v.is_empty() || v.iter().any(|v| v == value));
            if wanted {
                found.entry(arn).or_default().push(json!({"Key": key, "Value": value}));
            }
        }
        let start: usize = call.text("PaginationToken").parse().unwrap_or(0);
        let next = if found.len() > start + 2 { (start + 2).to_string() } else { String::new() };
        let page = found.iter().skip(start).take(2).map(|(arn, tags)| json!({"ResourceARN": arn, "Tags": tags}));
        Reply::Ok(json!({"ResourceTagMappingList": page.collect::<Vec<_>>(), "PaginationToken": next}))
    }

    pub(super) fn source(&self) -> (Resources, Calls) {
        self.source_but(|_| None)
    }

    pub(super) fn denying(&self, operation: &'static str) -> (Resources, Calls) {
        self.source_but(move |call| (call.operation == operation).then(|| denied(operation)))
    }

    pub(super) fn source_but(
        &self,
        instead: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static,
    ) -> (Resources, Calls) {
        let world = self.clone();
        let (config, calls) = sdk(move |call| instead(call).unwrap_or_else(|| world.answer(call)));
        let place = Place { partition: "aws".into(), region: REGION.into(), account: ACCOUNT.into() };
        let metrics = Metrics::new(&config, "aws", Catalog::builtin());
        (Resources::new(&config, place, metrics, Catalog::builtin()), calls)
    }

    pub(super) async fn read(&self, boundary: Boundary) -> Inventory {
        self.source().0.inventory(&app(boundary)).await.unwrap()
    }
}

pub(super) fn app(boundary: Boundary) -> Application {
    Application::new(ACCOUNT, REGION, boundary)
}

pub(super) fn named(name: &str) -> Boundary {
    Boundary::Stack { name: name.to_owned() }
}

fn tag(value: &str) -> Boundary {
    Boundary::Tag { key: "DevOps-Guru-App".to_owned(), value: value.to_owned() }
}

/// `a → b`: a waits for b; `a ⇢ b`: it doesn't.
pub(super) fn edges(inventory: &Inventory) -> Vec<String> {
    let name = |id: &ResourceId| inventory.resource(id).map_or(id.as_str(), |r| &r.name).to_owned();
    let arrow = |kind: EdgeKind| if kind == EdgeKind::Sync { "→" } else { "⇢" };
    let calls = inventory.edges.iter().filter(|e| e.kind != EdgeKind::Part);
    let mut edges: Vec<String> =
        calls.map(|e| format!("{} {} {}", name(&e.from), arrow(e.kind), name(&e.to))).collect();
    edges.sort();
    edges
}

pub(super) fn names(inventory: &Inventory) -> Vec<String> {
    let mut names: Vec<String> = inventory.resources.iter().map(|r| r.name.clone()).collect();
    names.sort();
    names
}

pub(super) fn attributes(inventory: &Inventory, name: &str) -> BTreeMap<String, String> {
    let found: Vec<&Resource> = inventory.resources.iter().filter(|r| r.name == name).collect();
    assert_eq!(found.len(), 1, "{name} in {:?}", names(inventory));
    found[0].attributes.iter().filter_map(|(k, v)| Some((k.clone(), v.known()?.to_owned()))).collect()
}

pub(super) fn what(inventory: &Inventory) -> Vec<(&str, &str)> {
    inventory.unseen.iter().map(|u| (u.what.as_str(), u.action.as_deref().unwrap_or("-"))).collect()
}

/// How often each operation was called.
fn counted(calls: &Calls) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    calls.all().into_iter().for_each(|c| *counts.entry(c.operation).or_default() += 1);
    counts
}

const SHOP: &str = r#"
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Data:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.amazonaws.com/templates/data.json
      Parameters: {JobsUrl: !Ref Jobs}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: shop-api}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, StageName: prod}
  PostOrder:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      HttpMethod: POST
      Integration:
        Type: AWS_PROXY
        Uri: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Checkout.Arn}/invocations
  Http:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: shop-http, ProtocolType: HTTP}
  HttpMailer:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Mailer.Arn}
  Checkout:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt CheckoutRole.Arn
      Timeout: 3
      Environment:
        Variables:
          TABLE: !GetAtt Data.Outputs.Orders
          QUEUE_URL: !Ref Jobs
          LOG_LEVEL: info
  CheckoutRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: publish
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: sns:Publish, Resource: !Ref News}
              - {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn}
              - {Effect: Allow, Action: "dynamodb:*Item", Resource: !Sub "arn:aws:dynamodb:*:*:table/${AWS::StackName}-*"}
              - {Effect: Deny, Action: "lambda:*", Resource: !GetAtt Mailer.Arn}
              - {Effect: Allow, Action: "sqs:ReceiveMessage", Resource: !GetAtt Archive.Arn}
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 90
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}
  Dead: {Type: AWS::SQS::Queue}
  Archive: {Type: AWS::SQS::Queue}
  News:
    Type: AWS::SNS::Topic
    Properties:
      Subscription:
        - {Protocol: lambda, Endpoint: !GetAtt Mailer.Arn}
        - {Protocol: email, Endpoint: ann@example.com}
  ToArchive:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Archive.Arn}
  Mailer: {Type: AWS::Lambda::Function}
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {Variables: {MY_QUEUE: !Ref Jobs}}
  WorkerJobs:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Worker}
  Logs: {Type: AWS::Logs::LogGroup}
"#;

/// The nested stack: what it works with came as a parameter.
const DATA: &str = r#"{"Resources": {
    "Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 10}}},
    "Projector": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {
        "QUEUE": {"Ref": "JobsUrl"}}}}},
    "ProjectorOrders": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {
        "EventSourceArn": {"Fn::GetAtt": ["Orders", "StreamArn"]}, "FunctionName": {"Ref": "Projector"}}}
}}"#;

const JOBS: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/shop-jobs";

fn shop() -> World {
    let data = stack_id("shop-Data-1X");
    let news = arn("sns", "shop-news");
    let queue = |name: &str| JOBS.replace("shop-jobs", name);
    let (dead, archive) = (queue("shop-dead"), queue("shop-archive"));
    let root = stack(
        "shop",
        SHOP,
        &[
            ("Data", "AWS::CloudFormation::Stack", &data),
            ("Api", "AWS::ApiGateway::RestApi", "a1b2c3"),
            ("Stage", "AWS::ApiGateway::Stage", "prod"),
            ("PostOrder", "AWS::ApiGateway::Method", "a1b2c3|x|POST"),
            ("Http", "AWS::ApiGatewayV2::Api", "d4e5f6"),
            ("HttpMailer", "AWS::ApiGatewayV2::Integration", "i1"),
            ("Checkout", "AWS::Lambda::Function", "shop-checkout"),
            ("CheckoutRole", "AWS::IAM::Role", "shop-checkout-role"),
            ("Jobs", "AWS::SQS::Queue", JOBS),
            ("Dead", "AWS::SQS::Queue", &dead),
            ("Archive", "AWS::SQS::Queue", &archive),
            ("News", "AWS::SNS::Topic", &news),
            ("ToArchive", "AWS::SNS::Subscription", &format!("{news}:6f0e")),
            ("Mailer", "AWS::Lambda::Function", "shop-mailer"),
            ("Worker", "AWS::Lambda::Function", "shop-worker"),
            ("WorkerJobs", "AWS::Lambda::EventSourceMapping", "9a1f"),
            ("Logs", "AWS::Logs::LogGroup", "/aws/lambda/shop-checkout"),
            // Declared, but its condition was false.
            ("Never", "AWS::SQS::Queue", ""),
        ],
    );
    let mut nested = stack(
        "shop-Data-1X",
        DATA,
        &[
            ("Orders", "AWS::DynamoDB::Table", "shop-orders"),
            ("Projector", "AWS::Lambda::Function", "shop-projector"),
            ("ProjectorOrders", "AWS::Lambda::EventSourceMapping", "9a20"),
        ],
    );
    nested.root = Some("shop".into());
    nested.parameters = texts(&[("JobsUrl", JOBS)]);
    nested.outputs = texts(&[("Orders", "shop-orders")]);
    let configured = |name: &str| json!({"FunctionArn": function(name), "MemorySize": 128, "Timeout": 30});
    World {
        stacks: vec![root, nested],
        functions: ["shop-checkout", "shop-mailer", "shop-worker", "shop-projector"].map(configured).into(),
        tables: BTreeMap::from([(
            "shop-orders",
            json!({"TableStatus": "ACTIVE", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 2}}),
        )]),
        recovery: BTreeMap::from([("shop-orders", false)]),
        ..World::default()
    }
}

const SHOP_EDGES: [&str; 11] = [
    "shop-api → shop-checkout",
    "shop-checkout → shop-orders",
    "shop-checkout ⇢ shop-jobs",
    "shop-checkout ⇢ shop-news",
    "shop-http → shop-mailer",
    "shop-jobs ⇢ shop-dead",
    "shop-jobs ⇢ shop-worker",
    "shop-news ⇢ shop-archive",
    "shop-news ⇢ shop-mailer",
    "shop-orders ⇢ shop-projector",
    "shop-projector ⇢ shop-jobs",
];

#[tokio::test]
async fn a_stack_is_all_that_is_nested_in_it_and_how_it_hangs_together() {
    let inventory = shop().read(named("shop")).await;
    assert_eq!(inventory.unseen, []);
    // The role lets checkout read from the archive queue, and not call the mailer; the worker's environment only names
    // the queue it is fed by: no edges.
    assert_eq!(edges(&inventory), SHOP_EDGES);
    assert_eq!(inventory.resources.len(), 20, "{:?}", names(&inventory));
    let stack_of = |name: &str| inventory.resources.iter().find(|r| r.name == name).unwrap().stack.clone();
    assert_eq!(stack_of("shop-checkout").as_deref(), Some("shop"));
    assert_eq!(stack_of("shop-orders").as_deref(), Some("shop-Data-1X"));
    let ids: BTreeSet<&ResourceId> = inventory.resources.iter().map(|r| &r.id).collect();
    assert_eq!(ids.len(), inventory.resources.len());
    // The catalogue's dimensions need these.
    assert_eq!(attributes(&inventory, "shop-api")["api_name"], "shop-api");
    assert_eq!(attributes(&inventory, "shop-api")["stage"], "prod");
    assert_eq!(attributes(&inventory, "shop-http")["api_id"], "d4e5f6");
    assert_eq!(attributes(&inventory, "shop-jobs")["dead_letter_queue"], "shop-dead");
    assert_eq!(attributes(&inventory, "shop-jobs")["visibility_timeout_seconds"], "90");
    assert_eq!(attributes(&inventory, "shop-dead")["visibility_timeout_seconds"], "30");
}

#[tokio::test]
async fn what_is_live_is_truer_than_the_template() {
    let mut world = shop();
    world.reserved = BTreeMap::from([("shop-worker", 2)]);
    let inventory = world.read(named("shop")).await;
    let checkout = attributes(&inventory, "shop-checkout");
    assert_eq!(checkout["timeout_seconds"], "30", "3 in the template");
    assert_eq!(checkout["memory_mb"], "128");
    assert_eq!(checkout["account_concurrency"], "1000");
    assert_eq!(checkout.get("reserved_concurrency"), None);
    assert_eq!(attributes(&inventory, "shop-worker")["reserved_concurrency"], "2");
    let orders = attributes(&inventory, "shop-orders");
    assert_eq!(orders["billing_mode"], "PROVISIONED", "a table that never was on demand doesn't say");
    assert_eq!((orders["read_capacity"].as_str(), orders["write_capacity"].as_str()), ("5", "2"));
    assert_eq!(orders["point_in_time_recovery"], "disabled");
    assert_eq!(orders["status"], "ACTIVE");

    let on_demand = json!({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}});
    world.tables = BTreeMap::from([("shop-orders", on_demand)]);
    world.recovery = BTreeMap::from([("shop-orders", true)]);
    let inventory = world.read(named("shop")).await;
    let orders = attributes(&inventory, "shop-orders");
    assert_eq!(orders["billing_mode"], "PAY_PER_REQUEST");
    assert_eq!(orders.get("read_capacity").or(orders.get("write_capacity")), None, "the template's are no more");
    assert_eq!(orders["point_in_time_recovery"], "enabled");
}

#[tokio::test]
async fn a_reservation_taken_away_by_hand_is_gone() {
    let template = r#"{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {
        "ReservedConcurrentExecutions": 5, "Timeout": 7}}}}"#;
    let world = World::of(vec![stack("shop", template, &[("F", "AWS::Lambda::Function", "f")])]);
    let inventory = world.read(named("shop")).await;
    assert_eq!(attributes(&inventory, "f").get("reserved_concurrency"), None);
    assert_eq!(attributes(&inventory, "f")["timeout_seconds"], "7", "not listed, so the template's word stands");

    let (source, _) = world.denying("lambda.GetFunctionConcurrency");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(attributes(&inventory, "f")["reserved_concurrency"], "5", "as is all there is to go by");
    assert_eq!(what(&inventory), [("reserved concurrency of 1 Lambda function", "lambda:GetFunctionConcurrency")]);
}

/// `AWS::DynamoDB::GlobalTable` is how newer tools declare every table.
#[tokio::test]
async fn a_global_table_is_a_table() {
    let template = r#"{"Resources": {
        "T": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {"BillingMode": "PAY_PER_REQUEST"}},
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"T": {"Ref": "T"}}}}}}}"#;
    let resources = [("T", "AWS::DynamoDB::GlobalTable", "t"), ("F", "AWS::Lambda::Function", "f")];
    let mut world = World::of(vec![stack("shop", template, &resources)]);
    world.tables = BTreeMap::from([("t", json!({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}))]);
    world.recovery = BTreeMap::from([("t", false)]);
    let inventory = world.read(named("shop")).await;
    let table = inventory.resources.iter().find(|r| r.name == "t").unwrap();
    assert_eq!(table.resource_type, "AWS::DynamoDB::Table");
    assert_eq!(table.known("point_in_time_recovery"), Some("disabled"));
    assert_eq!(table.known("billing_mode"), Some("PAY_PER_REQUEST"));
    assert_eq!(edges(&inventory), ["f → t"]);
}

/// What one of them names in its environment is its own; what none names, any of them may call.
#[tokio::test]
async fn a_role_that_functions_share_says_only_what_their_environments_do_not() {
    let template = |shared: bool| {
        let role = |of: &str| json!({"Fn::GetAtt": [if shared { "R" } else { of }, "Arn"]});
        let policies = json!([{"PolicyDocument": {"Statement": {
            "Effect": "Allow", "Action": "dynamodb:*", "Resource": [{"Fn::GetAtt": "T.Arn"}, {"Fn::GetAtt": "U.Arn"}]}}}]);
        let named = json!({"Variables": {"TABLE": {"Ref": "T"}}});
        json!({"Resources": {
            "R": {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}},
            "S": {"Type": "AWS::IAM::Role"},
            "F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": role("R"), "Environment": named}},
            "G": {"Type": "AWS::Lambda::Function", "Properties": {"Role": role("S")}},
            "T": {"Type": "AWS::DynamoDB::Table"}, "U": {"Type": "AWS::DynamoDB::Table"},
        }})
        .to_string()
    };
    let resources = [
        ("R", "AWS::IAM::Role", "r"),
        ("S", "AWS::IAM::Role", "s"),
        ("F", "AWS::Lambda::Function", "f"),
        ("G", "AWS::Lambda::Function", "g"),
        ("T", "AWS::DynamoDB::Table", "t"),
        ("U", "AWS::DynamoDB::Table", "u"),
    ];
    let shared = World::of(vec![stack("shop", &template(true), &resources)]).read(named("shop")).await;
    assert_eq!(edges(&shared), ["f → t", "f → u", "g → u"]);
    let apart = World::of(vec![stack("shop", &template(false), &resources)]).read(named("shop")).await;
    assert_eq!(edges(&apart), ["f → t", "f → u"]);
}

#[tokio::test]
async fn what_another_stack_of_the_application_exports_is_imported() {
    let mut exporting = stack("base", "{}", &[("T", "AWS::DynamoDB::Table", "t")]);
    exporting.outputs = texts(&[("Table", "t")]);
    exporting.exports = texts(&[("Table", "base-table")]);
    let template = r#"{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {
        "Environment": {"Variables": {"T": {"Fn::ImportValue": "base-table"}}}}}}}"#;
    let mut importing = stack("app", template, &[("F", "AWS::Lambda::Function", "f")]);
    for stack in [&mut exporting, &mut importing] {
        stack.tags = texts(&[("DevOps-Guru-App", "one")]);
    }
    assert_eq!(edges(&World::of(vec![exporting.clone(), importing.clone()]).read(tag("one")).await), ["f → t"]);
    exporting.exports.clear();
    assert_eq!(edges(&World::of(vec![exporting, importing]).read(tag("one")).await), [] as [&str; 0]);
}

#[tokio::test]
async fn yaml_and_json_long_and_short_say_the_same() {
    let short = r#"
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          A: !GetAtt T.Arn
          B: !Sub "${AWS::StackName}-${Q.QueueName}"
          C: !Join ["", ["arn:aws:sns:", !Ref "AWS::Region", ":", !Ref "AWS::AccountId", ":news"]]
          D: !If [Yes, !ImportValue other-stream, !Ref T]
  T: {Type: AWS::DynamoDB::Table}
  Q: {Type: AWS::SQS::Queue}
  N: {Type: AWS::SNS::Topic}
Conditions:
  Yes: !Equals [a, a]
"#;
    let long = r#"
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          A: {"Fn::GetAtt": T.Arn}
          B: {"Fn::Sub": "${AWS::StackName}-${Q.QueueName}"}
          C: {"Fn::Join": ["", ["arn:aws:sns:", {Ref: "AWS::Region"}, ":", {Ref: "AWS::AccountId"}, ":news"]]}
          D: {"Fn::If": [Yes, {"Fn::ImportValue": other-stream}, {Ref: T}]}
  T: {Type: AWS::DynamoDB::Table}
  Q: {Type: AWS::SQS::Queue}
  N: {Type: AWS::SNS::Topic}
Conditions:
  Yes: {"Fn::Equals": [a, a]}
"#;
    let json = r#"{"Resources": {
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {
            "A": {"Fn::GetAtt": ["T", "Arn"]},
            "B": {"Fn::Sub": "${AWS::StackName}-${Q.QueueName}"},
            "C": {"Fn::Join": ["", ["arn:aws:sns:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":news"]]},
            "D": {"Fn::If": ["Yes", {"Fn::ImportValue": "other-stream"}, {"Ref": "T"}]}}}}},
        "T": {"Type": "AWS::DynamoDB::Table"}, "Q": {"Type": "AWS::SQS::Queue"}, "N": {"Type": "AWS::SNS::Topic"}},
        "Conditions": {"Yes": {"Fn::Equals": ["a", "a"]}}}"#;
    let mut read = Vec::new();
    for template in [short, long, json] {
        let world = World::of(vec![stack(
            "shop",
            template,
            &[
                ("F", "AWS::Lambda::Function", "f"),
                ("T", "AWS::DynamoDB::Table", "t"),
                ("Q", "AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/q"),
                ("N", "AWS::SNS::Topic", &arn("sns", "news")),
            ],
        )]);
        let inventory = world.read(named("shop")).await;
        assert_eq!(inventory.unseen, []);
        read.push(edges(&inventory));
    }
    assert_eq!(read[0], ["f → t", "f ⇢ news", "f ⇢ q"]);
    assert_eq!(read[1], read[0]);
    assert_eq!(read[2], read[0]);
}

#[tokio::test]
async fn what_the_services_know_joins_what_no_template_tells() {
    let template = r#"{"Resources": {"W": {"Type": "AWS::Lambda::Function"}, "Q": {"Type": "AWS::SQS::Queue"},
        "N": {"Type": "AWS::SNS::Topic"}, "T": {"Type": "AWS::DynamoDB::Table"}}}"#;
    let mut world = World::of(vec![stack(
        "shop",
        template,
        &[
            ("W", "AWS::Lambda::Function", "w"),
            ("Q", "AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/q"),
            ("N", "AWS::SNS::Topic", &arn("sns", "n")),
            ("T", "AWS::DynamoDB::Table", "t"),
        ],
    )]);
    let queue = arn("sqs", "q");
    world.mappings = vec![
        // An alias is its function, a stream is its table.
        (queue.clone(), format!("{}:live", function("w")), "Enabled"),
        (arn("dynamodb", "table/t/stream/2026-01-01T00:00:00.000"), function("w"), "Creating"),
        // Another's function.
        (queue.clone(), function("w-of-another-team"), "Enabled"),
    ];
    world.subscriptions = BTreeMap::from([(
        arn("sns", "n"),
        vec![queue.clone(), "ann@example.com".into(), "https://x.example/q".into()],
    )]);
    assert_eq!(edges(&world.read(named("shop")).await), ["n ⇢ q", "q ⇢ w", "t ⇢ w"]);

    for (_, _, state) in &mut world.mappings {
        *state = "Disabled";
    }
    world.subscriptions.clear();
    assert_eq!(edges(&world.read(named("shop")).await), [] as [&str; 0]);
}

#[tokio::test]
async fn members_are_read_to_the_last_page_at_a_known_number_of_calls() {
    // CloudFormation takes 500 resources in a stack.
    let cfn =
        ["AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Logs::LogGroup"];
    let physical = |cfn: &str, i: usize| match cfn {
        "AWS::SNS::Topic" => arn("sns", &format!("r{i}")),
        _ => format!("r{i}"),
    };
    let resources: Vec<(String, String, String)> =
        (0..500).map(|i| (format!("R{i}"), cfn[i % 5].to_owned(), physical(cfn[i % 5], i))).collect();
    let declared: Value = resources.iter().map(|(l, c, _)| (l.clone(), json!({"Type": c}))).collect();
    let mut big = stack("big", &json!({"Resources": declared}).to_string(), &[]);
    big.resources = resources;
    let mut world = World::of(vec![big]);
    world.functions =
        (0..120).map(|i| json!({"FunctionArn": function(&format!("r{}", i * 5)), "Timeout": 9})).collect();

    let (source, calls) = world.source();
    let inventory = source.inventory(&app(named("big"))).await.unwrap();
    assert_eq!(inventory.resources.len(), 500);
    assert_eq!(inventory.unseen, []);
    let configured = inventory.resources.iter().filter(|r| r.attributes.contains_key("timeout_seconds"));
    assert_eq!(configured.count(), 100, "the third page of functions too");
    let expected = [
        ("application-autoscaling.DescribeScalableTargets", 1),
        ("application-autoscaling.DescribeScalingPolicies", 1),
        ("cloudformation.DescribeStacks", 1),
        ("cloudformation.GetTemplate", 1),
        ("cloudformation.ListStackResources", 5),
        ("dynamodb.DescribeContinuousBackups", 100),
        ("dynamodb.DescribeTable", 100),
        ("lambda.GetAccountSettings", 1),
        ("lambda.GetFunctionConcurrency", 100),
        ("lambda.ListEventSourceMappings", 1),
        ("lambda.ListFunctions", 3),
        ("sns.ListSubscriptionsByTopic", 100),
        ("sqs.GetQueueAttributes", 100),
    ];
    assert_eq!(counted(&calls), expected.map(|(name, n)| (name.to_owned(), n)).into());
}

#[tokio::test]
async fn an_empty_stack_is_an_empty_inventory() {
    let (source, calls) = World::of(vec![stack("shop", "{}", &[])]).source();
    assert_eq!(source.inventory(&app(named("shop"))).await, Ok(Inventory::default()));
    assert_eq!(calls.all().len(), 2, "what it is and what is in it: {:?}", counted(&calls));
}

#[tokio::test]
async fn a_template_that_can_not_be_read_leaves_the_members() {
    let mut world = shop();
    world.stacks[0].template = "Resources: [unclosed".into();
    let inventory = world.read(named("shop")).await;
    assert_eq!(inventory.resources.len(), 20);
    assert!(!inventory.is_partial, "all members are known");
    assert_eq!(
        what(&inventory),
        [
            ("how the resources of stack shop hang together", "cloudformation:GetTemplate"),
            ("metrics of REST API a1b2c3", "-"),
        ]
    );
    assert!(inventory.unseen[0].reason.contains("can't be read"), "{:?}", inventory.unseen);
    assert_eq!(edges(&inventory), ["shop-orders ⇢ shop-projector", "shop-projector ⇢ shop-jobs"]);
}

#[tokio::test]
async fn a_denial_costs_what_it_denies_and_is_told() {
    let world = shop();
    let whole = world.read(named("shop")).await;
    for (operation, action, lost) in [
        ("lambda.ListFunctions", "lambda:ListFunctions", "configuration of 4 Lambda functions"),
        (
            "lambda.GetAccountSettings",
            "lambda:GetAccountSettings",
            "the account's limit of concurrent Lambda executions",
        ),
        (
            "lambda.GetFunctionConcurrency",
            "lambda:GetFunctionConcurrency",
            "reserved concurrency of 4 Lambda functions",
        ),
        ("lambda.ListEventSourceMappings", "lambda:ListEventSourceMappings", "what feeds the Lambda functions"),
        ("dynamodb.DescribeTable", "dynamodb:DescribeTable", "configuration of 1 DynamoDB table"),
        ("dynamodb.DescribeContinuousBackups", "dynamodb:DescribeContinuousBackups", "backups of 1 DynamoDB table"),
        ("sns.ListSubscriptionsByTopic", "sns:ListSubscriptionsByTopic", "subscriptions of 1 SNS topic"),
    ] {
        let (source, calls) = world.denying(operation);
        let inventory = source.inventory(&app(named("shop"))).await.unwrap();
        assert_eq!(what(&inventory), [(lost, action)]);
        assert!(inventory.unseen[0].reason.starts_with("access denied: User: arn:aws:iam"), "{:?}", inventory.unseen);
        assert_eq!(names(&inventory), names(&whole), "{operation}");
        assert_eq!(edges(&inventory), SHOP_EDGES, "{operation}");
        assert!(calls.of(operation).len() <= 4, "a denial is not asked for again: {operation}");
    }
    let (source, _) = world.denying("dynamodb.DescribeContinuousBackups");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    let orders = attributes(&inventory, "shop-orders");
    assert_eq!(orders["write_capacity"], "2");
    assert_eq!(orders.get("point_in_time_recovery"), None, "not known is not off");
}

/// A policy may name single tables.
#[tokio::test]
async fn what_was_read_before_a_denial_is_not_called_unseen() {
    let resources: Vec<(String, String)> = (0..6).map(|i| (format!("T{i}"), format!("t{i}"))).collect();
    let listed: Vec<(&str, &str, &str)> =
        resources.iter().map(|(l, p)| (l.as_str(), "AWS::DynamoDB::Table", p.as_str())).collect();
    let mut world = World::of(vec![stack("shop", "{}", &listed)]);
    let table = json!({"TableStatus": "ACTIVE"});
    world.tables = ["t0", "t1", "t2", "t3", "t4", "t5"].map(|name| (name, table.clone())).into();
    let (source, _) = world.source_but(|call| {
        (call.operation == "dynamodb.DescribeTable" && call.text("TableName") == "t2").then(|| denied("dynamodb"))
    });
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(what(&inventory), [("configuration of 4 DynamoDB tables", "dynamodb:DescribeTable")]);
    assert_eq!(attributes(&inventory, "t1")["status"], "ACTIVE");
    assert_eq!(attributes(&inventory, "t3").get("status"), None);
}

#[tokio::test]
async fn a_denial_by_cloudformation_leaves_what_it_can() {
    let world = shop();
    let (source, _) = world.denying("cloudformation.GetTemplate");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(inventory.resources.len(), 20);
    assert_eq!(
        what(&inventory),
        [
            ("how the resources of stack shop hang together", "cloudformation:GetTemplate"),
            ("how the resources of stack shop-Data-1X hang together", "cloudformation:GetTemplate"),
            ("metrics of REST API a1b2c3", "-"),
        ]
    );

    let (source, _) = world.denying("cloudformation.ListStackResources");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(inventory.resources, []);
    assert_eq!(what(&inventory), [("resources of stack shop", "cloudformation:ListStackResources")]);
    assert!(inventory.is_partial, "nobody is gone because they could not be listed");

    let (source, _) = world.denying("cloudformation.DescribeStacks");
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(what(&inventory), [("resources of stack shop", "cloudformation:DescribeStacks")]);
    let error = source.applications(&Coverage::Stacks { names: vec!["shop".into()] }).await.unwrap_err();
    assert!(
        matches!(&error, PortError::Denied { action, .. } if action == "cloudformation:DescribeStacks"),
        "{error:?}"
    );

    // Only the nested one.
    let (source, _) = world.source_but(|call| {
        let nested = call.text("StackName").contains("shop-Data-1X");
        (nested && call.operation == "cloudformation.DescribeStacks").then(|| denied("cloudformation:DescribeStacks"))
    });
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(what(&inventory), [("nested stack shop-Data-1X", "cloudformation:DescribeStacks")]);
    assert!(inventory.is_partial);
    assert_eq!(inventory.resources.len(), 17);
}

#[tokio::test]
async fn throttling_is_waited_out_and_to_the_end_told() {
    let world = shop();
    let whole = world.read(named("shop")).await;
    let seen: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let (source, _) = world.source_but(move |call| {
        let mut seen = seen.lock().unwrap();
        let times = seen.entry(format!("{call:?}")).or_default();
        *times += 1;
        (*times <= 2).then(|| Reply::Error(400, "ThrottlingException", "Rate exceeded".into()))
    });
    assert_eq!(source.inventory(&app(named("shop"))).await, Ok(whole.clone()));

    let throttled = |operation: &'static str| {
        world.source_but(move |call| {
            (call.operation == operation).then(|| Reply::Error(400, "Throttling", "Rate exceeded".into()))
        })
    };
    let inventory = throttled("dynamodb.DescribeTable").0.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(what(&inventory), [("configuration of DynamoDB table shop-orders", "dynamodb:DescribeTable")]);
    assert_eq!(inventory.unseen[0].reason, "Rate exceeded");
    // An inventory without some of its members would look like an application that shrank.
    for operation in ["cloudformation.DescribeStacks", "cloudformation.ListStackResources"] {
        let error = throttled(operation).0.inventory(&app(named("shop"))).await.unwrap_err();
        assert!(matches!(error, PortError::Transient { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_gone_is_left_out_and_the_stack_itself_is_named() {
    let world = shop();
    let error = world.source().0.inventory(&app(named("nobody"))).await.unwrap_err();
    assert_eq!(error, PortError::NotFound { what: format!("stack nobody in {REGION}") });
    assert_eq!(error.to_string(), "stack nobody in eu-west-1 not found");
    let names_nobody = Coverage::Stacks { names: vec!["shop".into(), "nobody".into()] };
    let error = world.source().0.applications(&names_nobody).await.unwrap_err();
    assert_eq!(error, PortError::NotFound { what: format!("stack nobody in {REGION}") });

    // Deleted after it was described.
    let gone = |name: &'static str, operation: &'static str| {
        world.source_but(move |call| {
            let this = call.operation == operation && call.text("StackName") == stack_id(name);
            this.then(|| Reply::Error(400, "ValidationError", format!("Stack with id {name} does not exist")))
        })
    };
    for operation in ["cloudformation.ListStackResources", "cloudformation.GetTemplate"] {
        let error = gone("shop", operation).0.inventory(&app(named("shop"))).await.unwrap_err();
        assert_eq!(error, PortError::NotFound { what: "stack shop".into() });
    }
    for operation in
        ["cloudformation.DescribeStacks", "cloudformation.ListStackResources", "cloudformation.GetTemplate"]
    {
        let inventory = gone("shop-Data-1X", operation).0.inventory(&app(named("shop"))).await.unwrap();
        assert_eq!(inventory.unseen, [], "{operation}");
        assert_eq!(inventory.resources.len(), 17, "{operation}");
    }

    // A table and all functions, gone while the stack goes.
    let mut world = world;
    world.tables.clear();
    world.recovery.clear();
    world.functions.clear();
    let inventory = world.read(named("shop")).await;
    assert_eq!(inventory.unseen, []);
    assert_eq!(attributes(&inventory, "shop-orders").get("status"), None);
}

/// By id, CloudFormation lists what a deleted stack once had.
#[tokio::test]
async fn a_stack_of_deleted_members_is_gone() {
    let (source, _) = shop().source_but(|call| {
        (call.operation == "cloudformation.ListStackResources").then(|| {
            Reply::Xml(
                "<StackResourceSummaries><member><LogicalResourceId>F</LogicalResourceId>\
                 <PhysicalResourceId>f</PhysicalResourceId><ResourceType>AWS::Lambda::Function</ResourceType>\
                 <ResourceStatus>DELETE_COMPLETE</ResourceStatus></member></StackResourceSummaries>"
                    .into(),
            )
        })
    });
    let error = source.inventory(&app(named("shop"))).await.unwrap_err();
    assert_eq!(error, PortError::NotFound { what: "stack shop".into() });
}

#[tokio::test]
async fn a_nested_stack_is_no_application_of_its_own() {
    let (source, _) = shop().source();
    let names = |names: &[&str]| Coverage::Stacks { names: names.iter().map(|n| (*n).to_owned()).collect() };
    let id = stack_id("shop");
    let applications = source.applications(&names(&["shop", "shop", &id])).await.unwrap();
    assert_eq!(applications, [app(named("shop"))], "by name, twice and by id");
    let error = source.applications(&names(&["shop-Data-1X"])).await.unwrap_err();
    assert!(matches!(error, PortError::Permanent { .. }), "{error:?}");
    assert!(error.to_string().contains("shop-Data-1X is nested in arn:"), "{error}");
}

/// shop and its nested stack carry one value, blog another, two loose resources one each.
fn tagged() -> World {
    let mut world = shop();
    let key = "DevOps-Guru-App";
    for stack in &mut world.stacks {
        stack.tags = texts(&[(key, "checkout"), ("team", "a")]);
    }
    let mut blog = stack("blog", "{}", &[("F", "AWS::Lambda::Function", "blog"), ("I", "AWS::EC2::Instance", "i-1")]);
    blog.tags = texts(&[(key, "blog")]);
    let other = stack("other", "{}", &[("F", "AWS::Lambda::Function", "other")]);
    world.stacks.extend([blog, other]);
    world.tagged = vec![
        (stack_id("shop"), key, "checkout"),
        // CloudFormation puts the stack's tags on its members.
        (function("shop-checkout"), key, "checkout"),
        (function("shop-checkout"), "aws:cloudformation:stack-name", "shop"),
        (arn("dynamodb", "table/shop-orders"), key, "checkout"),
        ("arn:aws:apigateway:eu-west-1::/restapis/a1b2c3".into(), key, "checkout"),
        (arn("elasticloadbalancing", "loadbalancer/app/web/50dc6c495c0c9188"), key, "checkout"),
        (function("by-hand"), key, "checkout"),
        // An ARN that can't be told from the physical id, but ends with it; and one that can't be the member's.
        (arn("ec2", "instance/i-1"), key, "blog"),
        (arn("ec2", "instance/i-21"), key, "blog"),
        (arn("dynamodb", "table/search"), key, "search"),
        (function("not-ours"), "devops-guru-app", "checkout"),
        (function("untouched"), "team", "a"),
    ];
    world
}

#[tokio::test]
async fn a_tag_s_value_is_its_stacks_and_what_is_loose() {
    let world = tagged();
    let (source, calls) = world.source();
    let all = Coverage::Tags { key: "DevOps-Guru-App".into(), values: vec![] };
    let applications = source.applications(&all).await.unwrap();
    assert_eq!(applications, ["blog", "checkout", "search"].map(|value| app(tag(value))));
    let chosen = Coverage::Tags { key: "DevOps-Guru-App".into(), values: vec!["search".into(), "blog".into()] };
    assert_eq!(source.applications(&chosen).await.unwrap(), ["blog", "search"].map(|value| app(tag(value))));
    let misspelt = |values: &[&str]| Coverage::Tags {
        key: "DevOps-Guru-App".into(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    };
    assert_eq!(source.applications(&misspelt(&["blog", "serch"])).await.unwrap(), [app(tag("blog"))]);
    let error = source.applications(&misspelt(&["serch"])).await.unwrap_err();
    assert_eq!(error, PortError::NotFound { what: format!("anything tagged DevOps-Guru-App=serch in {REGION}") });

    let checkout = source.inventory(&app(tag("checkout"))).await.unwrap();
    assert_eq!(checkout.unseen, []);
    assert_eq!(checkout.resources.len(), 22, "the stack's 20 and two: {:?}", names(&checkout));
    let loose: Vec<&str> = checkout.resources.iter().filter(|r| r.stack.is_none()).map(|r| r.name.as_str()).collect();
    assert_eq!(loose, ["web", "by-hand"]);
    assert_eq!(edges(&checkout), SHOP_EDGES);
    assert_eq!(names(&source.inventory(&app(tag("blog"))).await.unwrap()), ["blog", "i-1", "i-21"]);
    assert_eq!(names(&source.inventory(&app(tag("search"))).await.unwrap()), ["search"]);
    // Read once for all of them: four stacks, one a page.
    assert_eq!(calls.of("cloudformation.DescribeStacks").len(), 4);
    assert_eq!(calls.of("lambda.ListFunctions").len(), 1);

    let error = source.inventory(&app(tag("nothing"))).await.unwrap_err();
    assert_eq!(error.to_string(), "anything tagged DevOps-Guru-App=nothing in eu-west-1 not found");
}

#[tokio::test]
async fn loose_resources_of_one_value_hang_together_too() {
    let mut world = World { tagged: vec![], ..World::default() };
    for arn in [function("a"), arn("sqs", "q"), arn("sns", "n")] {
        world.tagged.push((arn, "devops-guru-x", "one"));
    }
    world.mappings = vec![(arn("sqs", "q"), function("a"), "Enabled")];
    world.subscriptions = BTreeMap::from([(arn("sns", "n"), vec![arn("sqs", "q")])]);
    let boundary = Boundary::Tag { key: "devops-guru-x".into(), value: "one".into() };
    assert_eq!(edges(&world.read(boundary).await), ["n ⇢ q", "q ⇢ a"]);
}

#[tokio::test]
async fn a_tag_s_key_begins_as_devops_guru_s_did() {
    let (source, calls) = tagged().source();
    for key in ["devops-guru-app", "DEVOPS-GURU-APP", "DevOps-Guru-App"] {
        let coverage = Coverage::Tags { key: key.into(), values: vec![] };
        source.applications(&coverage).await.unwrap();
    }
    let before = calls.all().len();
    for key in ["app", "my-devops-guru-app", "devops-guru-", "devopsguru-app", ""] {
        for values in [vec![], vec!["x".to_owned()]] {
            let error = source.applications(&Coverage::Tags { key: key.into(), values }).await.unwrap_err();
            assert!(matches!(error, PortError::Permanent { .. }), "{error:?}");
            assert!(error.to_string().contains(&format!("`{key}` does not start with `devops-guru-`")), "{error}");
        }
    }
    assert_eq!(calls.all().len(), before);
}

#[tokio::test]
async fn with_one_of_two_ways_to_tagged_resources_denied_the_other_goes_on() {
    let world = tagged();
    let (source, _) = world.denying("tagging.GetResources");
    let inventory = source.inventory(&app(tag("checkout"))).await.unwrap();
    assert_eq!(inventory.resources.len(), 20);
    assert_eq!(what(&inventory), [("resources tagged DevOps-Guru-App=checkout", "tag:GetResources")]);
    assert!(inventory.is_partial);
    let (throttled, _) = world.source_but(|call| {
        (call.operation == "tagging.GetResources").then(|| Reply::Error(400, "ThrottledException", "slow down".into()))
    });
    let error = throttled.inventory(&app(tag("checkout"))).await.unwrap_err();
    assert!(matches!(error, PortError::Transient { .. }), "{error:?}");

    let (source, _) = world.denying("cloudformation.DescribeStacks");
    let inventory = source.inventory(&app(tag("checkout"))).await.unwrap();
    assert!(names(&inventory).contains(&"shop-checkout".to_owned()), "its tag says so");
    assert_eq!(
        what(&inventory),
        [
            ("metrics of REST API a1b2c3", "-"),
            ("stacks tagged DevOps-Guru-App=checkout", "cloudformation:DescribeStacks"),
        ]
    );
    // An answer without some of the values would be taken for all of them.
    for operation in ["tagging.GetResources", "cloudformation.DescribeStacks"] {
        let all = Coverage::Tags { key: "DevOps-Guru-App".into(), values: vec![] };
        let error = world.denying(operation).0.applications(&all).await.unwrap_err();
        assert!(matches!(error, PortError::Denied { .. }), "{error:?}");
    }
}

/// Two living root stacks, one that never came to life, and what is in none.
fn region() -> World {
    let mut world = tagged();
    let mut dead = stack("dead", "{}", &[("F", "AWS::Lambda::Function", "dead")]);
    dead.status = Some("ROLLBACK_COMPLETE");
    world.stacks.push(dead);
    world.tagged.extend([
        (function("by-hand"), "team", "b"),
        // An Auto Scaling group's instances, say: made by a stack, but not its members.
        (arn("sqs", "shop-helper"), "aws:cloudformation:stack-name", "shop"),
        // Kept when its stack was deleted, tag and all.
        (arn("dynamodb", "table/kept"), "aws:cloudformation:stack-name", "gone"),
        (arn("logs", "log-group:/aws/lambda/by-hand"), "team", "b"),
        ("arn:aws:apigateway:eu-west-1::/restapis/id-of-old-api".into(), "team", "b"),
    ]);
    let of = |name: &'static str, value: &'static str| BTreeMap::from([(name, value)]);
    world.published = vec![
        ("AWS/Lambda", of("FunctionName", "by-hand")),
        ("AWS/Lambda", of("FunctionName", "shop-checkout")),
        ("AWS/Lambda", of("FunctionName", "untagged")),
        // Of all functions together, and of one version: no resources.
        ("AWS/Lambda", BTreeMap::new()),
        ("AWS/Lambda", BTreeMap::from([("FunctionName", "version"), ("Resource", "version:1")])),
        ("AWS/DynamoDB", of("TableName", "shop-orders")),
        ("AWS/DynamoDB", of("TableName", "sessions")),
        ("AWS/SQS", of("QueueName", "letters")),
        ("AWS/ApiGateway", of("ApiName", "shop-api")),
        ("AWS/ApiGateway", of("ApiName", "old-api")),
    ];
    world
}

#[tokio::test]
async fn a_region_is_every_root_stack_and_what_is_in_none() {
    let (source, calls) = region().source();
    let applications = source.applications(&Coverage::Region).await.unwrap();
    let expected =
        ["shop", "blog", "other"].map(|name| app(named(name))).into_iter().chain([app(Boundary::Unassigned)]);
    assert_eq!(applications, expected.collect::<Vec<_>>());
    let dead = Coverage::Stacks { names: vec!["dead".into()] };
    let error = source.applications(&dead).await.unwrap_err();
    assert!(matches!(error, PortError::NotFound { .. }), "{error:?}");

    let mut seen: BTreeMap<ResourceId, String> = BTreeMap::new();
    let mut unassigned = Inventory::default();
    for application in &applications {
        let inventory = source.inventory(application).await.unwrap();
        assert_eq!(inventory.unseen, [], "{}", application.name);
        for resource in &inventory.resources {
            let before = seen.insert(resource.id.clone(), application.name.clone());
            assert_eq!(before, None, "{} is in two", resource.id);
        }
        unassigned = inventory;
    }
    let kinds: Vec<String> = {
        let mut named: Vec<String> = unassigned
            .resources
            .iter()
            .map(|r| format!("{} {}", r.resource_type.rsplit("::").next().unwrap(), r.name))
            .collect();
        named.sort();
        named
    };
    assert_eq!(
        kinds,
        [
            "Function by-hand",
            "Function not-ours",
            "Function untagged",
            "Function untouched",
            "Instance i-21",
            "LoadBalancer web",
            "Queue letters",
            "RestApi old-api",
            "Table kept",
            "Table search",
            "Table sessions",
        ]
    );
    assert_eq!(attributes(&unassigned, "by-hand")["account_concurrency"], "1000", "described like any other");
    // Every stack is read once, and every list of the Region's.
    let counts = counted(&calls);
    assert_eq!(counts["cloudformation.DescribeStacks"], 5, "one a page");
    assert_eq!(counts["cloudformation.ListStackResources"], 4, "not the dead one's");
    assert_eq!(counts["lambda.ListFunctions"], 1);
    assert_eq!(counts["lambda.ListEventSourceMappings"], 1);
    let namespaces: BTreeSet<&str> = Catalog::builtin().services().iter().map(|s| s.namespace.as_str()).collect();
    assert_eq!(counts["monitoring.ListMetrics"], namespaces.len());
}

#[tokio::test]
async fn with_one_of_two_ways_to_loose_resources_denied_the_other_goes_on() {
    let world = region();
    let (source, _) = world.denying("tagging.GetResources");
    let inventory = source.inventory(&app(Boundary::Unassigned)).await.unwrap();
    assert_eq!(names(&inventory), ["by-hand", "letters", "old-api", "sessions", "untagged"]);
    assert_eq!(what(&inventory), [("tagged resources without a stack", "tag:GetResources")]);

    let (source, calls) = world.denying("monitoring.ListMetrics");
    let inventory = source.inventory(&app(Boundary::Unassigned)).await.unwrap();
    assert_eq!(names(&inventory), ["by-hand", "i-21", "kept", "not-ours", "search", "untouched", "web"]);
    let told: Vec<&str> = what(&inventory).into_iter().map(|(_, action)| action).collect();
    assert_eq!(told, ["cloudwatch:ListMetrics"], "once");
    assert_eq!(calls.of("monitoring.ListMetrics").len(), 1);

    // What a stack holds that may not be listed can't be told from what is loose: said.
    let (source, _) = world.denying("cloudformation.ListStackResources");
    let inventory = source.inventory(&app(Boundary::Unassigned)).await.unwrap();
    assert!(what(&inventory).contains(&("resources of stack shop", "cloudformation:ListStackResources")));

    let (source, _) = world.denying("cloudformation.DescribeStacks");
    let error = source.applications(&Coverage::Region).await.unwrap_err();
    assert!(matches!(error, PortError::Denied { .. }), "{error:?}");
}

#[tokio::test]
async fn a_stack_deleted_while_the_region_is_read_is_left_out() {
    let world = region();
    let gone = |call: &Call| {
        let this = call.text("StackName") == stack_id("blog");
        this.then(|| Reply::Error(400, "ValidationError", "Stack with id blog does not exist".into()))
    };
    let (source, _) = world.source_but(gone);
    source.applications(&Coverage::Region).await.unwrap();
    let unassigned = source.inventory(&app(Boundary::Unassigned)).await.unwrap();
    assert_eq!(unassigned.unseen, []);
    let error = source.inventory(&app(named("blog"))).await.unwrap_err();
    assert_eq!(error, PortError::NotFound { what: "stack blog".into() });
    let tagged = source.inventory(&app(tag("blog"))).await.unwrap();
    assert_eq!(names(&tagged), ["i-1", "i-21"], "what carries the tag by itself");
}

/// A service that nothing in the code knows, from files alone.
const TILL: &str = r#"
type = "AWS::Till::Register"
label = "Till"
kind = "till"
node = "sync"

[arn]
service = "till"
forms = ["register/{shop}/{name}"]

[[attribute]]
name = "shop"
property = ["/Shop"]

[[attribute]]
name = "drawer"
property = ["/Drawer/Size"]
words = { "1" = "small", "2" = "large" }
default = "small"

[[edge]]
property = "/Ledger"
way = "out"

[[edge]]
property = "/Orders"
way = "in"
"#;
const TILL_METRICS: &str = r#"
namespace = "AWS/Till"
resource_type = "AWS::Till::Register"
dimensions = { Shop = "{shop}", Register = "{name}" }
only = { drawer = "large" }
period = 60
publication_delay = 60

[[metric]]
name = "FailedSales"
label = "failed sales"
statistic = "Sum"
unit = "Count"
role = "errors"
kind = "sparse"
bad = "up"
missing = "zero"
opens = true
least = 3
"#;

#[tokio::test]
async fn a_new_service_is_files_of_the_catalogue_alone() {
    let files = [
        ("resources/till-register.toml".to_owned(), TILL.to_owned()),
        ("metrics/till.toml".to_owned(), TILL_METRICS.to_owned()),
    ];
    let catalog = Catalog::with_user_files(&files).unwrap();
    let template = r#"{"Resources": {
        "Register": {"Type": "AWS::Till::Register", "Properties": {
            "Shop": "north", "Drawer": {"Size": 2}, "Ledger": {"Ref": "Ledger"}, "Orders": {"Fn::GetAtt": ["Orders", "Arn"]}}},
        "Ledger": {"Type": "AWS::DynamoDB::Table"},
        "Orders": {"Type": "AWS::SQS::Queue"}}}"#;
    let register = arn("till", "register/north/r1");
    let queue = format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/orders");
    let members = [
        ("Register", "AWS::Till::Register", register.as_str()),
        ("Ledger", "AWS::DynamoDB::Table", "ledger"),
        ("Orders", "AWS::SQS::Queue", &queue),
    ];
    let mut world = World::of(vec![stack("shop", template, &members)]);
    world.published = vec![("AWS/Till", BTreeMap::from([("Register", "r2"), ("Shop", "south")]))];
    let (config, _) = sdk(move |call| world.answer(call));
    let place = Place { partition: "aws".into(), region: REGION.into(), account: ACCOUNT.into() };
    let metrics = Metrics::new(&config, "aws", &catalog);
    let source = Resources::new(&config, place, metrics, &catalog);
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    assert_eq!(edges(&inventory), ["orders ⇢ r1", "r1 → ledger"]);
    assert_eq!(attributes(&inventory, "r1")["drawer"], "large");
    let resource = inventory.resources.iter().find(|r| r.name == "r1").unwrap();
    let (metrics, unseen) = catalog.metrics_of(resource, |_, _| vec![]);
    assert_eq!(unseen, []);
    assert_eq!(metrics[0].key.to_string(), "AWS/Till FailedSales Sum Register=r1 Shop=north");

    let loose = source.inventory(&app(Boundary::Unassigned)).await.unwrap();
    assert_eq!(names(&loose), ["r2"], "known by its metrics");
    assert_eq!(loose.resources[0].id.as_str(), arn("till", "register/south/r2"));
    assert_eq!(loose.resources[0].resource_type, "AWS::Till::Register");
}

#[tokio::test]
async fn an_attribute_is_known_unset_or_unknown_and_never_a_default_that_was_not_said() {
    let template = r#"{"Resources": {
        "Said": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 90,
            "RedrivePolicy": "{\"deadLetterTargetArn\": \"arn:aws:sqs:eu-west-1:123456789012:dead\"}"}},
        "Silent": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": {"Ref": "AWS::NoValue"}}},
        "Imported": {"Type": "AWS::SQS::Queue", "Properties": {
            "VisibilityTimeout": {"Fn::ImportValue": "timeout"}, "RedrivePolicy": {"Fn::If": ["Nobody", {}, {}]}}}}}"#;
    let url = |name: &str| format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}");
    let (said, silent, imported) = (url("said"), url("silent"), url("imported"));
    let queue = "AWS::SQS::Queue";
    let members = [("Said", queue, said.as_str()), ("Silent", queue, &silent), ("Imported", queue, &imported)];
    // The services say nothing of the two others.
    let (source, _) = World::of(vec![stack("shop", template, &members)]).source_but(|call| {
        let of_silent = call.operation == "sqs.GetQueueAttributes" && call.text("QueueUrl").ends_with("/silent");
        of_silent.then(|| Reply::Ok(json!({"Attributes": {"VisibilityTimeout": "30"}})))
    });
    let inventory = source.inventory(&app(named("shop"))).await.unwrap();
    let attribute = |name: &str, attribute: &str| {
        let resource = inventory.resources.iter().find(|r| r.name == name).unwrap();
        resource.attributes[attribute].clone()
    };
    let unknown = |why: &str| Attribute::Unknown(why.to_owned());
    assert_eq!(attribute("said", "visibility_timeout_seconds"), "90".into());
    assert_eq!(attribute("said", "dead_letter_queue"), "dead".into());
    assert_eq!(attribute("silent", "visibility_timeout_seconds"), "30".into(), "as documented");
    assert_eq!(attribute("silent", "dead_letter_queue"), Attribute::Unset);
    assert_eq!(attribute("silent", "fifo"), Attribute::Unset);
    let import = "the template's Fn::ImportValue timeout can't be resolved";
    assert_eq!(attribute("imported", "visibility_timeout_seconds"), unknown(import));
    assert_eq!(attribute("imported", "dead_letter_queue"), unknown("the template's Fn::If can't be resolved"));
}

#[tokio::test]
async fn what_the_service_did_not_tell_is_unknown_unless_the_template_sets_it() {
    let template =
        r#"{"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}}}}"#;
    let world = World::of(vec![stack("shop", template, &[("T", "AWS::DynamoDB::Table", "orders")])]);
    for (action, attribute) in
        [("dynamodb.DescribeContinuousBackups", "point_in_time_recovery"), ("dynamodb.DescribeTable", "read_capacity")]
    {
        let inventory = world.denying(action).0.inventory(&app(named("shop"))).await.unwrap();
        let table = &inventory.resources[0];
        assert!(matches!(table.attributes[attribute], Attribute::Unknown(_)), "{table:?}");
        assert_eq!(table.known("billing_mode"), Some("PAY_PER_REQUEST"));
    }
}

/// A field that the catalogue asks for and no adapter reads would be an attribute silently unknown.
#[test]
fn every_live_field_of_the_catalogue_is_read() {
    let adapter = [
        include_str!("describe.rs"),
        include_str!("describe/answers.rs"),
        include_str!("describe/apis.rs"),
        include_str!("describe/databases.rs"),
        include_str!("describe/databases/classes.rs"),
        include_str!("describe/databases/lifecycle.rs"),
        include_str!("describe/databases/parameters.rs"),
        include_str!("describe/scaling.rs"),
        include_str!("describe/dynamodb.rs"),
        include_str!("describe/lambda.rs"),
        include_str!("describe/lambda/mappings.rs"),
        include_str!("describe/topics.rs"),
        include_str!("describe/zones.rs"),
    ]
    .concat();
    let kinds = Catalog::builtin().resource_types().iter();
    let live: Vec<_> = kinds.flat_map(|kind| &kind.attributes).filter_map(|a| a.live.as_ref()).collect();
    assert!(live.len() > 10);
    for field in live {
        // A pointer needs no saying.
        for word in [&field.action, &field.field].into_iter().filter(|word| !word.starts_with('/')) {
            assert!(adapter.contains(&format!("\"{word}\"")), "{field:?}");
        }
    }
}

#[tokio::test]
async fn nothing_that_a_stack_holds_is_left_out_of_the_states() {
    let members = [
        ("Cdn", "AWS::CloudFront::Distribution", "E1"),
        ("Nat", "AWS::EC2::NatGateway", "nat-1"),
        ("Classic", "AWS::ElasticLoadBalancing::LoadBalancer", "classic"),
        ("Search", "AWS::OpenSearchService::Domain", "search"),
        ("OldSearch", "AWS::Elasticsearch::Domain", "old-search"),
        ("Health", "AWS::Route53::HealthCheck", "h-1"),
        ("Nightly", "AWS::Glue::Job", "nightly"),
        ("Files", "AWS::S3::Bucket", "files"),
        ("Sessions", "AWS::ElastiCache::ReplicationGroup", "sessions"),
        ("Jobs", "AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"),
        ("Role", "AWS::IAM::Role", "role"),
        ("Logs", "AWS::Logs::LogGroup", "/app"),
        ("Grant", "AWS::Lambda::Permission", "grant"),
        ("Seed", "Custom::Seed", "seed"),
    ];
    let inventory = World::of(vec![stack("shop", "{}", &members)]).read(named("shop")).await;
    let catalog = Catalog::builtin();
    let metrics: Vec<Metric> =
        inventory.resources.iter().flat_map(|r| catalog.metrics_of(r, |_, _| vec![]).0).collect();
    let states = catalog.watching(&inventory, &metrics, |_| None);
    let state_of = |name: &str| &states.iter().find(|s| s.resource.name == name).expect(name).watching;
    // Not said: what others are set up with, and the stack's own code.
    let told: BTreeSet<&str> = states.iter().map(|s| s.resource.name.as_str()).collect();
    let held = members.iter().filter(|(logical, ..)| !["Role", "Logs", "Grant", "Seed"].contains(logical));
    assert_eq!(told.len(), held.count(), "{told:?}");
    assert_eq!(state_of("jobs"), &Watching::Watched);
    assert!(matches!(state_of("files"), Watching::WithoutMetrics { turn_on: Some(_), .. }), "{states:#?}");
    assert_eq!(state_of("nightly"), &Watching::NotSupported, "a type that no file knows");
}

const DISTRIBUTION: &str = "arn:aws:cloudfront::123456789012:distribution/E1";

#[tokio::test]
async fn what_has_no_region_is_found_by_its_tag_where_tags_of_it_are_listed() {
    let zone = "arn:aws:route53:::hostedzone/Z1";
    let queue = arn("sqs", "jobs");
    let tagged = [DISTRIBUTION, zone, queue.as_str()].map(|arn| (arn.to_owned(), "DevOps-Guru-App", "shop"));
    let world = World { tagged: tagged.to_vec(), ..World::default() };
    let (source, calls) = world.source();
    let inventory = source.inventory(&app(tag("shop"))).await.unwrap();
    assert_eq!(names(&inventory), ["E1", "Z1", "jobs"]);
    let there: Vec<Call> = calls.of("tagging.GetResources").into_iter().filter(|c| c.region == "us-east-1").collect();
    assert_eq!(there[0].input["ResourceTypeFilters"], json!(["cloudfront", "route53"]));

    let elsewhere = |call: &Call| (call.region == "us-east-1").then(|| denied("tag:GetResources"));
    let (source, _) = world.source_but(elsewhere);
    let inventory = source.inventory(&app(tag("shop"))).await.unwrap();
    assert_eq!(names(&inventory), ["jobs"], "what may be read is");
    assert_eq!(what(&inventory), [("tagged resources of cloudfront, route53 in us-east-1", "tag:GetResources")]);
    assert!(inventory.is_partial);
}

#[tokio::test]
async fn who_has_neither_stack_nor_tag_is_known_by_metrics_of_its_own_account() {
    let published = vec![
        ("AWS/Route53", BTreeMap::from([("HealthCheckId", "h-1")])),
        ("AWS/ES", BTreeMap::from([("DomainName", "search"), ("ClientId", ACCOUNT)])),
        ("AWS/ES", BTreeMap::from([("DomainName", "theirs"), ("ClientId", "999999999999")])),
        ("ContainerInsights", BTreeMap::from([("ClusterName", "prod")])),
        ("ContainerInsights", BTreeMap::from([("ClusterName", "prod"), ("Namespace", "shop"), ("PodName", "cart")])),
        ("AWS/SWF", BTreeMap::from([("Domain", "old"), ("WorkflowTypeName", "w"), ("WorkflowTypeVersion", "1")])),
    ];
    let world = World { published, ..World::default() };
    let inventory = world.read(Boundary::Unassigned).await;
    let found: Vec<String> =
        inventory.resources.iter().map(|r| format!("{} {}", Catalog::builtin().kind(&r.resource_type), r.id)).collect();
    assert_eq!(
        found,
        [
            format!("EKS cluster {}", arn("eks", "cluster/prod")),
            format!("OpenSearch domain {}", arn("es", "domain/search")),
            "Route 53 health check arn:aws:route53:::healthcheck/h-1".to_owned(),
            format!("SWF domain {}", arn("swf", "/domain/old")),
        ]
    );
}
