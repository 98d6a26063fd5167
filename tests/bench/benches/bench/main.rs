//! Times, instructions, memory and sizes of what is done most. `just bench`; docs/performance.md has what it prints.

mod forms;
mod instructions;
mod line;
mod memory;
mod times;

use std::hint::black_box;

/// What is repeated, with its input made.
pub type Work = Box<dyn FnMut()>;

/// One thing at several sizes of its input.
pub struct Case {
    pub name: &'static str,
    /// What the size counts.
    pub unit: &'static str,
    pub sizes: &'static [u64],
    pub prepare: fn(u64) -> Work,
}

fn cases() -> impl Iterator<Item = &'static Case> + Clone {
    forms::CASES.iter().chain(line::CASES)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [instructions::ONCE, name, size] => once(name, size),
        [memory::ALONE] => memory::print(),
        _ => {
            let measured = times::measure(cases());
            times::print(&measured);
            instructions::print(measured.iter().map(|m| m.case));
            memory::print_alone();
        }
    }
}

fn once(name: &str, size: &str) {
    let case = cases().find(|case| case.name == name).expect("a case of this name");
    let mut work = (case.prepare)(size.parse().expect("a number"));
    counted(&mut work);
}

/// What valgrind counts.
#[inline(never)]
fn counted(work: &mut Work) {
    black_box(work)();
}

/// With a comma between each three digits.
fn number(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut said = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}
