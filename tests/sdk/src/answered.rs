//! Which operations were called, and answered with what the SDK could read.

use aws_sdk_devopsguru::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_devopsguru::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone, Default)]
pub struct Answered(Arc<Mutex<BTreeSet<String>>>);

impl Answered {
    pub fn print(&self) {
        for operation in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            println!("{operation}");
        }
    }
}

impl Intercept for Answered {
    fn name(&self) -> &'static str {
        "Answered"
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().ok_or("an operation without a name")?;
        if matches!(context.output_or_error(), Some(Ok(_))) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(operation.name().to_owned());
        }
        Ok(())
    }
}
