//! What people make of an insight: they have seen it, look after it, write notes on it.

use super::insights::{INSIGHT, found};
use crate::api::{Api, Caller, Ports};
use crate::body::{Answer, Body};
use crate::error::Error;
use crate::show::handling::{acknowledgement, note};
use crate::wire;
use axum::extract::State;
use stackseer_model::ports::Handled;
use stackseer_model::{Acknowledgement, Handle, Handling, HandlingError, Insight, Note, NoteId};

const NOTE: &str = "NOTE";

async fn handle<P: Ports>(
    api: &Api<P>,
    caller: &Caller,
    insight: &Insight,
    change: &Handle,
    what: &str,
) -> Result<Handling, Error> {
    let entry = api.entry(caller, &format!("{what} {} ({})", insight.name, insight.id), None);
    match api.ports.handle_insight(&insight.id, change, &entry).await? {
        Handled::Done(handling) => Ok(handling),
        Handled::NoInsight => Err(Error::not_found(INSIGHT, insight.id.as_str())),
        Handled::Refused(HandlingError::NoSuchNote(id)) => Err(Error::not_found(NOTE, id.as_str())),
        Handled::Refused(error @ HandlingError::TooManyNotes) => Err(Error::QuotaExceeded(error.to_string())),
    }
}

pub async fn acknowledge<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::AcknowledgeInsightRequest>,
) -> Result<Answer<wire::AcknowledgeInsightResponse>, Error> {
    let insight = found(&api, &input.id, None).await?;
    let given = Acknowledgement { by: caller.0.clone(), time: api.now() };
    let change = Handle::Acknowledge(given.clone());
    let handling = handle(&api, &caller, &insight, &change, "Acknowledged").await?;
    let first = handling.acknowledgement.unwrap_or(given);
    Ok(Answer(wire::AcknowledgeInsightResponse { acknowledgement: acknowledgement(&first) }))
}

pub async fn unacknowledge<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::UnacknowledgeInsightRequest>,
) -> Result<Answer<wire::UnacknowledgeInsightResponse>, Error> {
    let insight = found(&api, &input.id, None).await?;
    handle(&api, &caller, &insight, &Handle::Unacknowledge, "Took back the acknowledgement of").await?;
    Ok(Answer(wire::UnacknowledgeInsightResponse {}))
}

pub async fn assign<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::AssignInsightRequest>,
) -> Result<Answer<wire::AssignInsightResponse>, Error> {
    let insight = found(&api, &input.id, None).await?;
    let what = format!("Assigned to {}:", input.assignee);
    handle(&api, &caller, &insight, &Handle::Assign(input.assignee.clone()), &what).await?;
    Ok(Answer(wire::AssignInsightResponse { assignee: input.assignee }))
}

pub async fn unassign<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::UnassignInsightRequest>,
) -> Result<Answer<wire::UnassignInsightResponse>, Error> {
    let insight = found(&api, &input.id, None).await?;
    handle(&api, &caller, &insight, &Handle::Unassign, "Assigned to nobody:").await?;
    Ok(Answer(wire::UnassignInsightResponse {}))
}

pub async fn add_note<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::AddNoteRequest>,
) -> Result<Answer<wire::AddNoteResponse>, Error> {
    let insight = found(&api, &input.id, None).await?;
    let (time, by) = (api.now(), caller.0.clone());
    let id = NoteId::of(&insight.id, time, &by, &input.text);
    let written = Note { id, by, time, text: input.text };
    handle(&api, &caller, &insight, &Handle::AddNote(written.clone()), "Wrote a note on").await?;
    Ok(Answer(wire::AddNoteResponse { note: note(&written) }))
}

pub async fn delete_note<P: Ports>(
    State(api): State<Api<P>>,
    caller: Caller,
    Body(input): Body<wire::DeleteNoteRequest>,
) -> Result<Answer<wire::DeleteNoteResponse>, Error> {
    let insight = found(&api, &input.id, None).await?;
    handle(&api, &caller, &insight, &Handle::RemoveNote(NoteId(input.note_id)), "Took a note off").await?;
    Ok(Answer(wire::DeleteNoteResponse {}))
}
