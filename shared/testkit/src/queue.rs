use stackseer_model::Task;
use stackseer_model::ports::{PortError, TaskQueue};
use std::sync::{Mutex, PoisonError};

/// A [`TaskQueue`] in memory that fails when it is told to.
#[derive(Debug, Default)]
pub struct MemoryQueue {
    tasks: Mutex<Vec<Task>>,
    failures: Mutex<Vec<PortError>>,
}

impl MemoryQueue {
    pub fn fail_next(&self, error: PortError) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(error);
    }

    /// What was sent since the last time.
    pub fn take(&self) -> Vec<Task> {
        std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl TaskQueue for MemoryQueue {
    async fn send(&self, tasks: &[Task]) -> Result<(), PortError> {
        let failure = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop();
        failure.map_or(Ok(()), Err)?;
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(tasks);
        Ok(())
    }
}
