//! What Lambda shows of an invocation that failed.

use lambda_runtime::Diagnostic;
use stackseer_model::ports::PortError;

pub fn failure(error: PortError) -> Diagnostic {
    let kind = match &error {
        PortError::Transient { .. } => "Transient",
        PortError::Denied { .. } => "AccessDenied",
        PortError::NotFound { .. } => "NotFound",
        PortError::Permanent { .. } => "Permanent",
    };
    Diagnostic { error_type: kind.to_owned(), error_message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_was_refused_in_the_products_words() {
        let denied = PortError::Denied { action: "tag:GetResources".into(), message: "not authorized".into() };
        let shown = serde_json::to_value(failure(denied)).unwrap();
        assert_eq!(shown["errorType"], "AccessDenied");
        assert_eq!(shown["errorMessage"], "tag:GetResources: access denied: not authorized");
    }
}
