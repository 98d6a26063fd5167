//! Instructions, which other work on the machine does not change: one run of each case under valgrind's callgrind.

use crate::{Case, number};
use std::process::{Command, Stdio};

/// The argument with which this program does one thing once.
pub const ONCE: &str = "--once";

pub fn print(cases: impl Iterator<Item = &'static Case>) {
    if !is_there() {
        println!("\nInstructions are counted by valgrind, which is not here.");
        return;
    }
    println!("\n| what | input | instructions a unit |");
    println!("|---|--:|--:|");
    for case in cases {
        for &size in case.sizes.iter().take(1) {
            match count(case, size) {
                Some(count) => println!(
                    "| {} | {} {} | {} |",
                    case.name,
                    number(size as f64),
                    case.unit,
                    number(count / size as f64)
                ),
                None => println!("| {} | {size} {} | not counted |", case.name, case.unit),
            }
        }
    }
}

fn is_there() -> bool {
    let asked = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

fn count(case: &Case, size: u64) -> Option<f64> {
    let valgrind = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*bench*counted*"])
        .arg(std::env::current_exe().ok()?)
        .args([ONCE, case.name, &size.to_string()])
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&valgrind.stderr);
    let (_, collected) = said.split_once("Collected :")?;
    collected.split_whitespace().next()?.parse().ok()
}
