use stackseer_model::ports::{PortError, Queue};
use std::sync::{Mutex, PoisonError};

/// A [`Queue`] in memory that fails when it is told to.
#[derive(Debug)]
pub struct MemoryQueue<T> {
    items: Mutex<Vec<T>>,
    failures: Mutex<Vec<PortError>>,
}

impl<T> Default for MemoryQueue<T> {
    fn default() -> Self {
        Self { items: Mutex::default(), failures: Mutex::default() }
    }
}

impl<T> MemoryQueue<T> {
    pub fn fail_next(&self, error: PortError) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(error);
    }

    /// What was sent since the last time.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.items.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: Clone + Send + Sync> Queue<T> for MemoryQueue<T> {
    async fn send(&self, items: &[T]) -> Result<(), PortError> {
        let failure = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop();
        failure.map_or(Ok(()), Err)?;
        self.items.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(items);
        Ok(())
    }
}
