//! What to do about an insight.

use super::insights::found;
use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::show::recommendation::recommendation;
use crate::wire;
use axum::extract::State;

/// The model's.
const PAGE: usize = 10;

/// In English, whatever the locale.
pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListRecommendationsRequest>,
) -> Result<Answer<wire::ListRecommendationsResponse>, Error> {
    let paging = Paging::new(Request::of(&input), input.next_token.as_deref(), None, PAGE, Ids::Text)?;
    let insight = found(&api, &input.insight_id, input.account_id.as_deref()).await?;
    let (items, next_token) = paging.slice(insight.recommendations.iter().collect(), |r| r.name.clone());
    let recommendations = items.into_iter().map(|r| recommendation(&insight, r)).collect();
    Ok(Answer(wire::ListRecommendationsResponse { recommendations: Some(recommendations), next_token }))
}
