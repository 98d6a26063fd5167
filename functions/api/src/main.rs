//! DevOps Guru's API and Stackseer's own operations, behind `lambda:Invoke`, a Function URL or the hosted console's HTTP API.

mod front;
mod hosted;
mod tester;

use lambda_http::Error;
use stackseer_api::wire::Source;
use stackseer_api::{Api, Setup, SystemClock, router};
use stackseer_fn_runtime::{account, first_settings, init, optional, sensitivity, setting};
use std::sync::Arc;
use tester::Notify;

#[tokio::main]
async fn main() -> Result<(), Error> {
    init();
    let aws = account().await?;
    let setup = Setup {
        own: aws.scope(),
        others: vec![],
        source: Source::Deployed,
        clock: Arc::new(SystemClock),
        first: first_settings(&aws.scope(), &optional)?,
        sensitivity: sensitivity(optional("STACKSEER_SENSITIVITY").as_deref())?,
        tester: optional("STACKSEER_NOTIFY_FUNCTION").map(|name| Arc::new(Notify::new(&aws, name)) as _),
    };
    let store = aws.store(&setting("STACKSEER_TABLE")?);
    let access = front::access(&setting("STACKSEER_MAY_CHANGE")?)?;
    lambda_http::run(front::door(router(Api::new(Arc::new(store), setup)), access)).await
}
