//! What a scan remembers for the next one.

use crate::args;
use anyhow::{Context, Result};
use etcetera::{BaseStrategy, choose_base_strategy};
use jiff::Timestamp;
use stackseer_aws::store::{DynamoStore, open_embedded};
use stackseer_line::{Learned, restored, to_keep};
use stackseer_model::ports::{Committed, InsightState, LearningStore, PortError, Store, settings_or};
use stackseer_model::{Application, ApplicationId, Insight, Message, Scope, Settings};
use std::path::PathBuf;

/// The store on this machine, or nothing that lasts.
pub enum State {
    Kept(DynamoStore),
    Forgotten,
}

impl State {
    /// What earlier scans learned of the application; nothing where that can't be read any more.
    pub async fn learned(&self, application: &Application) -> Result<Learned, PortError> {
        let kept = match self {
            Self::Kept(store) => store.learning(application).await?,
            Self::Forgotten => None,
        };
        Ok(kept.and_then(|kept| restored(kept).ok()).unwrap_or_default())
    }

    pub async fn keep_learned(
        &self,
        application: &Application,
        learned: &Learned,
        now: Timestamp,
    ) -> Result<(), PortError> {
        match self {
            Self::Kept(store) => store.keep_learning(application, &to_keep(learned.clone(), now)).await,
            Self::Forgotten => Ok(()),
        }
    }

    /// What people set with the console.
    pub async fn settings(&self, scope: &Scope) -> Result<Settings, PortError> {
        match self {
            Self::Kept(store) => settings_or(store, scope, &Settings::default()).await,
            Self::Forgotten => Ok(Settings::default()),
        }
    }

    pub fn open(args: &args::State) -> Result<Self> {
        if args.no_state {
            return Ok(Self::Forgotten);
        }
        let file = match &args.state {
            Some(file) => file.clone(),
            None => usual_file()?,
        };
        let store = open_embedded(&file)
            .context("can't open the state; --state FILE names another one, --no-state does without")?;
        Ok(Self::Kept(store))
    }
}

fn usual_file() -> Result<PathBuf> {
    let folders = choose_base_strategy().context("no home folder to keep the state in; name a file with --state")?;
    Ok(folders.data_dir().join("stackseer").join("state.db"))
}

impl Store for State {
    async fn insight_state(&self, application: &ApplicationId, now: Timestamp) -> Result<InsightState, PortError> {
        match self {
            Self::Kept(store) => store.insight_state(application, now).await,
            Self::Forgotten => Ok(InsightState::default()),
        }
    }

    async fn commit(
        &self,
        application: &Application,
        generation: u64,
        changed: &[Insight],
        messages: &[Message],
    ) -> Result<Committed, PortError> {
        match self {
            Self::Kept(store) => store.commit(application, generation, changed, messages).await,
            Self::Forgotten => Ok(Committed::At(generation)),
        }
    }
}
