//! Keys that are good on this machine's console and nowhere else, for clients that sign: the AWS CLI gets them from
//! `stackseer console --credentials`, which only the user who owns the file can run with success.

use crate::state;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// As `credential_process` prints them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Printed<'a> {
    version: u8,
    #[serde(flatten)]
    keys: &'a Keys,
}

impl Keys {
    /// This user's, made when they are first asked for.
    pub fn of_user() -> Result<Self> {
        Self::in_file(&state::folder()?.join("console-keys.json"))
    }

    pub fn in_file(file: &Path) -> Result<Self> {
        let cant = |what: &str| format!("can't {what} the console's keys in {}", file.display());
        match fs::read(file) {
            Ok(bytes) => {
                keep_to_owner(file).with_context(|| cant("protect"))?;
                serde_json::from_slice(&bytes).with_context(|| cant("read"))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let keys = Self {
                    access_key_id: format!("STACKSEER{}", random(8).to_uppercase()),
                    secret_access_key: random(32),
                };
                write_new(file, &serde_json::to_vec(&keys)?).with_context(|| cant("write"))?;
                // Whoever was quicker has written the ones that hold.
                Ok(serde_json::from_slice(&fs::read(file)?)?)
            }
            Err(error) => Err(error).with_context(|| cant("read")),
        }
    }

    pub fn printed(&self) -> Result<String> {
        Ok(serde_json::to_string(&Printed { version: 1, keys: self })?)
    }
}

/// Whole or not at all, and never in place of one that is there.
fn write_new(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}", random(8)));
    let whole = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&whole)?.write_all(bytes)?;
    let linked = fs::hard_link(&whole, file);
    fs::remove_file(&whole)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn keep_to_owner(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let _ = file;
    Ok(())
}

/// So many random bytes, in hexadecimal digits.
pub fn random(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).expect("the system gives random bytes");
    buffer.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_are_the_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stackseer/console-keys.json");
        let keys = Keys::in_file(&file).unwrap();
        assert_eq!(Keys::in_file(&file).unwrap(), keys);
        assert_eq!(keys.secret_access_key.len(), 64);
        assert_ne!(Keys::in_file(&folder.path().join("other.json")).unwrap(), keys);
        let printed: serde_json::Value = serde_json::from_str(&keys.printed().unwrap()).unwrap();
        assert_eq!(
            (&printed["Version"], printed["AccessKeyId"].as_str()),
            (&1.into(), Some(keys.access_key_id.as_str()))
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&file), 0o600);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
            Keys::in_file(&file).unwrap();
            assert_eq!(mode(&file), 0o600);
        }
        // Nothing is left of the way there.
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_none_is_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        fs::write(&file, "nonsense").unwrap();
        let error = format!("{:#}", Keys::in_file(&file).unwrap_err());
        assert!(error.contains("can't read the console's keys") && error.contains("keys.json"), "{error}");
    }
}
