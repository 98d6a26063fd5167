//! Requests made from the model's rules: nothing that can be asked is answered with a server error.

use crate::scene::{Scene, insight};
use serde_json::{Value, json};
use stackseer_api::generated::Operation;
use stackseer_api::rule::Rule;
use stackseer_model::{InsightType, Status};

/// Values of every kind, fitting and not, for each member that is asked for.
fn values(rule: &Rule, depth: usize) -> Vec<Value> {
    let mut values = vec![
        Value::Null,
        json!(""),
        json!("a"),
        json!("x".repeat(5000)),
        json!(-1),
        json!(1e300),
        json!([]),
        json!({}),
    ];
    match rule {
        Rule::Structure(members) if depth < 4 => {
            let first = members.iter().map(|member| (member.name.to_owned(), fitting(member.rule, depth + 1)));
            values.push(Value::Object(first.collect()));
            for member in *members {
                let odd = self::values(member.rule, depth + 1).into_iter();
                values.extend(odd.take(9).map(|value| json!({member.name: value})));
            }
        }
        Rule::List { of, .. } => {
            values.extend([json!([fitting(of, depth + 1)]), json!(vec![fitting(of, depth + 1); 600])])
        }
        Rule::Enum(names) => values.extend(names.iter().map(|name| json!(name))),
        _ => values.push(fitting(rule, depth)),
    }
    values
}

fn fitting(rule: &Rule, depth: usize) -> Value {
    match rule {
        Rule::Structure(members) if depth < 6 => {
            let required = members.iter().filter(|member| member.required);
            Value::Object(required.map(|member| (member.name.to_owned(), fitting(member.rule, depth + 1))).collect())
        }
        Rule::Structure(_) | Rule::Map(_) => json!({}),
        Rule::List { of, .. } => json!([fitting(of, depth + 1)]),
        Rule::Text { min, .. } => json!("1".repeat(min.unwrap_or(1).max(1))),
        Rule::Enum(names) => json!(names[0]),
        Rule::Integer { min, .. } => json!(min.unwrap_or(1)),
        Rule::Double => json!(1.5),
        Rule::Boolean => json!(true),
        Rule::Time => json!(1_795_357_800),
    }
}

#[tokio::test]
async fn nothing_that_is_asked_is_answered_with_a_server_error() {
    let insights =
        [insight(1, InsightType::Reactive, Status::Ongoing), insight(2, InsightType::Proactive, Status::Closed)];
    let scene = Scene::with(&insights).await.learned().await;
    let mut asked = 0;
    for operation in Operation::ALL {
        let whole = fitting(operation.input(), 0);
        for member in operation.input().members() {
            for value in values(member.rule, 0) {
                let mut request = whole.clone();
                request[member.name] = value;
                // What is no path or query is not sent.
                let is_plain = |value: &Value| {
                    value
                        .as_str()
                        .is_none_or(|text| text.chars().all(|c| c.is_ascii_alphanumeric()) && !text.is_empty())
                };
                if member.place != stackseer_api::rule::Place::Body
                    && !(request[member.name].is_string() && is_plain(&request[member.name]))
                {
                    continue;
                }
                let said = scene.try_call(operation, request.clone()).await;
                assert!(said.status.as_u16() < 500, "{operation:?} {request}: {}", said.body);
                match said.error {
                    None => {
                        let wrong = operation.output().violations(&said.body);
                        assert!(wrong.is_empty(), "{operation:?} {request}: {wrong:?}");
                    }
                    Some(error) => {
                        assert!(operation.errors().contains(&error.as_str()), "{operation:?} {request}: {error}");
                    }
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 1000, "{asked}");
}
