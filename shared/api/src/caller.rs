//! Who asks. The front door puts it into the request's extensions.

use crate::error::Error;
use crate::generated::Operation;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// As audit shows it.
    pub name: String,
    /// Otherwise only look.
    pub may_change: bool,
}

/// Refuses a change to who may only look, and to who is not known.
pub(crate) async fn guard(operation: Operation, request: Request, next: Next) -> Response {
    let may_change = request.extensions().get::<Caller>().is_some_and(|caller| caller.may_change);
    if operation.changes() && !may_change {
        let message = format!("{} changes what is set, and you may only look", operation.name());
        return Error::AccessDenied(message).into_response();
    }
    next.run(request).await
}

impl Operation {
    /// Whether it may change what is kept.
    pub fn changes(self) -> bool {
        !["Describe", "Get", "List", "Search"].iter().any(|reads| self.name().starts_with(reads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_looks_is_told_by_its_name() {
        let looks = [Operation::ListInsights, Operation::SearchInsights, Operation::DescribeInsight, Operation::GetSeries];
        assert!(looks.iter().all(|o| !o.changes()));
        let changes = [Operation::PutFeedback, Operation::DeleteInsight, Operation::AddNote, Operation::SetClock];
        assert!(changes.iter().all(|o| o.changes()));
    }
}
