//! The AWS CLI's profile for the console, printed or written into `~/.aws/config`.

use anyhow::{Context, Result};
use etcetera::home_dir;
use std::fs;
use std::path::{Path, PathBuf};

pub const NAME: &str = "stackseer";

/// The lines of the profile: the console's address in place of AWS's, and keys that only the console takes.
pub fn lines(address: &str, region: &str, program: &Path) -> String {
    let program = program.display().to_string();
    let program = if program.contains(' ') { format!("\"{program}\"") } else { program };
    format!(
        "[profile {NAME}]\nregion = {region}\nservices = {NAME}\ncredential_process = {program} console --credentials\n\n\
         [services {NAME}]\ndevops_guru =\n  endpoint_url = {address}\n"
    )
}

/// The file that the AWS CLI reads.
pub fn file() -> Result<PathBuf> {
    match std::env::var_os("AWS_CONFIG_FILE") {
        Some(file) => Ok(file.into()),
        None => Ok(home_dir().context("no home folder with the AWS CLI's profiles")?.join(".aws/config")),
    }
}

/// In place of an earlier one; what else is in the file stays as it is.
pub fn write(file: &Path, lines: &str) -> Result<()> {
    let cant = || format!("can't write the profile into {}", file.display());
    let known = match fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(cant)?,
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(cant)?;
    }
    fs::write(file, with(&known, lines)).with_context(cant)
}

fn with(known: &str, lines: &str) -> String {
    let ours = [format!("[profile {NAME}]"), format!("[services {NAME}]")];
    let mut is_ours = false;
    let mut kept = String::new();
    for line in known.lines() {
        if line.trim_start().starts_with('[') {
            is_ours = ours.iter().any(|section| line.trim() == section);
        }
        if !is_ours {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    let kept = kept.trim_end();
    if kept.is_empty() { lines.to_owned() } else { format!("{kept}\n\n{lines}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_names_address_and_keys() {
        insta::assert_snapshot!(lines("http://127.0.0.1:4848", "eu-west-1", Path::new("/opt/my tools/stackseer")), @r#"
        [profile stackseer]
        region = eu-west-1
        services = stackseer
        credential_process = "/opt/my tools/stackseer" console --credentials

        [services stackseer]
        devops_guru =
          endpoint_url = http://127.0.0.1:4848
        "#);
    }

    #[test]
    fn writing_it_replaces_it_and_leaves_the_others_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".aws/config");
        write(&file, "[profile stackseer]\nregion = a\n").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "[profile stackseer]\nregion = a\n");
        let others = "# mine\n[profile stackseer-2]\nregion = b\n\n[profile stackseer]\nregion = a\n[services stackseer]\n\
                      devops_guru =\n  endpoint_url = x\n[default]\nregion = c\n";
        fs::write(&file, others).unwrap();
        write(&file, "[profile stackseer]\nregion = d\n").unwrap();
        let expected =
            "# mine\n[profile stackseer-2]\nregion = b\n\n[default]\nregion = c\n\n[profile stackseer]\nregion = d\n";
        assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    }
}
