//! The SDK's errors → [`PortError`].

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use stackseer_model::Unseen;
use stackseer_model::ports::PortError;
use std::error::Error;

/// The services don't agree on one word for it.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "AuthorizationError",
    "AuthorizationErrorException",
    "ExpiredToken",
    "ExpiredTokenException",
    "Forbidden",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "KMSAccessDenied",
    "KMSAccessDeniedException",
    "KMSOptInRequired",
    "MissingAuthenticationToken",
    "NotAuthorized",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

const TRANSIENT: &[&str] = &[
    "EC2ThrottledException",
    "InternalError",
    "InternalException",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceFault",
    "KMSThrottling",
    "KMSThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceException",
    "ServiceUnavailable",
    "SlowDown",
    "Throttled",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// `action` is the IAM action of the call, `cloudwatch:GetMetricData`.
pub(crate) fn port_error<E>(action: &str, error: SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error.raw_response().map(|r| r.status().as_u16());
    let Some(service) = error.as_service_error() else {
        let action = action.to_owned();
        let message = deepest(&error);
        // A request that could not even be built is the same next time.
        return match error {
            SdkError::ConstructionFailure(_) => PortError::Permanent { action, message },
            _ => PortError::Transient { action, message },
        };
    };
    let code = service.code().unwrap_or_default();
    let message = match service.message() {
        Some(message) => message.to_owned(),
        None if code.is_empty() => deepest(service),
        None => code.to_owned(),
    };
    coded(action, code, &message, status)
}

/// By the code that a service gives, for the whole call or for one entry of it.
pub(crate) fn coded(action: &str, code: &str, message: &str, status: Option<u16>) -> PortError {
    let (action, message) = (action.to_owned(), message.to_owned());
    if DENIED.contains(&code) || (code.is_empty() && matches!(status, Some(401 | 403))) {
        PortError::Denied { action, message }
    } else if is_not_found(code, &message) {
        // The error's own words end with "not found".
        let what = message.trim_end_matches('.').trim_end_matches(" does not exist").trim_end_matches(" not found");
        PortError::NotFound { what: what.to_owned() }
    } else if TRANSIENT.contains(&code) || matches!(status, Some(429 | 500..)) {
        PortError::Transient { action, message }
    } else {
        PortError::Permanent { action, message: if code.is_empty() { message } else { format!("{code}: {message}") } }
    }
}

fn is_not_found(code: &str, message: &str) -> bool {
    ["NotFound", "NotFoundException", "NotFoundFault", "DoesNotExist"].iter().any(|end| code.ends_with(end))
        || message.ends_with("does not exist")
}

/// The innermost cause: the SDK's own outer texts are "dispatch failure" and "service error".
pub(crate) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// `what` went unseen because of `error`.
pub(crate) fn unseen(what: impl Into<String>, error: &PortError) -> Unseen {
    let (action, reason) = match error {
        PortError::Denied { action, message } => (Some(action.clone()), format!("access denied: {message}")),
        PortError::Transient { action, message } | PortError::Permanent { action, message } => {
            (Some(action.clone()), message.clone())
        }
        PortError::NotFound { what } => (None, format!("{what} not found")),
    };
    Unseen { what: what.into(), action, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, denied, sdk};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// What a call of DynamoDB's, whose errors can have any code, comes to.
    async fn error(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (PortError, usize) {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let (config, _) = sdk(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            reply()
        });
        let answer = aws_sdk_dynamodb::Client::new(&config).describe_table().table_name("t").send().await;
        (port_error("dynamodb:DescribeTable", answer.unwrap_err()), tries.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_code_is_what_it_means_to_the_caller() {
        let action = || "dynamodb:DescribeTable".to_owned();
        let message = || "in its own words".to_owned();
        for (status, code, expected) in [
            (400, "AccessDeniedException", "denied"),
            (403, "AccessDenied", "denied"),
            (403, "ExpiredTokenException", "denied"),
            (400, "UnrecognizedClientException", "denied"),
            (400, "ThrottlingException", "transient"),
            (400, "ProvisionedThroughputExceededException", "transient"),
            (429, "TooManyRequestsException", "transient"),
            (500, "InternalServerError", "transient"),
            (503, "NobodyKnowsThisOne", "transient"),
            (400, "ValidationException", "permanent"),
            (413, "RequestTooLarge", "permanent"),
        ] {
            let (got, tries) = error(move || Reply::Error(status, code, message())).await;
            let expected = match expected {
                "denied" => PortError::Denied { action: action(), message: message() },
                "transient" => PortError::Transient { action: action(), message: message() },
                _ => PortError::Permanent { action: action(), message: format!("{code}: {}", message()) },
            };
            let retried = matches!(expected, PortError::Transient { .. });
            assert_eq!(got, expected, "{code}");
            assert_eq!(tries, if retried { 4 } else { 1 }, "{code}");
        }
    }

    #[tokio::test]
    async fn what_is_not_found_reads_as_one_sentence() {
        for (code, message, said) in [
            ("ResourceNotFoundException", "Requested resource not found", "Requested resource not found"),
            ("TableNotFoundException", "Table t not found", "Table t not found"),
            ("ValidationError", "Stack with id shop does not exist", "Stack with id shop not found"),
        ] {
            let (got, _) = error(move || Reply::Error(400, code, message.into())).await;
            assert!(matches!(got, PortError::NotFound { .. }), "{got:?}");
            assert_eq!(got.to_string(), said);
        }
        let (got, _) = error(|| Reply::Error(400, "ValidationError", "Stack with id shop is what it is".into())).await;
        assert!(matches!(got, PortError::Permanent { .. }), "{got:?}");
    }

    #[tokio::test]
    async fn answers_that_are_none_are_told_by_what_is_there() {
        // As by a proxy on the way.
        let html = |status| move || Reply::Text(status, "<html>go away</html>");
        let (got, _) = error(html(403)).await;
        assert!(matches!(got, PortError::Denied { .. }), "{got:?}");
        let (got, _) = error(html(502)).await;
        assert!(matches!(got, PortError::Transient { .. }), "{got:?}");
        let (got, tries) = error(|| Reply::Broken).await;
        assert!(matches!(&got, PortError::Transient { message, .. } if message == "connection refused"), "{got:?}");
        assert_eq!(tries, 4);
    }

    #[tokio::test]
    async fn a_request_that_can_not_be_built_is_no_matter_of_time() {
        let (config, calls) = sdk(|_| denied("nothing"));
        let answer = aws_sdk_lambda::Client::new(&config).get_function_concurrency().send().await;
        let got = port_error("lambda:GetFunctionConcurrency", answer.unwrap_err());
        assert!(matches!(got, PortError::Permanent { .. }), "{got:?}");
        assert!(calls.all().is_empty());
    }

    #[test]
    fn what_is_unseen_says_by_which_action_and_why() {
        let (action, message) = ("a:B".to_owned(), "because".to_owned());
        let of = |error: PortError| unseen("it", &error);
        let (some, said) = (Some(action.clone()), |reason: &str| reason.to_owned());
        let it = |action, reason| Unseen { what: "it".into(), action, reason };
        let denied = PortError::Denied { action: action.clone(), message: message.clone() };
        assert_eq!(of(denied), it(some.clone(), said("access denied: because")));
        let transient = PortError::Transient { action: action.clone(), message: message.clone() };
        assert_eq!(of(transient), it(some.clone(), said("because")));
        assert_eq!(of(PortError::Permanent { action, message }), it(some, said("because")));
        assert_eq!(of(PortError::NotFound { what: "table t".into() }), it(None, said("table t not found")));
    }
}
