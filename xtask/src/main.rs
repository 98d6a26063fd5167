//! What is done to the sources themselves: `cargo run -p xtask -- api` writes what follows from the API's model, `coverage` what
//! follows from the catalogue.

mod additions;
mod coverage;
mod model;
mod names;
mod openapi;
mod operations;
mod rules;
mod types;
mod typescript;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use model::Model;
use stackseer_catalog::Catalog;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Writes shared/api/src/generated and console/src/api/types.ts.
    Api {
        /// botocore's data/devops-guru/2020-12-01/service-2.json.gz; without: that of the Python that tests/venv prints.
        #[arg(long)]
        model: Option<PathBuf>,
        /// Writes nothing, and fails where what is there differs.
        #[arg(long)]
        check: bool,
    },
    /// Writes docs/coverage.md.
    Coverage {
        /// Writes nothing, and fails where what is there differs.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has a parent folder")?;
    match Args::parse().task {
        Task::Api { model, check } => api(root, model, check),
        Task::Coverage { check } => {
            let path = "docs/coverage.md";
            put(&root.join(path), &coverage::write(Catalog::builtin()), check).context(path)
        }
    }
}

fn api(root: &Path, model: Option<PathBuf>, check: bool) -> Result<()> {
    let model = match model {
        Some(path) => path,
        None => botocore(root)?,
    };
    let model = Model::read(&model, &root.join("shared/api/stackseer.toml"))?;
    let generated = "shared/api/src/generated";
    for (path, text) in [
        (format!("{generated}/types.rs"), types::write(&model)?),
        (format!("{generated}/operations.rs"), operations::write(&model)?),
        (format!("{generated}/rules.rs"), rules::write(&model)?),
        (format!("{generated}/openapi.json"), openapi::write(&model)?),
        ("console/src/api/types.ts".to_owned(), typescript::write(&model)?),
    ] {
        put(&root.join(&path), &text, check).with_context(|| path)?;
    }
    Ok(())
}

fn botocore(root: &Path) -> Result<PathBuf> {
    let run = |command: &mut Command| -> Result<String> {
        let out = command.current_dir(root).output()?;
        if !out.status.success() {
            bail!("{command:?}: {}", String::from_utf8_lossy(&out.stderr));
        }
        Ok(String::from_utf8(out.stdout)?.trim().to_owned())
    };
    let python = run(&mut Command::new(root.join("tests/venv")))?;
    let package = run(Command::new(python).args(["-c", "import botocore; print(botocore.__path__[0])"]))?;
    Ok(Path::new(&package).join("data/devops-guru/2020-12-01/service-2.json.gz"))
}

fn put(path: &Path, text: &str, check: bool) -> Result<()> {
    let text = if path.extension().is_some_and(|e| e == "rs") { formatted(text)? } else { text.to_owned() };
    let is_same = std::fs::read_to_string(path).is_ok_and(|old| old == text);
    if check && !is_same {
        bail!("differs from what is generated: run `cargo run -p xtask -- api` or `cargo run -p xtask -- coverage`");
    }
    if !is_same {
        std::fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// As `cargo fmt` leaves it, so that neither changes what the other wrote.
fn formatted(text: &str) -> Result<String> {
    use std::io::Write;
    use std::process::Stdio;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt")?;
    let mut input = child.stdin.take().context("rustfmt's input")?;
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let out = child.wait_with_output()?;
    writer.join().expect("writing does not panic")?;
    if !out.status.success() {
        bail!("rustfmt refuses what was generated");
    }
    Ok(String::from_utf8(out.stdout)?)
}
