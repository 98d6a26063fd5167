//! What is called: each operation as the console and the SDKs call it, and its counterpart where it would else fill the store.

use crate::data::{Filled, application, now};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_model::{Insight, Timestamp};
use stackseer_testkit::clock::after;

/// The `round`th request; `answer` is what the call before answered.
type Request = Box<dyn Fn(usize, &Value) -> Value>;

pub struct Call {
    pub operation: Operation,
    /// Which form of it.
    pub form: &'static str,
    pub request: Request,
}

fn call(operation: Operation, form: &'static str, request: impl Fn(usize, &Value) -> Value + 'static) -> Call {
    Call { operation, form, request: Box::new(request) }
}

fn days_ago(days: i64) -> i64 {
    days_before(now(), days)
}

fn days_before(time: Timestamp, days: i64) -> i64 {
    after(time, -days * 24 * 3600).as_second()
}

/// Each group is called in turn, round by round.
pub fn groups(filled: &Filled) -> Vec<Vec<Call>> {
    let mut groups: Vec<Vec<Call>> = reads().into_iter().map(|call| vec![call]).collect();
    groups.extend(of_insights(filled).into_iter().map(|call| vec![call]));
    groups.extend(writes(filled));
    groups
}

fn reads() -> Vec<Call> {
    use Operation::*;
    let of_type = |kind: &'static str| move |_: usize, _: &Value| json!({"ResourceCollectionType": kind});
    let in_organization =
        |kind: &'static str| move |_: usize, _: &Value| json!({"OrganizationResourceCollectionType": kind});
    let nothing = |_: usize, _: &Value| json!({});
    let ongoing = json!({"Ongoing": {"Type": "REACTIVE"}});
    let any = json!({"Any": {"Type": "REACTIVE", "StartTimeRange": {"FromTime": days_ago(365)}}});
    let closed = json!({"Closed": {"Type": "REACTIVE", "EndTimeRange": {"FromTime": days_ago(30)}}});
    let listed =
        |filter: Value, size: usize| move |_: usize, _: &Value| json!({"StatusFilter": filter, "MaxResults": size});
    let search = |round: usize, filters: Value| {
        let range = json!({"FromTime": days_ago(365), "ToTime": days_ago(round as i64 % 180)});
        json!({"StartTimeRange": range, "Type": "REACTIVE", "Filters": filters, "MaxResults": 10})
    };
    let stack = |round: usize| json!({"CloudFormation": {"StackNames": [format!("app-{}", round % 4 + 1)]}});
    vec![
        call(DescribeAccountHealth, "", nothing),
        call(DescribeAccountOverview, "a month", |_, _| json!({"FromTime": days_ago(30)})),
        call(DescribeAccountOverview, "a year", |_, _| json!({"FromTime": days_ago(365)})),
        call(DescribeOrganizationHealth, "", nothing),
        call(DescribeOrganizationOverview, "a year", |_, _| json!({"FromTime": days_ago(365)})),
        call(DescribeOrganizationResourceCollectionHealth, "accounts", in_organization("AWS_ACCOUNT")),
        call(DescribeOrganizationResourceCollectionHealth, "stacks", in_organization("AWS_CLOUD_FORMATION")),
        call(DescribeOrganizationResourceCollectionHealth, "services", in_organization("AWS_SERVICE")),
        call(DescribeOrganizationResourceCollectionHealth, "tags", in_organization("AWS_TAGS")),
        call(DescribeResourceCollectionHealth, "stacks", of_type("AWS_CLOUD_FORMATION")),
        call(DescribeResourceCollectionHealth, "services", of_type("AWS_SERVICE")),
        call(DescribeResourceCollectionHealth, "tags", of_type("AWS_TAGS")),
        call(ListInsights, "ongoing, 10", listed(ongoing.clone(), 10)),
        call(ListInsights, "any, 100", listed(any, 100)),
        call(ListInsights, "closed, 10", listed(closed, 10)),
        call(ListOrganizationInsights, "ongoing, 10", move |_, _| json!({"StatusFilter": ongoing, "MaxResults": 10})),
        call(SearchInsights, "a stack, 10", move |round, _| search(round, json!({"ResourceCollection": stack(round)}))),
        call(SearchInsights, "high, 10", move |round, _| search(round, json!({"Severities": ["HIGH"]}))),
        call(SearchOrganizationInsights, "high, 10", move |round, _| {
            let mut request = search(round, json!({"Severities": ["HIGH"]}));
            request["AccountIds"] = json!([crate::data::ACCOUNT]);
            request
        }),
        call(ListEvents, "all, 50", |round, _| {
            let range = json!({"FromTime": days_ago(90), "ToTime": days_ago(round as i64 % 15)});
            json!({"Filters": {"EventTimeRange": range}, "MaxResults": 50})
        }),
        call(ListMonitoredResources, "50", |_, _| json!({"MaxResults": 50})),
        call(DescribeEventSourcesConfig, "", nothing),
        call(DescribeServiceIntegration, "", nothing),
        call(GetResourceCollection, "stacks", of_type("AWS_CLOUD_FORMATION")),
        call(ListNotificationChannels, "", nothing),
        call(
            StartCostEstimation,
            "",
            |round, _| json!({"ResourceCollection": {"CloudFormation": {"StackNames": [format!("app-{}", round % 4 + 1)]}}}),
        ),
        call(GetCostEstimation, "", nothing),
        call(ListApplications, "", nothing),
        call(GetTopology, "", |round, _| json!({"Id": application(round % 20).id})),
        call(ListChanges, "50", |_, _| json!({"MaxResults": 50})),
        call(ListResources, "200", |_, _| json!({})),
        call(ListResources, "without metrics, 50", |_, _| json!({"State": "WITHOUT_METRICS", "MaxResults": 50})),
        call(GetStatus, "", nothing),
        call(GetSettings, "", nothing),
        call(ListMutes, "", nothing),
        call(ListSensitivities, "", nothing),
        call(ListAudit, "50", |_, _| json!({"MaxResults": 50})),
    ]
}

/// Of one insight, another one each time.
fn of_insights(filled: &Filled) -> Vec<Call> {
    use Operation::*;
    let some: Vec<(String, String)> = filled.insights.iter().step_by(3).map(ids).collect();
    let pick = move |round: usize| some[round * 7 % some.len()].clone();
    let of = |name: &'static str| {
        let pick = pick.clone();
        move |round: usize, _: &Value| json!({name: pick(round).0})
    };
    let (anomaly, series, events) = (pick.clone(), pick.clone(), pick.clone());
    vec![
        call(DescribeInsight, "", of("Id")),
        call(DescribeAnomaly, "", move |round, _| json!({"Id": anomaly(round).1})),
        call(DescribeFeedback, "", of("InsightId")),
        call(ListAnomaliesForInsight, "", of("InsightId")),
        call(ListAnomalousLogGroups, "", of("InsightId")),
        call(ListRecommendations, "", of("InsightId")),
        call(ListEvents, "of an insight", move |round, _| json!({"Filters": {"InsightId": events(round).0}})),
        call(GetSeries, "", move |round, _| {
            let (insight, anomaly) = series(round);
            json!({"Insight": insight, "Anomaly": anomaly})
        }),
    ]
}

fn ids(insight: &Insight) -> (String, String) {
    (insight.id.to_string(), insight.anomalies[0].id.to_string())
}

fn writes(filled: &Filled) -> Vec<Vec<Call>> {
    use Operation::*;
    let all: Vec<String> = filled.insights.iter().map(|insight| insight.id.to_string()).collect();
    let ids = all.clone();
    let of = move || {
        let ids = ids.clone();
        move |round: usize, _: &Value| json!({"Id": ids[round % ids.len()]})
    };
    let with = |name: &'static str, value: Value| {
        let of = of();
        move |round: usize, answer: &Value| {
            let mut request = of(round, answer);
            request[name] = value.clone();
            request
        }
    };
    let (feedback, noted) = (all.clone(), all.clone());
    let kinds = ["VALID_COLLECTION", "RECOMMENDATION_USEFUL"];
    vec![
        vec![call(AcknowledgeInsight, "", of()), call(UnacknowledgeInsight, "", of())],
        vec![call(AssignInsight, "", with("Assignee", json!("ann"))), call(UnassignInsight, "", of())],
        vec![
            call(AddNote, "", with("Text", json!("the timeout was lowered by the last deployment"))),
            call(
                DeleteNote,
                "",
                move |round, answer| json!({"Id": noted[round % noted.len()], "NoteId": answer["Note"]["Id"]}),
            ),
        ],
        vec![call(
            PutFeedback,
            "",
            move |round, _| json!({"InsightFeedback": {"Id": feedback[round % feedback.len()], "Feedback": kinds[round % 2]}}),
        )],
        vec![
            call(AddMute, "", |round, _| json!({"What": {"Resource": format!("resource {round}")}, "Reason": "known"})),
            call(DeleteMute, "", |_, answer| json!({"Id": answer["Mute"]["Id"]})),
        ],
        vec![
            call(
                SetSensitivity,
                "",
                |round, _| json!({"What": {"Metric": format!("metric {round}")}, "Sensitivity": "LOW"}),
            ),
            call(DeleteSensitivity, "", |_, answer| json!({"Id": answer["Sensitivity"]["Id"]})),
        ],
        vec![
            call(
                AddNotificationChannel,
                "",
                |round, _| json!({"Config": {"Sns": {"TopicArn": format!("arn:aws:sns:eu-central-1:123456789012:ops-{round}")}}}),
            ),
            call(RemoveNotificationChannel, "", |_, answer| json!({"Id": answer["Id"]})),
        ],
        vec![call(UpdateResourceCollection, "", |round, _| {
            let action = ["ADD", "REMOVE"][round % 2];
            json!({"Action": action, "ResourceCollection": {"CloudFormation": {"StackNames": [format!("new-{}", round / 2)]}}})
        })],
        vec![call(UpdateServiceIntegration, "", |round, _| {
            let status = ["ENABLED", "DISABLED"][round % 2];
            json!({"ServiceIntegration": {"OpsCenter": {"OptInStatus": status}}})
        })],
        vec![call(UpdateEventSourcesConfig, "", |round, _| {
            let status = ["ENABLED", "DISABLED"][round % 2];
            json!({"EventSources": {"AmazonCodeGuruProfiler": {"Status": status}}})
        })],
        vec![call(DeleteInsight, "", move |round, _| json!({"Id": all[all.len() - 1 - round]}))],
    ]
}
