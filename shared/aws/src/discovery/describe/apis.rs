//! API Gateway: how many requests an API lets through, and how long it waits for what is behind it.

use super::Live;
use super::reading::Reading;
use super::refined;
use serde_json::{Value, json};
use stackseer_model::Resource;
use stackseer_model::ports::PortError;
use std::collections::HashMap;

const ACTION: &str = "apigateway:GET";
/// Where stages and integrations of an API are, and how long it waits where nothing is said.
type Kind = (&'static str, fn(&str) -> [String; 2], f64);
const KINDS: [Kind; 2] = [
    (
        "AWS::ApiGateway::RestApi",
        |id| [format!("/restapis/{id}/stages"), format!("/restapis/{id}/resources?embed=methods&limit=500")],
        29_000.0,
    ),
    (
        "AWS::ApiGatewayV2::Api",
        |id| [format!("/v2/apis/{id}/stages"), format!("/v2/apis/{id}/integrations?maxResults=500")],
        30_000.0,
    ),
];

impl Live {
    pub(super) async fn of_apis(&self, reading: &mut Reading<'_>) {
        let mut read = Vec::new();
        for (cfn, paths, by_default) in KINDS {
            let key = |r: &Resource| r.arn.clone().unwrap_or_else(|| r.name.clone());
            let id = |r: &Resource| r.known("api_id").map(str::to_owned);
            let ids: HashMap<String, String> = reading.members(cfn).filter_map(|r| Some((key(r), id(r)?))).collect();
            let mut members = reading.of_type(cfn);
            members.retain(|arn| ids.contains_key(arn));
            let one = |arn: &str| self.api(paths(&ids[arn]), by_default);
            read.extend(reading.each(&members, "limits", "API", one).await);
        }
        reading.set_answers(ACTION, read.iter().map(|(arn, said)| (arn.clone(), said)));
    }

    async fn api(&self, [stages, integrations]: [String; 2], by_default: f64) -> Result<Value, PortError> {
        let stages = self.signed.call(ACTION, &json!(stages)).await?;
        let integrations = self.signed.call(ACTION, &json!(integrations)).await?;
        let timeout = refined::integration_timeout(&integrations, by_default);
        Ok(json!({"throttle": refined::throttle(&stages), "timeout": timeout / 1_000.0}))
    }
}
