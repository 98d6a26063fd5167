//! What people think of an insight.

use super::command;
use super::insights::found;
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show::handling::{feedback_kind, feedback_option};
use crate::wire;
use axum::extract::State;
use serde_json::json;
use stackseer_model::Feedback;
use stackseer_model::ports::give_feedback;

pub async fn describe<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::DescribeFeedbackRequest>,
) -> Result<Answer<wire::DescribeFeedbackResponse>, Error> {
    let Some(id) = &input.insight_id else { return Ok(Answer(wire::DescribeFeedbackResponse::default())) };
    let insight = found(&api, id, None).await?;
    let feedback = api.ports.feedback(&api.setup.own, &insight.id).await?;
    let shown = |feedback: Feedback| wire::InsightFeedback {
        id: Some(id.clone()),
        feedback: Some(feedback_option(feedback.kind)),
    };
    Ok(Answer(wire::DescribeFeedbackResponse { insight_feedback: feedback.map(shown) }))
}

/// What is too sensitive or noisy is told less of from now on.
pub async fn put<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::PutFeedbackRequest>,
) -> Result<Answer<wire::PutFeedbackResponse>, Error> {
    let given = input.insight_feedback.as_ref().and_then(|given| Some((given.id.as_ref()?, given.feedback?)));
    let Some((id, option)) = given else {
        return Err(Error::field("InsightFeedback", "InsightFeedback needs the Id of an insight, and the Feedback"));
    };
    let insight = found(&api, id, None).await?;
    let feedback =
        Feedback { insight: insight.id.clone(), kind: feedback_kind(option), by: caller.0.clone(), time: api.now() };
    let what = format!("Said of {}: {}", insight.name, json!(option).as_str().unwrap_or_default());
    let command = command("put-feedback", &[("insight-feedback", json!(input.insight_feedback))]);
    let entry = api.entry(&caller, &what, Some(&command));
    give_feedback(&*api.ports, &insight, &api.setup.first, api.setup.sensitivity, &feedback, &entry).await?;
    Ok(Answer(wire::PutFeedbackResponse {}))
}
