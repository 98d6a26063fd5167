//! Credentials, Region and endpoint: from what the user gave to clients that can be called.

use crate::cloudtrail::Elsewhere;
use crate::error::{deepest, port_error};
use crate::store::DynamoStore;
use crate::{Events, Functions, Metrics, Permissions, Resources};
use aws_config::profile::credentials::Builder as ProfileBuilder;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use stackseer_catalog::Catalog;
use stackseer_model::Scope;
use stackseer_model::ports::PortError;
use std::time::Duration;

/// CloudTrail records it with every call, so that Stackseer knows its own.
pub(crate) const APP_NAME: &str = "stackseer";

/// What the user said. Whatever is left out comes from the ordinary AWS credential chain.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub profile: Option<String>,
    pub region: Option<String>,
    pub endpoint_url: Option<String>,
}

/// Each says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    #[error("no AWS Region: pass --region, set AWS_REGION, or add `region = …` to the profile in ~/.aws/config")]
    NoRegion,
    #[error(
        "no AWS credentials: sign in with `aws sso login` or `aws configure`, name a profile with --profile, or set \
         AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY ({0})"
    )]
    NoCredentials(String),
    #[error(
        "no profile `{0}` in ~/.aws/config or ~/.aws/credentials; `aws configure list-profiles` lists those there are"
    )]
    NoProfile(String),
    #[error("~/.aws/config or ~/.aws/credentials can't be read ({0})")]
    BadProfiles(String),
    #[error("AWS refused the credentials; they may have expired, so sign in again ({0})")]
    Refused(String),
    #[error("AWS could not be reached; check the network, the Region's name and --endpoint-url ({0})")]
    Unreachable(String),
}

/// One account in one Region, with credentials that work.
#[derive(Debug, Clone)]
pub struct Aws {
    sdk: SdkConfig,
    place: Place,
    /// ARN; empty where nobody asked.
    caller: String,
}

pub(crate) use stackseer_model::Place;

/// Finds credentials and Region, and asks AWS who they are.
pub async fn connect(options: Options) -> Result<Aws, ConnectError> {
    let profile = options.profile;
    if let Some(profile) = &profile {
        known(profile, &profiles().await?)?;
    }
    let mut loader = aws_config::defaults(version())
        .app_name(AppName::new(APP_NAME).expect("the name is a valid one"))
        .retry_config(RetryConfig::adaptive().with_max_attempts(6))
        .timeout_config(patient());
    if let Some(profile) = &profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = options.region {
        loader = loader.region(Region::new(region));
    }
    if let Some(url) = options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let sdk = loader.load().await;
    let Some(profile) = profile else {
        let connected = identify(sdk).await;
        if let Err(ConnectError::NoCredentials(_)) = &connected {
            // Then the profile that the environment names may be why.
            let profiles = profiles().await?;
            known(profiles.selected_profile(), &profiles)?;
        }
        return connected;
    };
    identify_as(&profile, ProfileFileCredentialsProvider::builder(), sdk).await
}

fn version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// What ~/.aws holds, or the files that the environment names instead.
async fn profiles() -> Result<ProfileSet, ConnectError> {
    let read = aws_config::profile::load(&Default::default(), &Default::default(), &Default::default(), None).await;
    read.map_err(|e| ConnectError::BadProfiles(line(&deepest(&e))))
}

fn known(profile: &str, profiles: &ProfileSet) -> Result<(), ConnectError> {
    // The default one needs no entry.
    match profile == "default" || profiles.get_profile(profile).is_some() {
        true => Ok(()),
        false => Err(ConnectError::NoProfile(profile.to_owned())),
    }
}

/// As that profile alone. The default chain takes keys from the environment first, and would look into another account
/// than the one asked for.
async fn identify_as(profile: &str, provider: ProfileBuilder, sdk: SdkConfig) -> Result<Aws, ConnectError> {
    let place = ProviderConfig::without_region()
        .with_region(sdk.region().cloned())
        .with_behavior_version(Some(version()))
        .with_timeout_config(patient());
    let provider = SharedCredentialsProvider::new(provider.configure(&place).profile_name(profile).build());
    identify(sdk.into_builder().credentials_provider(provider).build()).await.map_err(|error| match error {
        ConnectError::NoCredentials(reason) => ConnectError::NoCredentials(format!("profile `{profile}`: {reason}")),
        other => other,
    })
}

async fn identify(sdk: SdkConfig) -> Result<Aws, ConnectError> {
    let region = sdk.region().map(|r| r.as_ref().to_owned()).filter(|r| !r.is_empty()).ok_or(ConnectError::NoRegion)?;
    credentials(&sdk).await?;
    let caller = aws_sdk_sts::Client::new(&sdk).get_caller_identity().send().await;
    let caller = caller.map_err(|e| match port_error("sts:GetCallerIdentity", e) {
        PortError::Transient { message, .. } => ConnectError::Unreachable(line(&message)),
        refused => ConnectError::Refused(line(&refused.to_string())),
    })?;
    let partition = caller.arn().and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws").to_owned();
    let account = caller.account().unwrap_or_default().to_owned();
    let caller = caller.arn().unwrap_or_default().to_owned();
    Ok(Aws { sdk, place: Place { partition, region, account }, caller })
}

/// Asked for by itself, because within a call "no credentials" looks like a broken connection.
async fn credentials(sdk: &SdkConfig) -> Result<(), ConnectError> {
    use aws_sdk_sts::config::ProvideCredentials;
    let missing = |reason: String| Err(ConnectError::NoCredentials(reason));
    match sdk.credentials_provider() {
        None => missing("no provider is configured".to_owned()),
        Some(provider) => match provider.provide_credentials().await {
            Ok(_) => Ok(()),
            // What follows is all that was tried, and says of each no more than that.
            Err(error) => missing(line(deepest(&error).split(". Attempted").next().unwrap_or_default())),
        },
    }
}

/// One readable line: the SDK may append all that it has tried.
fn line(text: &str) -> String {
    const MOST: usize = 200;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", &words[..end]),
        None => words,
    }
}

/// As [`connect`], for who knows the account already: nothing is asked of AWS before the first real call. A call ends
/// within the minute that Lambda gives most functions, so that its failure can be told.
pub async fn connect_as(partition: &str, account: &str) -> Result<Aws, ConnectError> {
    let loader = aws_config::defaults(version())
        .app_name(AppName::new(APP_NAME).expect("the name is a valid one"))
        .retry_config(RetryConfig::adaptive().with_max_attempts(6))
        .timeout_config(timeouts(Duration::from_secs(20), Duration::from_secs(45)));
    let sdk = loader.load().await;
    let region = sdk.region().map(|r| r.as_ref().to_owned()).filter(|r| !r.is_empty()).ok_or(ConnectError::NoRegion)?;
    let place = Place { partition: partition.to_owned(), region, account: account.to_owned() };
    Ok(Aws { sdk, place, caller: String::new() })
}

/// For who sits before it.
fn patient() -> TimeoutConfig {
    timeouts(Duration::from_secs(60), Duration::from_secs(300))
}

fn timeouts(attempt: Duration, call: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(attempt)
        .operation_timeout(call)
        .build()
}

impl Aws {
    pub fn account(&self) -> &str {
        &self.place.account
    }

    pub fn region(&self) -> &str {
        &self.place.region
    }

    /// The ARN of whose credentials they are, where AWS was asked.
    pub fn caller(&self) -> &str {
        &self.caller
    }

    pub fn scope(&self) -> Scope {
        Scope::new(&self.place.account, &self.place.region)
    }

    /// The catalogue says which namespaces CloudWatch keeps in one other Region.
    pub fn metrics(&self, catalog: &Catalog) -> Metrics {
        Metrics::new(&self.sdk, &self.place.partition, catalog)
    }

    /// The catalogue names the metrics by whose dimensions resources without stack or tag are found.
    pub fn resources(&self, catalog: &Catalog) -> Resources {
        Resources::new(&self.sdk, self.place.clone(), self.metrics(catalog), catalog)
    }

    pub fn events(&self) -> Events {
        let elsewhere = Catalog::builtin().elsewhere(&self.place).into_iter().map(|(service, region)| {
            let config = aws_sdk_cloudtrail::config::Builder::from(&self.sdk);
            let client = aws_sdk_cloudtrail::Client::from_conf(config.region(Region::new(region.clone())).build());
            Elsewhere { client, region, service }
        });
        Events::new(aws_sdk_cloudtrail::Client::new(&self.sdk), self.scope()).and_of(elsewhere.collect())
    }

    pub fn permissions(&self) -> Permissions {
        Permissions::new(&self.sdk, self.place.clone())
    }

    /// The account's Lambda functions, to be asked.
    pub fn functions(&self) -> Functions {
        Functions::new(aws_sdk_lambda::Client::new(&self.sdk))
    }

    #[cfg(feature = "queue")]
    pub fn queue(&self, url: &str) -> crate::SqsQueue {
        crate::SqsQueue::new(aws_sdk_sqs::Client::new(&self.sdk), url)
    }

    /// The ways of telling people that the settings name.
    #[cfg(feature = "channels")]
    pub fn channels(&self, settings: &crate::channels::ChannelSettings) -> Vec<crate::channels::AnyChannel> {
        crate::channels::all(&self.sdk, settings)
    }

    /// Sends the channel's topic a message that says that it is a test.
    #[cfg(feature = "channels")]
    pub async fn test_channel(&self, channel: &stackseer_model::NotificationChannel) -> Result<(), PortError> {
        crate::channels::test(&self.sdk, channel, &self.scope()).await
    }

    /// The store in the account's own DynamoDB table, which must exist.
    pub fn store(&self, table: &str) -> DynamoStore {
        DynamoStore::new(aws_sdk_dynamodb::Client::new(&self.sdk), table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ACCOUNT, REGION, Reply, sdk};

    #[allow(deprecated)] // The name that replaces it is of a crate that nothing here uses.
    type Files = aws_config::profile::profile_file::ProfileFiles;

    fn files(config: &str) -> Files {
        #[allow(deprecated)]
        let kind = aws_config::profile::profile_file::ProfileFileKind::Config;
        Files::builder().with_contents(kind, config).build()
    }

    async fn profile(name: &str, config: &str) -> Result<Aws, ConnectError> {
        let (sdk, _) = sdk(|_| somebody("aws"));
        let files = files(config);
        let profiles = aws_config::profile::load(&Default::default(), &Default::default(), &files, None).await.unwrap();
        known(name, &profiles)?;
        identify_as(name, ProfileFileCredentialsProvider::builder().profile_files(files), sdk).await
    }

    fn somebody(partition: &str) -> Reply {
        let arn = format!("arn:{partition}:iam::{ACCOUNT}:user/ann");
        Reply::Xml(format!("<Arn>{arn}</Arn><UserId>ann</UserId><Account>{ACCOUNT}</Account>"))
    }

    fn answered(code: &'static str, status: u16) -> SdkConfig {
        sdk(move |_| Reply::Error(status, code, format!("{code} it is"))).0
    }

    #[tokio::test]
    async fn whoever_it_is_says_where_arns_are() {
        let aws = identify(sdk(|_| somebody("aws-us-gov")).0).await.unwrap();
        assert_eq!((aws.account(), aws.region(), aws.place.partition.as_str()), (ACCOUNT, REGION, "aws-us-gov"));
    }

    #[tokio::test]
    async fn each_thing_that_can_be_missing_is_told_from_the_others() {
        let (whole, calls) = sdk(|_| somebody("aws"));
        for region in [None, Some(Region::new(""))] {
            let mut without = whole.to_builder();
            without.set_region(region);
            assert_eq!(identify(without.build()).await.unwrap_err(), ConnectError::NoRegion);
        }
        let mut without = whole.to_builder();
        without.set_credentials_provider(None);
        let error = identify(without.build()).await.unwrap_err();
        assert!(matches!(error, ConnectError::NoCredentials(_)), "{error:?}");
        assert!(calls.all().is_empty());

        for code in ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied"] {
            let error = identify(answered(code, 403)).await.unwrap_err();
            assert!(matches!(error, ConnectError::Refused(_)), "{error:?}");
            assert!(error.to_string().contains(code), "{error}");
        }
        for unreachable in [answered("ServiceUnavailable", 503), sdk(|_| Reply::Broken).0] {
            let error = identify(unreachable).await.unwrap_err();
            assert!(matches!(error, ConnectError::Unreachable(_)), "{error:?}");
        }
        let said = identify(sdk(|_| Reply::Broken).0).await.unwrap_err().to_string();
        assert!(said.contains("connection refused"), "{said}");
    }

    #[tokio::test]
    async fn a_profile_is_named_when_it_is_not_there_or_holds_nothing() {
        let config = "[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n\
                      [profile place]\nregion = eu-west-1\n[profile loop]\nrole_arn = x\nsource_profile = gone\n";
        assert_eq!(profile("keys", config).await.unwrap().account(), ACCOUNT);
        for (name, said) in [("nobody", "`nobody`"), ("place", "`place`"), ("loop", "`gone`")] {
            let error = profile(name, config).await.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
            assert!(!error.contains('\n') && error.len() < 500, "{error}");
        }
        assert_eq!(profile("nobody", "").await.unwrap_err(), ConnectError::NoProfile("nobody".into()));
        assert!(matches!(profile("default", "").await, Err(ConnectError::NoCredentials(_))));
    }

    #[test]
    fn what_the_sdk_says_becomes_one_line() {
        assert_eq!(line("a\n  b\n\tc "), "a b c");
        let long = line(&"ü\n".repeat(1000));
        assert!(long.ends_with(" …") && long.chars().count() < 210);
    }
}
