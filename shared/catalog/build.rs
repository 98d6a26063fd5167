//! Reads `/catalog/**/*.toml`, refuses what the schema does not know, and embeds the files.

// The very modules the crate itself is made of, so that what is checked here is what is read at run time.
#[path = "src/schema/mod.rs"]
#[allow(dead_code, unused_imports)]
mod schema;

use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../catalog");
    println!("cargo::rerun-if-changed={}", root.display());
    println!("cargo::rerun-if-changed=src/schema");

    let mut files: Vec<(String, String)> = Vec::new();
    for kind in schema::FOLDERS {
        let mut paths: Vec<PathBuf> = fs::read_dir(root.join(kind))
            .unwrap_or_else(|e| fail(&[format!("catalog/{kind}: {e}")]))
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
            .collect();
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(&path).unwrap_or_else(|e| fail(&[format!("{}: {e}", path.display())]));
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((format!("catalog/{kind}/{name}"), text));
        }
    }
    if let Err(errors) = schema::read(&files) {
        fail(&errors.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    let embedded: String = files.iter().map(|file| format!("    {file:?},\n")).collect();
    let target = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("files.rs");
    if let Err(error) = fs::write(&target, format!("&[\n{embedded}]\n")) {
        fail(&[format!("{}: {error}", target.display())]);
    }
}

fn fail(errors: &[String]) -> ! {
    for error in errors {
        println!("cargo::error={}", error.replace('\n', " "));
        eprintln!("{error}\n");
    }
    process::exit(1)
}
