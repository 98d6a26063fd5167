//! Who set and did what.

use crate::api::{Api, Ports};
use crate::body::{Answer, Body};
use crate::cursor::Request;
use crate::error::Error;
use crate::lists::{Ids, Paging};
use crate::wire;
use axum::extract::State;
use stackseer_model::AuditEntry;

const USUAL_PAGE: usize = 100;

pub async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Body(input): Body<wire::ListAuditRequest>,
) -> Result<Answer<wire::ListAuditResponse>, Error> {
    let (token, max) = (input.next_token.as_deref(), input.max_results);
    let paging = Paging::new(Request::of(&input), token, max, USUAL_PAGE, Ids::Uuid)?;
    let page = api.ports.list_audit(&api.setup.own, &paging.ask(None, None)).await?;
    let shown = |entry: AuditEntry| wire::AuditedChange {
        time: entry.time.into(),
        who: entry.who,
        what: entry.what,
        command: entry.command,
    };
    let next_token = paging.token(page.next.as_ref());
    Ok(Answer(wire::ListAuditResponse { entries: page.items.into_iter().map(shown).collect(), next_token }))
}
