//! A function of the account, asked as a client asks it: what a deployment answers.

use crate::error::port_error;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use stackseer_model::ports::PortError;

const ACTION: &str = "lambda:InvokeFunction";

/// Invokes functions by name with the user's own credentials.
#[derive(Debug, Clone)]
pub struct Functions(Client);

impl Functions {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    /// What the function returns for this event. That it failed is an error, as that it isn't there.
    pub async fn invoke(&self, name: &str, event: Vec<u8>) -> Result<Vec<u8>, PortError> {
        let answer = self.0.invoke().function_name(name).payload(Blob::new(event)).send().await;
        let answer = answer.map_err(|error| port_error(ACTION, error))?;
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        match answer.function_error {
            None => Ok(payload),
            Some(_) => {
                let message = format!("{name} failed: {}", String::from_utf8_lossy(&payload));
                Err(PortError::Permanent { action: ACTION.to_owned(), message })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, sdk};

    #[tokio::test]
    async fn a_function_is_asked_by_name_and_its_failure_is_an_error() {
        let (config, calls) = sdk(|_| Reply::Body(200, serde_json::json!({"statusCode": 200})));
        let functions = Functions::new(Client::new(&config));
        let answer = functions.invoke("seer-api", b"{}".to_vec()).await.unwrap();
        assert_eq!(answer, br#"{"statusCode":200}"#);
        let asked = &calls.of("lambda.Invoke")[0];
        assert_eq!(asked.text("FunctionName"), "seer-api");

        let (config, _) = sdk(|_| Reply::Error(404, "ResourceNotFoundException", "Function not found".into()));
        let error = Functions::new(Client::new(&config)).invoke("seer-api", vec![]).await.unwrap_err();
        assert!(matches!(error, PortError::NotFound { .. }), "{error:?}");
    }
}
