//! What a long step is at, on stderr: a bar where somebody watches, a line now and then where a log does.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Nothing is shown of what takes less.
const QUIET: Duration = Duration::from_secs(2);
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Gone when dropped.
pub struct Progress {
    bar: ProgressBar,
    stop: Option<mpsc::Sender<()>>,
    shower: Option<JoinHandle<()>>,
}

impl Progress {
    /// `total` 0: not known how much there is to do.
    pub fn start(label: &str, total: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden())
            .with_message(label.to_owned());
        let template = if total == 0 { "{spinner} {msg}" } else { "{spinner} {msg} {wide_bar:.dim} {pos}/{len}" };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner()));
        let (stop, stopped) = mpsc::channel();
        let shown = bar.clone();
        let shower = std::thread::spawn(move || show(&shown, &stopped));
        Self { bar, stop: Some(stop), shower: Some(shower) }
    }

    pub fn set(&self, done: usize) {
        self.bar.set_position(done as u64);
    }

    /// Runs `print` with the bar out of its way.
    pub fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

fn show(bar: &ProgressBar, stopped: &mpsc::Receiver<()>) {
    let mut wait = QUIET;
    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        if std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(120));
            return;
        }
        match bar.length().unwrap_or(0) {
            0 => eprintln!("{} … {} s", bar.message(), bar.elapsed().as_secs()),
            total => eprintln!("{} {}/{total}, {} s", bar.message(), bar.position(), bar.elapsed().as_secs()),
        }
        wait = BETWEEN_LINES;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(shower) = self.shower.take() {
            // It only sleeps and prints; a panic there is not worth one here.
            let _ = shower.join();
        }
        self.bar.finish_and_clear();
    }
}
