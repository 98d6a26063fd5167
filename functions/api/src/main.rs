//! DevOps Guru's API and Stackseer's own operations, behind `lambda:Invoke`, a Function URL or an HTTP API with sign-in.

mod front;

use lambda_http::Error;
use stackseer_api::wire::Source;
use stackseer_api::{Api, Setup, SystemClock, router};
use stackseer_fn_runtime::{account, init, setting};
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let aws = account().await?;
    let store = aws.store(&setting("STACKSEER_TABLE")?);
    let setup = Setup { own: aws.scope(), others: vec![], source: Source::Deployed, clock: Arc::new(SystemClock) };
    let may_change = setting("STACKSEER_MAY_CHANGE")? == "true";
    lambda_http::run(front::door(router(Api::new(Arc::new(store), setup)), may_change)).await
}
