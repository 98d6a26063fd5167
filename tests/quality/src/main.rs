//! How good is what Stackseer says? Ordinary months and incidents of simulated applications, run through the line, and what
//! it said held against what is true. Nothing here knows how detection works.

mod apps;
mod calendar;
mod field;
mod incidents;
mod judge;
mod lab;
mod quiet;
mod random;
mod report;
mod script;
mod source;
mod world;

#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use incidents::{Kind, Strength};
use judge::Outcome;
use lab::Lab;
use report::Results;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

#[derive(Parser)]
#[command(about = "Measures what the line finds, and what it opens for nothing, on simulated applications")]
struct Args {
    /// Only what has all of these names, joined by `/`: kind, application, clear, mild or night, seed, quiet
    #[arg(long)]
    only: Option<String>,
    /// Seeds of incidents; odd ones are for tuning, even ones are held back
    #[arg(long, value_delimiter = ',', default_value = "1,2,3,4")]
    seeds: Vec<u64>,
    /// Seeds of ordinary months; again, even ones are held back
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    quiet_seeds: Vec<u64>,
    /// Ordinary weeks of each application; 0: none
    #[arg(long, default_value_t = 13)]
    weeks: i64,
    /// A short form: three weeks, one seed, each kind once in each application, by turns clear, mild or at night
    #[arg(long)]
    quick: bool,
    /// Fails where a measure is worse than this file says
    #[arg(long)]
    floors: Option<PathBuf>,
    /// Runs the incident folders that the scripts in this folder make, too
    #[arg(long)]
    field: Option<PathBuf>,
    /// Says for each case what was said
    #[arg(long)]
    verbose: bool,
    /// Says how much each case harms, without running the line
    #[arg(long)]
    harm: bool,
    /// Writes the first case as an incident folder
    #[arg(long)]
    write: Option<PathBuf>,
    /// Shows what the metrics of an application ordinarily are, and does nothing else
    #[arg(long)]
    levels: Option<String>,
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Output {
    Text,
    Json,
}

/// A piece of work that needs nothing of the others.
#[derive(Clone, Copy)]
enum Job {
    Quiet { app: &'static str, seed: u64 },
    Incidents { app: &'static str, seed: u64 },
}

struct Only(Vec<String>);

impl Only {
    /// Each word that is asked for is one of the case's.
    fn takes(&self, words: &[&str]) -> bool {
        self.0.iter().all(|asked| words.contains(&asked.as_str()))
    }

    /// No word is asked for that only another case has.
    fn may_take(&self, words: &[&str], others: impl Fn(&str) -> bool) -> bool {
        self.0.iter().all(|asked| words.contains(&asked.as_str()) || others(asked))
    }
}

fn main() -> Result<ExitCode> {
    let mut args = Args::parse();
    if args.quick {
        (args.seeds, args.quiet_seeds, args.weeks) = (vec![1], vec![1], 3);
    }
    let only = Only(args.only.iter().flat_map(|only| only.split('/').map(str::to_owned)).collect());
    if let Some(app) = &args.levels {
        print!("{}", report::levels(&Lab::new(apps::app(app), args.seeds[0])?));
        return Ok(ExitCode::SUCCESS);
    }
    let started = Instant::now();
    let jobs = jobs(&args, &only);
    anyhow::ensure!(!jobs.is_empty(), "nothing is called that");
    let results = Mutex::new(Results { cases: vec![], quiet: vec![] });
    let next = Mutex::new(jobs.into_iter());
    std::thread::scope(|scope| -> Result<()> {
        let work = || -> Result<()> {
            loop {
                let job = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(job) = job else { return Ok(()) };
                do_job(job, &args, &only, &results)?;
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("a job does not panic"))
    })?;
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.cases.sort_by_key(|c| (order(c.kind), c.app, c.strength, c.seed));
    results.quiet.sort_by_key(|q| (q.app, q.seed));
    match args.output {
        Output::Json => println!("{}", serde_json::to_string_pretty(&results)?),
        Output::Text => {
            if args.verbose {
                print!("{}", results.opened());
            }
            print!("{}", results.table());
            println!("\n{} cases in {:.0} s", results.cases.len(), started.elapsed().as_secs_f64());
        }
    }
    if let Some(folder) = &args.field {
        print!("\n{}", field::run(folder, args.verbose)?);
    }
    let Some(file) = &args.floors else { return Ok(ExitCode::SUCCESS) };
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let fallen = results.fallen(&toml::from_str(&text).with_context(|| file.display().to_string())?);
    fallen.iter().for_each(|line| eprintln!("below its floor: {line}"));
    Ok(if fallen.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn order(kind: &str) -> usize {
    incidents::all().iter().position(|k| k.name == kind).unwrap_or(usize::MAX)
}

fn jobs(args: &Args, only: &Only) -> Vec<Job> {
    let mut jobs = Vec::new();
    for app in apps::NAMES {
        for seed in &args.quiet_seeds {
            if !args.harm && args.weeks > 0 && only.takes(&["quiet", app, &seed.to_string()]) {
                jobs.push(Job::Quiet { app, seed: *seed });
            }
        }
    }
    for seed in &args.seeds {
        for app in apps::NAMES {
            let is_case = |word: &str| {
                Strength::ALL.iter().any(|s| s.name() == word)
                    || incidents::all().iter().any(|k| k.name == word && k.apps.contains(&app))
            };
            if only.may_take(&[app, &seed.to_string()], is_case) {
                jobs.push(Job::Incidents { app, seed: *seed });
            }
        }
    }
    jobs
}

fn do_job(job: Job, args: &Args, only: &Only, results: &Mutex<Results>) -> Result<()> {
    let started = Instant::now();
    match job {
        Job::Quiet { app, seed } => {
            let quiet = quiet::run(apps::app(app), seed, args.weeks)?;
            eprintln!("{app} {seed} quiet: {:.0} s", started.elapsed().as_secs_f64());
            results.lock().unwrap_or_else(PoisonError::into_inner).quiet.push(quiet);
        }
        Job::Incidents { app, seed } => {
            let lab = Lab::new(apps::app(app), seed)?;
            if seed == args.seeds[0] && !lab.watched.not_simulated.is_empty() {
                eprintln!("{app}: the lab has nothing for {}", lab.watched.not_simulated.join(", "));
            }
            let learned = started.elapsed().as_secs_f64();
            for (turn, kind) in incidents::all().into_iter().enumerate().filter(|(_, k)| k.apps.contains(&app)) {
                for strength in Strength::ALL {
                    if args.quick && strength != turn_of(kind, turn) {
                        continue;
                    }
                    let is_asked = only.takes(&[kind.name, app, strength.name(), &seed.to_string()]);
                    if is_asked && (kind.at_night || strength != Strength::Night) {
                        let outcomes = case(&lab, kind, strength, args)?;
                        results.lock().unwrap_or_else(PoisonError::into_inner).cases.extend(outcomes);
                    }
                }
            }
            eprintln!("{app} {seed}: learned in {learned:.1} s, {:.1} s in all", started.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// The strength that the short form tries it with.
fn turn_of(kind: &Kind, turn: usize) -> Strength {
    match Strength::ALL[turn % 3] {
        Strength::Night if !kind.at_night => Strength::Mild,
        strength => strength,
    }
}

fn case(lab: &Lab, kind: &Kind, strength: Strength, args: &Args) -> Result<Vec<Outcome>> {
    if args.harm {
        print!("{}", report::harm(lab, kind, strength));
        return Ok(vec![]);
    }
    let tried = judge::try_kind(lab, kind, strength)?;
    let outcomes = judge::judge(lab, kind, &tried);
    if let Some(folder) = &args.write {
        let name = format!("{}-{}-{}-{}", kind.name, lab.watched.app.name, strength.name(), lab.watched.seed);
        let folder = folder.join(name);
        stackseer_incident::write_folder(&folder, &judge::incident(lab, &tried))
            .with_context(|| folder.display().to_string())?;
        eprintln!("{}", folder.display());
    }
    if args.verbose {
        print!("{}", report::told(kind, &tried, &outcomes));
    }
    Ok(outcomes)
}
