//! What a scan remembers for the next one.

use crate::args;
use anyhow::{Context, Result};
use etcetera::{BaseStrategy, choose_base_strategy};
use jiff::Timestamp;
use stackseer_aws::store::{DynamoStore, make_table, store_over};
use stackseer_embedded::{Engine, OpenError};
use stackseer_line::{Learned, kept_events, restored, to_keep};
use stackseer_model::ports::{Committed, EventHistory, InsightState, LearningStore, PortError, Store, settings_or};
use stackseer_model::{Application, ApplicationId, ChangeEvent, Insight, Message, Scope, Settings};
use std::path::{Path, PathBuf};
use std::time::Duration;

const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

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

    pub async fn kept_events(&self, application: &Application, now: Timestamp) -> Result<Vec<ChangeEvent>, PortError> {
        match self {
            Self::Kept(store) => kept_events(store, &application.id, now).await,
            Self::Forgotten => Ok(vec![]),
        }
    }

    /// That the application was looked at, what happened to it, and that there is something of its account and Region here.
    pub async fn keep_look(
        &self,
        application: &Application,
        changes: &[ChangeEvent],
        now: Timestamp,
    ) -> Result<(), PortError> {
        if let Self::Kept(store) = self {
            store.keep_events(&application.id, changes).await?;
            store.keep_watched(application, now).await?;
            store.keep_scope(&application.scope(), now).await?;
        }
        Ok(())
    }

    pub fn open(args: &args::State) -> Result<Self> {
        if args.no_state {
            return Ok(Self::Forgotten);
        }
        let store = open(&file(args.state.as_deref())?)
            .context("can't open the state; --state FILE names another one, --no-state does without")?;
        Ok(Self::Kept(store))
    }
}

/// The one named, or the usual one.
pub fn file(named: Option<&Path>) -> Result<PathBuf> {
    named.map_or_else(|| Ok(folder()?.join("state.db")), |file| Ok(file.to_owned()))
}

/// Where this user's state is kept.
pub fn folder() -> Result<PathBuf> {
    let folders = choose_base_strategy().context("no home folder to keep the state in; name a file with --state")?;
    Ok(folders.data_dir().join("stackseer"))
}

/// The store in the file, once whoever looks into it for a moment has done so: a console does whenever its page asks.
pub fn open(file: &Path) -> Result<DynamoStore, OpenError> {
    for _ in 0..TRIES {
        match embedded(file) {
            Err(OpenError::InUse(_)) => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
    embedded(file)
}

/// The store in the file, at once.
pub fn embedded(file: &Path) -> Result<DynamoStore, OpenError> {
    let engine = Engine::open(file, &make_table())?;
    Ok(store_over(move |operation, request| engine.answer(operation, request)))
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
