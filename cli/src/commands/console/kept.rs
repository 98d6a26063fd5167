//! The state on this machine, open only while it is asked for: a scan, or another command, wants it too.

use crate::state;
use anyhow::{Result, bail};
use axum::Router;
use stackseer_api::wire::Source;
use stackseer_api::{Api, Setup, SystemClock, router};
use stackseer_model::ports::LearningStore;
use stackseer_model::{Boundary, Coverage, Scope, Sensitivity, Settings};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Mutex;

/// A page asks several things at once.
const LINGER: Duration = Duration::from_millis(500);

pub struct Kept {
    file: PathBuf,
    open: Mutex<Weak<Router>>,
}

impl Kept {
    pub fn new(file: PathBuf) -> Self {
        Self { file, open: Mutex::new(Weak::new()) }
    }

    /// The accounts and Regions that were scanned, the last one first.
    pub async fn scopes(&self) -> Result<Vec<Scope>> {
        if !self.file.exists() {
            bail!(
                "nothing was scanned yet: run `stackseer scan` first, or `stackseer demo --console` to see it on a simulated shop"
            );
        }
        Ok(state::open(&self.file)?.scopes().await?)
    }

    pub async fn router(&self) -> Result<Router> {
        let mut open = self.open.lock().await;
        let router = match open.upgrade() {
            Some(router) => router,
            None => {
                let router = Arc::new(self.opened().await?);
                *open = Arc::downgrade(&router);
                router
            }
        };
        let lingers = router.clone();
        tokio::spawn(async move {
            tokio::time::sleep(LINGER).await;
            drop(lingers);
        });
        Ok(Router::clone(&router))
    }

    async fn opened(&self) -> Result<Router> {
        let store = state::open(&self.file)?;
        let mut scopes = store.scopes().await?.into_iter();
        let Some(own) = scopes.next() else { bail!("nothing was scanned yet: run `stackseer scan`") };
        let scanned = store.learned_applications(&own).await?;
        let setup = Setup {
            own,
            others: scopes.collect(),
            source: Source::Scan,
            clock: Arc::new(SystemClock),
            first: Settings {
                coverage: coverage(scanned.iter().map(|l| &l.application.boundary)),
                ..Settings::default()
            },
            sensitivity: Sensitivity::default(),
            tester: None,
        };
        Ok(router(Api::new(Arc::new(store), setup)))
    }
}

/// What somebody asked for who got these.
fn coverage<'a>(boundaries: impl Iterator<Item = &'a Boundary>) -> Vec<Coverage> {
    let (mut names, mut tags, mut region) = (Vec::new(), BTreeMap::<_, Vec<_>>::new(), false);
    for boundary in boundaries {
        match boundary {
            Boundary::Stack { name } => names.push(name.clone()),
            Boundary::Tag { key, value } => tags.entry(key.clone()).or_default().push(value.clone()),
            Boundary::Unassigned => region = true,
        }
    }
    let stacks = (!names.is_empty()).then_some(Coverage::Stacks { names });
    let tags = tags.into_iter().map(|(key, values)| Coverage::Tags { key, values });
    if region { vec![Coverage::Region] } else { stacks.into_iter().chain(tags).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_scanned_is_what_is_covered() {
        let stack = |name: &str| Boundary::Stack { name: name.to_owned() };
        let tag = |value: &str| Boundary::Tag { key: "devops-guru-app".to_owned(), value: value.to_owned() };
        let of = |boundaries: &[Boundary]| coverage(boundaries.iter());
        assert_eq!(of(&[]), []);
        let (names, values) = (vec!["a".to_owned(), "b".to_owned()], vec!["x".to_owned()]);
        let tags = Coverage::Tags { key: "devops-guru-app".to_owned(), values };
        assert_eq!(of(&[stack("a"), tag("x"), stack("b")]), [Coverage::Stacks { names }, tags]);
        assert_eq!(of(&[stack("a"), Boundary::Unassigned]), [Coverage::Region]);
    }
}
