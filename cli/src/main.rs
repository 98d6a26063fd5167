//! `stackseer`: the line on one machine.

mod args;
mod commands;
mod progress;
mod record;
mod render;
mod state;
mod ticks;

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
            anstream::eprintln!("stackseer: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |kind: Option<std::io::ErrorKind>| kind == Some(std::io::ErrorKind::BrokenPipe);
    error.chain().any(|cause| {
        broken(cause.downcast_ref::<std::io::Error>().map(|e| e.kind()))
            || broken(cause.downcast_ref::<serde_json::Error>().and_then(|e| e.io_error_kind()))
            || matches!(cause.downcast_ref::<csv::Error>().map(|e| e.kind()), Some(csv::ErrorKind::Io(e)) if broken(Some(e.kind())))
    })
}
