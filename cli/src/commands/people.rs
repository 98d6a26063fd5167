//! The commands for people: what the console shows, in the terminal. They ask the API's own operations, of the state on this machine
//! or of a deployment, and print its JSON as it is.

mod acts;
mod apply;
mod ask;
mod find;
mod lists;

use crate::args::{Global, Output, Person};
use crate::render::Width;
use anyhow::Result;
pub use apply::Plan;
use ask::Asked;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::Write;

/// How much is told, and how wide.
struct How {
    width: Width,
    verbose: bool,
    series: bool,
}

/// The same for programs and for people.
struct Told {
    answer: Value,
    text: String,
}

pub async fn run(command: &Person, global: &Global) -> Result<()> {
    let asked = Asked::of(command.place()).await?;
    let how = How { width: Width::of_stdout(), verbose: global.verbose, series: global.series };
    let told = tell(&asked, command, &how).await?;
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    match global.output {
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, &told.answer)?;
            writeln!(out)?;
        }
        Output::Text => out.write_all(told.text.as_bytes())?,
    }
    Ok(out.flush()?)
}

async fn tell(asked: &Asked, command: &Person, how: &How) -> Result<Told> {
    match command {
        Person::Insights(about) => lists::insights(asked, about, how).await,
        Person::Insight(about) => lists::insight(asked, about, how).await,
        Person::Resources(about) => lists::resources(asked, about, how).await,
        Person::Changes(about) => lists::changes(asked, about, how).await,
        Person::Expiries(about) => lists::expiries(asked, about, how).await,
        Person::Topology(about) => lists::topology(asked, about, how).await,
        Person::Channels(about) => acts::channels(asked, about, how).await,
        Person::Ack(about) => acts::acknowledge(asked, about).await,
        Person::Assign(about) => acts::assign(asked, about).await,
        Person::Note(about) => acts::note(asked, about).await,
        Person::Mute(about) => acts::mute(asked, about, how).await,
        Person::Sensitivity(about) => acts::sensitivity(asked, about, how).await,
        Person::Settings(about) => apply::settings(asked, &about.act, how).await,
    }
}

/// The answer as it is, and what `text` makes of it.
fn told<T: DeserializeOwned>(answer: Value, text: impl FnOnce(T) -> String) -> Result<Told> {
    let text = text(serde_json::from_value(answer.clone())?);
    Ok(Told { answer, text })
}

#[cfg(test)]
mod tests;
