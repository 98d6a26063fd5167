//! Embeds the console's page, each file compressed twice. `STACKSEER_CONSOLE_DIST` names a folder with the built page; without it
//! npm builds the page from `console/`, once for every state of its sources, whatever else cargo builds.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write;
use std::fs::{self, File};
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// All that the page is made of.
const SOURCES: [&str; 8] =
    ["src", "public", "index.html", "package.json", "package-lock.json", ".npmrc", "tsconfig.json", "vite.config.ts"];
/// What the installed packages follow from.
const PACKAGES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// Writes each file of the folder once more with `.br` and `.gz` behind its name.
const COMPRESS: &str = r"
const { readdirSync, readFileSync, writeFileSync } = require('fs');
const { brotliCompressSync, gzipSync } = require('zlib');
for (const entry of readdirSync('.', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=STACKSEER_CONSOLE_DIST");
    if let Err(error) = embed() {
        println!("cargo::error=the console's page can't be embedded: {error}");
    }
}

fn embed() -> Result<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let page = out.join("page");
    if page.exists() {
        fs::remove_dir_all(&page)?;
    }
    match env::var_os("STACKSEER_CONSOLE_DIST") {
        Some(built) => {
            let built = PathBuf::from(built);
            println!("cargo::rerun-if-changed={}", built.display());
            copy(&built, &page)?;
            run("node", &["-e", COMPRESS], &page)?;
        }
        None => build(&out, &page)?,
    }
    fs::write(out.join("files.rs"), table(&page)?)?;
    Ok(())
}

/// Under one lock for all that cargo may do at a time; who comes second finds the page.
fn build(out: &Path, page: &Path) -> Result<()> {
    let console = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../console");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", console.join(source).display());
    }
    let cache = cache(out);
    fs::create_dir_all(&cache)?;
    let lock = File::create(cache.join("lock"))?;
    lock.lock()?;
    let (built, state) = (cache.join("built"), cache.join("built.state"));
    let wanted = hash(&console, &SOURCES)?;
    if fs::read_to_string(&state).ok().as_ref() != Some(&wanted) {
        let _ = fs::remove_file(&state);
        make(&console, &cache.join("work"))?;
        if built.exists() {
            fs::remove_dir_all(&built)?;
        }
        fs::rename(cache.join("work/dist"), &built)?;
        run("node", &["-e", COMPRESS], &built)?;
        fs::write(&state, wanted)?;
    }
    copy(&built, page)
}

/// In a folder of its own: cargo expects that no build writes among the sources. Installed packages stay there.
fn make(console: &Path, work: &Path) -> Result<()> {
    fs::create_dir_all(work)?;
    for source in SOURCES.iter().chain(&["dist"]) {
        let old = work.join(source);
        if old.is_dir() {
            fs::remove_dir_all(old)?;
        }
    }
    for source in SOURCES {
        copy(&console.join(source), &work.join(source))?;
    }
    let (state, wanted) = (work.join("node_modules/.state"), hash(console, &PACKAGES)?);
    if fs::read_to_string(&state).ok().as_ref() != Some(&wanted) {
        run("npm", &["ci", "--no-audit", "--no-fund", "--prefer-offline"], work)?;
        fs::write(&state, wanted)?;
    }
    run("npm", &["run", "build"], work)
}

/// Beside what cargo builds, so that every profile finds it and `cargo clean` takes it away.
fn cache(out: &Path) -> PathBuf {
    let target = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    target.unwrap_or(out).join("console")
}

fn run(program: &str, args: &[&str], folder: &Path) -> Result<()> {
    let program_file = if cfg!(windows) && program == "npm" { "npm.cmd" } else { program };
    let done = Command::new(program_file).args(args).current_dir(folder).output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!(
            "{program} is not installed. It comes with Node.js 20 or newer: install that from https://nodejs.org or with your \
             system's packages. Or name a folder with the built page in STACKSEER_CONSOLE_DIST"
        ),
        _ => format!("{program} does not run: {error}"),
    })?;
    if done.status.success() {
        return Ok(());
    }
    let said = [done.stdout, done.stderr].concat();
    let last: Vec<String> = String::from_utf8_lossy(&said).lines().map(str::to_owned).collect();
    let last = last[last.len().saturating_sub(30)..].join(" | ");
    let args = if args[0] == "-e" { "its compression" } else { &args.join(" ") };
    Err(format!("`{program} {args}` in {} failed: {last}", folder.display()).into())
}

fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))? {
        found.extend(files(&entry?.path())?);
    }
    found.sort();
    Ok(found)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let place = if from == file { to.to_owned() } else { to.join(file.strip_prefix(from)?) };
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, &place)?;
    }
    Ok(())
}

fn hash(root: &Path, sources: &[&str]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for source in sources {
        for file in files(&root.join(source))? {
            hasher.write(file.strip_prefix(root)?.as_os_str().as_encoded_bytes());
            hasher.write(&fs::read(&file)?);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// `FILES`, as Rust.
fn table(page: &Path) -> Result<String> {
    let mut rust = "const FILES: &[File] = &[\n".to_owned();
    for file in files(page)? {
        let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if matches!(extension, "br" | "gz") {
            continue;
        }
        let path = file.strip_prefix(page)?.to_str().ok_or("a file's name is not UTF-8")?.replace('\\', "/");
        let mut hasher = DefaultHasher::new();
        hasher.write(&fs::read(&file)?);
        let (kind, tag, file) = (kind(extension)?, hasher.finish(), file.display().to_string());
        writeln!(
            rust,
            "    File {{ path: {path:?}, kind: {kind:?}, tag: \"\\\"{tag:016x}\\\"\", brotli: include_bytes!({:?}), gzip: include_bytes!({:?}) }},",
            format!("{file}.br"),
            format!("{file}.gz"),
        )?;
    }
    rust.push_str("];\n");
    Ok(rust)
}

fn kind(extension: &str) -> Result<&'static str> {
    Ok(match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        other => return Err(format!("no content type is known for .{other}").into()),
    })
}
