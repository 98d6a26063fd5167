//! Who may only look. The front door puts it into the request's extensions.

use crate::error::Error;
use crate::generated::Operation;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What whoever asks may do. On one machine the store is one's own, and nothing is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Look,
    Change,
}

/// Refuses a change to who may only look.
pub(crate) async fn guard(operation: Operation, request: Request, next: Next) -> Response {
    if operation.changes() && request.extensions().get() == Some(&Access::Look) {
        let message = format!("{} changes something, and you may only look", operation.name());
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
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    #[test]
    fn what_only_looks_is_told_by_its_name() {
        let looks =
            [Operation::ListInsights, Operation::SearchInsights, Operation::DescribeInsight, Operation::GetSeries];
        assert!(looks.iter().all(|o| !o.changes()));
        let changes = [Operation::PutFeedback, Operation::DeleteInsight, Operation::AddNote, Operation::SetClock];
        assert!(changes.iter().all(|o| o.changes()));
    }

    #[tokio::test]
    async fn who_may_only_look_changes_nothing() {
        let status = async |operation: Operation, access: Option<Access>| {
            let guarded = get(|| async {}).layer(from_fn(move |request, next| guard(operation, request, next)));
            let mut request = Request::new(Body::empty());
            access.map(|access| request.extensions_mut().insert(access));
            Router::new().route("/", guarded).oneshot(request).await.unwrap().status().as_u16()
        };
        assert_eq!(status(Operation::AddNote, Some(Access::Look)).await, 403);
        assert_eq!(status(Operation::AddNote, Some(Access::Change)).await, 200);
        assert_eq!(status(Operation::AddNote, None).await, 200);
        assert_eq!(status(Operation::ListInsights, Some(Access::Look)).await, 200);
    }
}
