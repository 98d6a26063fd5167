//! `stackseer completions` and `stackseer man`: made of the command line's own definition, so that they say what it does.

use crate::args::{self, Args};
use anyhow::{Context, Result};
use clap::CommandFactory;
use std::io::Write;

const NAME: &str = "stackseer";

pub fn completions(args: &args::Completions) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), NAME, &mut script);
    Ok(std::io::stdout().write_all(&script)?)
}

pub fn man(args: &args::Man) -> Result<()> {
    match &args.dir {
        Some(dir) => std::fs::create_dir_all(dir)
            .and_then(|()| clap_mangen::generate_to(Args::command(), dir))
            .with_context(|| format!("can't write the manual into {}", dir.display())),
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Args::command()).render(&mut page)?;
            Ok(std::io::stdout().write_all(&page)?)
        }
    }
}
