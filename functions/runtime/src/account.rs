//! AWS as the function's role sees it.

use crate::settings::{optional, setting};
use anyhow::Result;
use stackseer_aws::{Aws, connect_as};

/// Asks nothing of the network: account and partition are settings.
pub async fn account() -> Result<Aws> {
    let partition = optional("STACKSEER_PARTITION").unwrap_or_else(|| "aws".to_owned());
    Ok(connect_as(&partition, &setting("STACKSEER_ACCOUNT")?).await?)
}
