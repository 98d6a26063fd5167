//! What a run of the function has told.

use stackseer_fn_runtime::BatchAnswer;
use stackseer_line::Delivered;

#[derive(Debug, Default)]
pub struct Told {
    pub answer: BatchAnswer,
    pub sent: usize,
    pub skipped: usize,
    pub failed: usize,
    /// What can't be read, and never will be.
    pub poison: usize,
}

impl Told {
    pub fn count(&mut self, delivered: &Delivered) {
        for (message, channel, error) in &delivered.failed {
            tracing::error!(message, channel, %error, "not delivered");
        }
        for note in &delivered.notes {
            tracing::warn!(note);
        }
        self.sent += delivered.sent.len();
        self.skipped += delivered.skipped.len();
        self.failed += delivered.failed.len();
    }
}
