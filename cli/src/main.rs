//! `stackseer`: the line on one machine.

mod args;
mod commands;
mod config;
mod progress;
mod record;
mod render;
mod state;
mod ticks;
mod tuning;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Bad usage ends in here with exit code 2.
    let args = args::Args::parse();
    args.global.apply();
    match commands::run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        // `stackseer … | head` has read all that it wants.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("stackseer: {}", once(&error));
            ExitCode::FAILURE
        }
    }
}

/// The chain of causes, without those that an error's own text tells already.
fn once(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, next| match told.contains(&next) {
        true => told,
        false if told.is_empty() => next,
        false => format!("{told}: {next}"),
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |kind: Option<std::io::ErrorKind>| kind == Some(std::io::ErrorKind::BrokenPipe);
    error.chain().any(|cause| {
        broken(cause.downcast_ref::<std::io::Error>().map(|e| e.kind()))
            || broken(cause.downcast_ref::<serde_json::Error>().and_then(|e| e.io_error_kind()))
            || matches!(cause.downcast_ref::<csv::Error>().map(|e| e.kind()), Some(csv::ErrorKind::Io(e)) if broken(Some(e.kind())))
    })
}

#[cfg(test)]
mod tests {
    use super::once;
    use anyhow::anyhow;

    #[test]
    fn an_error_says_each_thing_once() {
        let error = anyhow!("no such file").context("a.csv: cannot read: no such file").context("can't replay");
        assert_eq!(once(&error), "can't replay: a.csv: cannot read: no such file");
    }
}
