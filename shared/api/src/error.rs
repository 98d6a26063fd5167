//! What an operation fails with: DevOps Guru's exceptions, in its form.

use crate::rule::Violation;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use stackseer_model::ports::PortError;

#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    Validation {
        reason: Reason,
        message: String,
        fields: Vec<Violation>,
    },
    AccessDenied(String),
    NotFound {
        kind: &'static str,
        id: String,
    },
    Conflict {
        kind: &'static str,
        id: String,
        message: String,
    },
    QuotaExceeded(String),
    /// Ours to mend. Worth trying again after so many seconds, if any are said.
    Internal {
        message: String,
        retry_after: Option<u32>,
    },
}

/// Why a request is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    UnknownOperation,
    CannotParse,
    FieldValidationFailed,
    InvalidParameterCombination,
    InconsistentWithServiceState,
    Other,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Self::UnknownOperation => "UNKNOWN_OPERATION",
            Self::CannotParse => "CANNOT_PARSE",
            Self::FieldValidationFailed => "FIELD_VALIDATION_FAILED",
            Self::InvalidParameterCombination => "INVALID_PARAMETER_COMBINATION",
            Self::InconsistentWithServiceState => "PARAMETER_INCONSISTENT_WITH_SERVICE_STATE",
            Self::Other => "OTHER",
        }
    }
}

impl Error {
    pub fn not_found(kind: &'static str, id: impl Into<String>) -> Self {
        Self::NotFound { kind, id: id.into() }
    }

    pub fn cannot_parse(message: impl Into<String>) -> Self {
        Self::Validation { reason: Reason::CannotParse, message: message.into(), fields: vec![] }
    }

    /// One field is wrong in a way that the model has no rule for.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fields = vec![Violation { field: field.to_owned(), message: message.clone(), is_other_kind: false }];
        Self::Validation { reason: Reason::FieldValidationFailed, message, fields }
    }

    /// Each is fine, together they are not.
    pub fn combination(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let fields = vec![Violation { field: field.to_owned(), message: message.clone(), is_other_kind: false }];
        Self::Validation { reason: Reason::InvalidParameterCombination, message, fields }
    }

    /// None: nothing is wrong.
    pub fn violations(fields: Vec<Violation>) -> Option<Self> {
        let first = fields.first()?;
        let others = match fields.len() {
            1 => "1 validation error detected".to_owned(),
            more => format!("{more} validation errors detected"),
        };
        let message = format!("{others}: {}", first.message);
        let is_other_kind = fields.iter().any(|f| f.is_other_kind);
        let reason = if is_other_kind { Reason::CannotParse } else { Reason::FieldValidationFailed };
        Some(Self::Validation { reason, message, fields })
    }

    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Validation { .. } => (StatusCode::BAD_REQUEST, "ValidationException"),
            Self::QuotaExceeded(_) => (StatusCode::PAYMENT_REQUIRED, "ServiceQuotaExceededException"),
            Self::AccessDenied(_) => (StatusCode::FORBIDDEN, "AccessDeniedException"),
            Self::NotFound { .. } => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            Self::Conflict { .. } => (StatusCode::CONFLICT, "ConflictException"),
            Self::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException"),
        }
    }

    fn body(&self) -> Value {
        match self {
            Self::Validation { reason, message, fields } => {
                let fields: Vec<Value> =
                    fields.iter().map(|f| json!({"Name": f.field, "Message": f.message})).collect();
                json!({"Message": message, "Reason": reason.as_str(), "Fields": fields})
            }
            Self::AccessDenied(message) | Self::QuotaExceeded(message) | Self::Internal { message, .. } => {
                json!({"Message": message})
            }
            Self::NotFound { kind, id } => {
                json!({"Message": format!("{kind} {id} was not found"), "ResourceId": id, "ResourceType": kind})
            }
            Self::Conflict { kind, id, message } => json!({"Message": message, "ResourceId": id, "ResourceType": kind}),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code) = self.code();
        let mut response = Response::new(Body::from(self.body().to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static("x-amzn-errortype"), HeaderValue::from_static(code));
        if let Self::Internal { retry_after: Some(seconds), .. } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<PortError> for Error {
    fn from(error: PortError) -> Self {
        tracing::error!(%error, "an operation of the API failed");
        let retry_after = matches!(error, PortError::Transient { .. }).then_some(1);
        Self::Internal { message: error.to_string(), retry_after }
    }
}
