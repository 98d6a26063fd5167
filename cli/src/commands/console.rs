//! `stackseer console`: the page and the API on this machine.

mod answers;
mod clock;
mod deployed;
mod door;
mod kept;
mod keys;
pub mod live;
mod profile;
mod signature;

pub use answers::Answers;

use crate::args::{self, Global, Place};
use anyhow::{Context, Result};
use deployed::Deployed;
use door::Door;
use kept::Kept;
use keys::Keys;
use std::io::{ErrorKind, IsTerminal, Write};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpListener;

/// Where bookmarks and profiles find it again.
const USUAL_PORT: u16 = 4848;
/// For what is under way when the console is told to end.
const PATIENCE: Duration = Duration::from_secs(2);

pub async fn run(args: &args::Console, _: &Global) -> Result<()> {
    if args.credentials {
        return Ok(writeln!(std::io::stdout(), "{}", Keys::of_user()?.printed()?)?);
    }
    let (answers, region) = answers(&args.place).await?;
    serve(answers, &region, &args.serving).await
}

/// Who answers, and the Region to be named to the AWS CLI.
pub async fn answers(place: &Place) -> Result<(Answers, String)> {
    if let Some(stack) = &place.stack_name {
        let aws = super::connect(&place.account).await?;
        return Ok((Answers::Deployed(Deployed::new(&aws, stack)), aws.region().to_owned()));
    }
    let kept = Kept::new(crate::state::file(place.state.as_deref())?);
    let region = kept.scopes().await?.into_iter().next().map(|scope| scope.region).unwrap_or_default();
    Ok((Answers::Kept(kept), region))
}

/// Until it is told to end.
pub async fn serve(answers: Answers, region: &str, how: &args::Serving) -> Result<()> {
    let listener = listen(how.port).await?;
    let door = Door::new(listener.local_addr()?.port(), Keys::of_user()?, answers);
    let (address, invitation) = (door.address(), door.invitation());
    let lines = profile::lines(&address, region, &std::env::current_exe()?);
    let mut out = std::io::stdout();
    // First, for who starts it and reads where it is.
    writeln!(out, "listening on {invitation}")?;
    if how.write_profile {
        let file = profile::file()?;
        profile::write(&file, &lines)?;
        writeln!(out, "wrote the profile {} into {}", profile::NAME, file.display())?;
    } else {
        writeln!(out, "\nFor the AWS CLI, in ~/.aws/config (--write-profile puts it there):\n\n{lines}")?;
    }
    let name = profile::NAME;
    writeln!(
        out,
        "aws --profile {name} devops-guru list-insights --status-filter 'Any={{Type=REACTIVE,StartTimeRange={{}}}}'"
    )?;
    writeln!(out, "\nThe address lets one browser in, once. Ctrl-C ends the console.")?;
    out.flush()?;
    if !how.no_open && out.is_terminal() && open::that_detached(&invitation).is_err() {
        anstream::eprintln!("no browser could be opened: open the address above");
    }
    serve_at(listener, door, ended()).await
}

async fn serve_at(listener: TcpListener, door: Door, ended: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let (told, mut hears) = tokio::sync::watch::channel(());
    let server = axum::serve(listener, door.router()).with_graceful_shutdown(async move {
        ended.await;
        let _ = told.send(());
    });
    tokio::select! {
        served = async { server.await } => Ok(served?),
        // Browsers hold connections open.
        () = async { let _ = hears.changed().await; tokio::time::sleep(PATIENCE).await } => Ok(()),
    }
}

/// On this machine's own address only, whatever the network. The usual port may be taken by another console; one that was asked for
/// must be free.
async fn listen(port: Option<u16>) -> Result<TcpListener> {
    let at = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    match port {
        Some(port) => at(port).await.with_context(|| format!("can't listen on port {port}")),
        None => match at(USUAL_PORT).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse => at(0).await.context("no port is free"),
            bound => bound.with_context(|| format!("can't listen on port {USUAL_PORT}")),
        },
    }
}

/// Ctrl-C, or what a service manager sends.
async fn ended() {
    let interrupted = async { tokio::signal::ctrl_c().await.unwrap_or(()) };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { () = interrupted => (), _ = terminated.recv() => () }
            return;
        }
    }
    interrupted.await;
}
