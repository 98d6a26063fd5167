//! The command line, and the help that teaches it.

use crate::render::{View, Width};
use clap::{Args as ClapArgs, ColorChoice, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use stackseer_catalog::Catalog;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Finds what is wrong in an AWS application, and says why and what to do.
///
/// Stackseer reads an application's metrics and changes, learns what is normal from their history, and explains what is not:
/// one insight per incident, with its cause, the evidence and a recommendation.
#[derive(Debug, Parser)]
#[command(name = "stackseer", version, max_term_width = 100, arg_required_else_help = true, after_long_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

const EXAMPLES: &str = "\
Examples:
  # A simulated shop with four incidents; needs no AWS account
  stackseer demo
  # The same in your browser, while it happens
  stackseer demo --console
  # Can your credentials read what a scan needs?
  stackseer doctor
  # What is wrong in a CloudFormation stack, now and in the last hours
  stackseer scan --stack shop
  # The same in your browser, and for the AWS CLI
  stackseer console
  # Keep all that was read, and run over it again without AWS
  stackseer scan --stack shop --record incident
  stackseer replay incident
  # Anomaly scores of one series
  stackseer detect latency.csv

Exit code: 0 done, whether or not something is wrong; 1 failed; 2 bad usage.";

#[derive(Debug, Clone, ClapArgs)]
pub struct Global {
    /// How to print the result on stdout
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Everywhere")]
    pub output: Output,
    /// When to use colours; NO_COLOR is respected
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Everywhere")]
    pub color: ColorChoice,
    /// Tell all of each insight, and say on stderr what is read, how much of it and what AWS bills for it
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
    /// With --output json: the points of each anomaly and the band they were expected in, too
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub series: bool,
}

impl Global {
    pub fn apply(&self) {
        match self.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }

    /// For whom the result on stdout is written, `now` being when it is read.
    pub fn view<'a>(&self, catalog: &'a Catalog, now: Timestamp) -> View<'a> {
        View { catalog, now, width: Width::of_stdout(), verbose: self.verbose }
    }

    /// A line for those who asked for `--verbose`.
    pub fn note(&self, line: impl std::fmt::Display) {
        if self.verbose {
            anstream::eprintln!("{line}");
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Scan(Scan),
    Replay(Replay),
    Tune(Tune),
    Detect(Detect),
    Demo(Demo),
    Console(Console),
    #[command(flatten)]
    Person(Person),
    Doctor(Doctor),
    Completions(Completions),
    Man(Man),
}

/// What is wrong in an AWS application now, and what was in the last hours
///
/// Read-only. Learns what is normal from CloudWatch's history on the spot, then explains the last three hours.
///
/// What is found is kept in a small store in your data folder, so that the next scan knows what is open, new and closed.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer scan --stack shop --stack billing
  stackseer scan --tag devops-guru-app=shop --profile production
  stackseer scan --region-wide --output json | jq '.insights[].name'
  stackseer scan --stack shop --at 2026-11-22T14:30:00Z

Cost: AWS bills $0.01 per 1,000 metrics requested; --verbose says how many and
what they cost. What was learned within the last 20 hours is kept in the state
and not read again, unless --record wants it.")]
#[command(group = clap::ArgGroup::new("asked").args(["stack", "tag", "region_wide"]).required(true).multiple(true))]
pub struct Scan {
    #[command(flatten)]
    pub coverage: Coverage,
    /// Look as of this time instead of now, e.g. 2026-11-22T14:30:00Z; remembers nothing
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub at: Option<Timestamp>,
    /// Save all that is read as an incident folder, for `stackseer replay`
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
    #[command(flatten)]
    pub again: Again,
    #[command(flatten)]
    pub account: Account,
    #[command(flatten)]
    pub state: State,
    #[command(flatten)]
    pub settings: Configured,
    #[command(flatten)]
    pub knowledge: Knowledge,
}

#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Coverage {
    /// A CloudFormation stack with its nested stacks; may be given again
    #[arg(long, value_name = "NAME")]
    pub stack: Vec<String>,
    /// Resources with this tag; keys start with devops-guru-, without a value each value is an application; may be given again
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    pub tag: Vec<Tag>,
    /// Every stack, and the resources that are in none
    #[arg(long)]
    pub region_wide: bool,
}

impl Coverage {
    pub fn is_empty(&self) -> bool {
        self.stack.is_empty() && self.tag.is_empty() && !self.region_wide
    }
}

#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Knowledge")]
pub struct Knowledge {
    /// Metrics of your own namespace, or a folder of resources, metrics and checks as docs/adding-resources.md describes them;
    /// may be given again
    #[arg(long, value_name = "FILE.toml|FOLDER")]
    pub catalog: Vec<PathBuf>,
}

#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Knowledge")]
pub struct Configured {
    /// Sensitivities and mutes, as docs/settings.md describes them, if not ./stackseer.toml where that is there
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
}

/// How severe the same incident is when it comes again.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct Again {
    /// Severity of an incident that was there within the last seven days
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    pub repeats: Repeats,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Repeats {
    /// Its own; from the third time on, one lower
    #[default]
    Keep,
    /// Always low, as DevOps Guru had it; a second outage is easily missed
    Low,
}

impl From<Repeats> for stackseer_line::Repeats {
    fn from(repeats: Repeats) -> Self {
        match repeats {
            Repeats::Keep => Self::Keep,
            Repeats::Low => Self::Low,
        }
    }
}

/// Which AWS account, found as every AWS tool finds it.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "AWS")]
pub struct Account {
    /// Profile of ~/.aws/config, if not AWS_PROFILE
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region, if not the profile's or the environment's
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Send every request there instead of to AWS
    #[arg(long, global = true, value_name = "URL", env = "AWS_ENDPOINT_URL")]
    pub endpoint_url: Option<String>,
}

#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "State")]
pub struct State {
    /// File that remembers the insights, if not stackseer/state.db in your data folder
    #[arg(long, value_name = "FILE", env = "STACKSEER_STATE", conflicts_with = "no_state")]
    pub state: Option<PathBuf>,
    /// Remember nothing: every insight is new
    #[arg(long)]
    pub no_state: bool,
}

/// Run over an incident folder, as if time went by again, without AWS
///
/// The folder's format is in docs/incident-folder.md; `stackseer scan --record` writes one.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer replay incident
  stackseer replay incident --output json | jq '.insights[].name'")]
pub struct Replay {
    /// Incident folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub again: Again,
    #[command(flatten)]
    pub settings: Configured,
    #[command(flatten)]
    pub knowledge: Knowledge,
}

/// What would have opened in the last two weeks at each sensitivity, and which fits a budget of alerts
///
/// Goes through an application's last days again, at low, medium and high sensitivity, and shows what would have opened at each.
///
/// Each day is judged by what was learned of the two weeks before it, as a deployment does. Nothing is remembered. Sensitivities
/// and mutes of stackseer.toml hold, but for the application's own sensitivity, which is what is asked about.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer tune --stack shop
  # You are willing to read two insights a week
  stackseer tune --stack shop --budget 2
  # An incident folder, as `stackseer scan --record` writes it
  stackseer tune incident --days 7 --output json | jq '.[].levels'

Cost: AWS bills $0.01 per 1,000 metrics requested. Each metric is requested
once, whatever the days: 1,000 metrics cost one cent; --verbose says how many.
CloudWatch keeps points of a minute for 15 days only, so those of five minutes
are read: what lasts less shows less than it does to a deployment.

Of a folder at most half is judged where it has less than the days and two
weeks before them, as the rest must be learned from.")]
#[command(group = clap::ArgGroup::new("replayed").args(["stack", "tag", "region_wide", "folder"]).required(true).multiple(true))]
pub struct Tune {
    /// Incident folder, instead of what AWS has
    #[arg(value_name = "DIR", conflicts_with_all = ["stack", "tag", "region_wide"])]
    pub folder: Option<PathBuf>,
    #[command(flatten)]
    pub coverage: Coverage,
    /// How many days to judge, at most 42: CloudWatch keeps points of five minutes for 63
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=42))]
    pub days: u32,
    /// Insights a week that you are willing to read: says which sensitivity fits, what costs most, and how to lower it
    #[arg(long, value_name = "NUMBER", value_parser = budget)]
    pub budget: Option<f64>,
    #[command(flatten)]
    pub again: Again,
    #[command(flatten)]
    pub account: Account,
    #[command(flatten)]
    pub settings: Configured,
    #[command(flatten)]
    pub knowledge: Knowledge,
}

/// Anomaly scores of one series: CSV in, CSV out
///
/// Reads a series of times and values and writes timestamp,value,anomaly_score,lower,upper: a row per row, by time, each from
/// past rows only.
///
/// The score counts powers of ten beyond what is usual for this series. 0: ordinary; from 1 on worth a look; from 3 on worth an
/// alarm, seen about once in twenty weeks of ordinary data. Every point of an anomaly scores while it lasts, a day at most. Nothing
/// scores before 100 points are known, and a zero where zeros are usual never does. A missing point (an empty value, null, NA
/// or -) scores 0 and has no bounds.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer detect latency.csv --kind latency > scores.csv
  stackseer detect latency.csv | awk -F, 'NR == 1 || $3 >= 3'
  aws cloudwatch get-metric-data … | stackseer detect -
  tail -f requests.csv | stackseer detect - --kind count --period 60

Reads CSV (also with ; or tabs, gzip, UTF-16), CloudWatch's console export and the AWS CLI's JSON. Times: 2026-11-22T14:30:00Z,
with an offset, 2026-11-22 14:30:00 (taken as UTC), or Unix time. docs/detect.md says the rest.")]
pub struct Detect {
    /// File with a column of times and one of values; - is stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How the values behave, which decides the scale on which they are compared
    #[arg(long, value_enum, default_value_t)]
    pub kind: Kind,
    /// Seconds between two points, if not the rows' usual step: how much time the recent past covers
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub period: Option<u32>,
    /// Name or number of the column with the values, if there are several
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
    /// Score only the first point of an anomaly, row for row in the file's order, as benchmarks count
    #[arg(long)]
    pub onsets: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Events per period, usually many: compared by ratio
    Count,
    /// A duration: compared by ratio
    Latency,
    /// A level that may go anywhere: compared by difference
    #[default]
    Gauge,
    /// Bounded on both sides, 0-100 % or 0-1: the nearer to a bound, the more a difference counts
    Ratio,
    /// Events per period, usually none: compared with what comes by chance; a zero never scores
    Sparse,
}

/// A simulated shop on a fast clock, with incidents; needs no AWS account
///
/// A shop on API Gateway, Lambda, DynamoDB and SQS: three weeks of ordinary traffic to learn from, then a load test, a capacity
/// cut, a bad deployment and a poisoned queue. Only the shop is simulated: what runs over it is what runs on AWS.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  # The whole day, and each insight in full
  stackseer demo | less
  # The second of them alone
  stackseer demo --insight 2
  # The day goes by in your browser, a minute in a second
  stackseer demo --console")]
pub struct Demo {
    /// Tell only this one of the insights in full, by its number in the order of the day
    #[arg(long, value_name = "NUMBER")]
    pub insight: Option<NonZeroUsize>,
    /// Another seed makes another shop with the same incidents
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Monday on which the first ordinary week begins; the day of the incidents is three weeks later
    #[arg(long, value_name = "DATE", value_parser = monday)]
    pub start: Option<Timestamp>,
    /// Save the three weeks and the day as an incident folder, for `stackseer replay`
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
    #[command(flatten)]
    pub again: Again,
    #[command(flatten)]
    pub settings: Configured,
    /// Show the day in the console instead, as it happens, on a clock that can be stopped and made faster there
    #[arg(long, conflicts_with = "insight")]
    pub console: bool,
    /// With --console: the whole day has gone by already
    #[arg(long, requires = "console")]
    pub at_end: bool,
    #[command(flatten, next_help_heading = "With --console")]
    pub serving: Serving,
}

/// What the credentials can reach, and what would go unseen without the rest
///
/// Tries each kind of call that a scan makes, once, read-only.
///
/// Of the stacks, tags or the Region it is given it also says how many of the resources a scan would watch, and why not the rest.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer doctor --profile production
  stackseer doctor --output json | jq '.checks[] | select(.ok | not)'
  # Of a stack also what a scan would watch, and what not and why
  stackseer doctor --stack shop")]
pub struct Doctor {
    #[command(flatten)]
    pub coverage: Coverage,
    #[command(flatten)]
    pub account: Account,
    #[command(flatten)]
    pub knowledge: Knowledge,
}

/// The console in your browser, and the DevOps Guru API for the AWS CLI, on this machine
///
/// Shows what scans found, or with --stack-name what a deployment of Stackseer has found. Only this machine can reach it.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer scan --stack shop && stackseer console
  stackseer console --stack-name stackseer --profile production
  stackseer console --write-profile
  aws --profile stackseer devops-guru describe-account-health")]
pub struct Console {
    #[command(flatten)]
    pub serving: Serving,
    /// Print the keys that the console takes, as a profile's credential_process does, and end
    #[arg(long, conflicts_with_all = ["port", "no_open", "write_profile", "stack_name"])]
    pub credentials: bool,
    #[command(flatten)]
    pub place: Place,
}

/// What the console shows, in the terminal.
#[derive(Debug, Subcommand)]
pub enum Person {
    Insights(Insights),
    Insight(OneInsight),
    Ack(Ack),
    Assign(Assign),
    Note(Note),
    Mute(Mute),
    Sensitivity(Sensitivity),
    Settings(Settings),
    Channels(Channels),
    Resources(Resources),
    Changes(Changes),
    Expiries(Expiries),
    Topology(Topology),
}

impl Person {
    pub fn place(&self) -> &Place {
        match self {
            Self::Insights(of) => &of.place,
            Self::Insight(of) => &of.place,
            Self::Ack(of) => &of.place,
            Self::Assign(of) => &of.place,
            Self::Note(of) => &of.place,
            Self::Mute(of) => &of.place,
            Self::Sensitivity(of) => &of.place,
            Self::Settings(of) => &of.place,
            Self::Channels(of) => &of.place,
            Self::Resources(of) => &of.place,
            Self::Changes(of) => &of.place,
            Self::Expiries(of) => &of.place,
            Self::Topology(of) => &of.place,
        }
    }
}

/// What is wrong, and what was
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer insights
  stackseer insights --status closed --days 30 --application shop
  stackseer insights --output json | jq '.ReactiveInsights[].Headline'
  stackseer insights --stack-name stackseer --profile production")]
pub struct Insights {
    /// Ongoing or closed ones
    #[arg(long, value_enum, default_value_t, value_name = "STATUS")]
    pub status: Which,
    /// With --status closed or any: how many days to look back
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub days: u32,
    /// Only of this application, by name or id
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Which {
    #[default]
    Ongoing,
    Closed,
    Any,
}

/// One insight whole
///
/// Its cause, the changes around it, what to do, what was ruled out, its history and notes.
#[derive(Debug, ClapArgs)]
pub struct OneInsight {
    /// Its id, or as much of the beginning as no other has
    #[arg(value_name = "ID")]
    pub id: String,
    #[command(flatten)]
    pub place: Place,
}

/// Say that you look after an insight
#[derive(Debug, ClapArgs)]
pub struct Ack {
    /// The insight's id, or as much of the beginning as no other has
    #[arg(value_name = "ID")]
    pub id: String,
    /// Take it back
    #[arg(long)]
    pub undo: bool,
    #[command(flatten)]
    pub place: Place,
}

/// Give an insight to somebody
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub struct Assign {
    /// The insight's id, or as much of the beginning as no other has
    #[arg(value_name = "ID")]
    pub id: String,
    /// Whoever your team knows by this name
    #[arg(value_name = "WHO", group = "whom")]
    pub who: Option<String>,
    /// Leave it to nobody in particular
    #[arg(long, group = "whom")]
    pub nobody: bool,
    #[command(flatten)]
    pub place: Place,
}

/// Write a note on an insight
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Note {
    /// The insight's id, or as much of the beginning as no other has
    #[arg(value_name = "ID")]
    pub id: String,
    /// What to note
    #[arg(value_name = "TEXT", group = "what")]
    pub text: Option<String>,
    /// Take the note with this id off instead
    #[arg(long, value_name = "NOTE", group = "what")]
    pub delete: Option<String>,
    #[command(flatten)]
    pub place: Place,
}

/// Whom messages go to
///
/// Without a command, the channels there are.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer channels
  stackseer channels add arn:aws:sns:eu-west-1:123456789012:on-call --severity high
  stackseer channels test 3f2a81c4-… --stack-name stackseer
  stackseer channels remove 3f2a81c4-…")]
pub struct Channels {
    #[command(subcommand)]
    pub act: Option<ChannelAct>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Clone, Subcommand)]
pub enum ChannelAct {
    /// Tell an SNS topic
    Add {
        #[arg(value_name = "TOPIC_ARN")]
        topic: String,
        /// Only of insights this severe; may be given again
        #[arg(long, value_name = "SEVERITY", value_parser = ["low", "medium", "high"])]
        severity: Vec<String>,
        /// Only messages of this type; may be given again
        #[arg(long, value_name = "TYPE", value_parser = ["new-insight", "closed-insight", "new-association", "severity-upgraded", "new-recommendation"])]
        message: Vec<String>,
    },
    /// Send it a message that says that it is a test
    Test {
        #[arg(value_name = "CHANNEL")]
        id: String,
    },
    /// Tell it nothing more
    Remove {
        #[arg(value_name = "CHANNEL")]
        id: String,
    },
}

/// What nobody is told of
///
/// Without a command, the mutes there are. What is muted stays visible.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer mute
  stackseer mute add --application shop --reason 'load test' --hours 2
  stackseer mute add --check sqs-lambda-no-dead-letter-queue --reason 'as we want it'
  # From 2 to 4 on Sunday nights
  stackseer mute add --application shop --reason 'upgrades' \\
    --window '0 2 * * SUN' --minutes 120 --time-zone Europe/Berlin
  stackseer mute remove 3f2a81c4-…")]
pub struct Mute {
    #[command(subcommand)]
    pub act: Option<MuteAct>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Clone, Subcommand)]
pub enum MuteAct {
    /// Tell nobody of something
    Add {
        #[command(flatten)]
        what: MuteTarget,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// For so many hours, if not until it is removed
        #[arg(long, value_name = "HOURS")]
        hours: Option<u32>,
        /// Only from each of these times on: minute, hour, day of the month, month, day of the week
        #[arg(long, value_name = "CRON", requires = "minutes")]
        window: Option<String>,
        /// With --window: how long it is open
        #[arg(long, value_name = "MINUTES", requires = "window")]
        minutes: Option<u32>,
        /// With --window: by whose clocks, as Europe/Berlin
        #[arg(long, value_name = "ZONE", requires = "window", default_value = "UTC")]
        time_zone: String,
    },
    /// End a mute
    Remove {
        #[arg(value_name = "MUTE")]
        id: String,
    },
}

#[derive(Debug, Clone, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct MuteTarget {
    /// A resource, by its id
    #[arg(long, value_name = "ID")]
    pub resource: Option<String>,
    /// A metric, by its key
    #[arg(long, value_name = "KEY")]
    pub metric: Option<String>,
    /// A proactive check, by its id
    #[arg(long, value_name = "ID")]
    pub check: Option<String>,
    /// An application, by its id or name
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,
}

impl MuteTarget {
    /// What kind, as the API calls it, and which.
    pub fn target(&self) -> (&'static str, &str) {
        let kinds = [
            ("Resource", &self.resource),
            ("Metric", &self.metric),
            ("Check", &self.check),
            ("Application", &self.application),
        ];
        let given = kinds.iter().find_map(|(kind, given)| Some((*kind, given.as_deref()?)));
        given.unwrap_or_default()
    }
}

/// How rare something must be to be unusual, where it is not as in general
///
/// Without a command, the sensitivities that are set. Of several the narrowest counts: a metric's, else its resource's, else its
/// application's, else the general one.
///
/// Each step down asks for what is five times rarer. What is much rarer opens an insight at any sensitivity: mute what you know.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer sensitivity
  stackseer sensitivity set low --application shop --days 30
  stackseer sensitivity set high --resource AWS::Lambda::Function/checkout
  # A metric by its key, as `stackseer tune` and the console say it
  stackseer sensitivity set low \\
    --metric 'AWS/Lambda Errors Sum FunctionName=checkout'
  stackseer sensitivity unset --application shop

`stackseer tune` shows what would have opened at each.")]
pub struct Sensitivity {
    #[command(subcommand)]
    pub act: Option<SensitivityAct>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SensitivityAct {
    /// Judge an application, a resource or a metric by this sensitivity from now on
    Set {
        #[arg(value_enum, value_name = "SENSITIVITY")]
        level: Level,
        #[command(flatten)]
        what: SensitivityTarget,
        /// For so many days, if not until it is unset
        #[arg(long, value_name = "DAYS")]
        days: Option<u32>,
    },
    /// Judge it as before
    Unset {
        #[command(flatten)]
        what: SensitivityTarget,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Only what is very rare is unusual: 0.004 false alarms per metric and week
    Low,
    /// 0.02
    Medium,
    /// What is a little rare is unusual too: 0.1
    High,
}

#[derive(Debug, Clone, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct SensitivityTarget {
    /// A resource, by its id
    #[arg(long, value_name = "ID")]
    pub resource: Option<String>,
    /// A metric, by its key
    #[arg(long, value_name = "KEY")]
    pub metric: Option<String>,
    /// An application, by its id or name
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,
}

impl SensitivityTarget {
    /// What kind, as the API calls it, and which.
    pub fn target(&self) -> (&'static str, &str) {
        let kinds = [("Resource", &self.resource), ("Metric", &self.metric), ("Application", &self.application)];
        let given = kinds.iter().find_map(|(kind, given)| Some((*kind, given.as_deref()?)));
        given.unwrap_or_default()
    }
}

/// What is set, as a file says it
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  # What would be set and taken back
  stackseer settings apply --stack-name stackseer
  stackseer settings apply --stack-name stackseer --yes
  stackseer settings apply --config production.toml --yes")]
pub struct Settings {
    #[command(subcommand)]
    pub act: SettingsAct,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SettingsAct {
    /// Make the sensitivities and mutes those of stackseer.toml, and take the others back but for what feedback lowered
    Apply {
        #[command(flatten)]
        settings: Configured,
        /// Do it; without it only says what would be done
        #[arg(long)]
        yes: bool,
    },
}

/// What was found, watched or not, and why not
#[derive(Debug, ClapArgs)]
pub struct Resources {
    /// Only of this application, by name or id
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,
    /// Only those in this state
    #[arg(long, value_enum, value_name = "STATE")]
    pub coverage: Option<CoverageState>,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CoverageState {
    Watched,
    WithoutMetrics,
    NotSupported,
}

impl CoverageState {
    /// As the API calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Watched => "WATCHED",
            Self::WithoutMetrics => "WITHOUT_METRICS",
            Self::NotSupported => "NOT_SUPPORTED",
        }
    }
}

/// What was changed
#[derive(Debug, ClapArgs)]
pub struct Changes {
    /// Only of this application, by name or id
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,
    /// How many days to look back
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub days: u32,
    #[command(flatten)]
    pub place: Place,
}

/// What ends on a known day: runtimes, engines, certificates, forced maintenance
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer expiries
  stackseer expiries --days 30 --application shop
  stackseer expiries --output json | jq '.Expiries[] | select(.Ends) | [.What, .Resource.Name]'

What has ended is always listed, and what could not be told. Proactive insights open as each check says, long before the day.")]
pub struct Expiries {
    /// Only of this application, by name or id
    #[arg(long, value_name = "NAME")]
    pub application: Option<String>,
    /// How many days to look ahead
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    pub days: u32,
    #[command(flatten)]
    pub place: Place,
}

/// Who calls, feeds or writes to whom, with what is wrong on it
#[derive(Debug, ClapArgs)]
pub struct Topology {
    /// Only this application, by name or id
    #[arg(value_name = "NAME")]
    pub application: Option<String>,
    #[command(flatten)]
    pub place: Place,
}

/// How a console is served.
#[derive(Debug, Clone, ClapArgs)]
pub struct Serving {
    /// Port on 127.0.0.1, if not 4848 or, where that is taken, any that is free; 0: any
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Don't open a browser
    #[arg(long)]
    pub no_open: bool,
    /// Put the profile `stackseer` for the AWS CLI into ~/.aws/config
    #[arg(long)]
    pub write_profile: bool,
}

/// Where to look.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Where to look")]
pub struct Place {
    /// File in which scans remember the insights, if not stackseer/state.db in your data folder
    #[arg(long, global = true, value_name = "FILE", env = "STACKSEER_STATE")]
    pub state: Option<PathBuf>,
    /// Ask the deployment of this stack instead, with your AWS credentials
    #[arg(long, global = true, value_name = "NAME")]
    pub stack_name: Option<String>,
    #[command(flatten)]
    pub account: Account,
}

/// What your shell completes these commands with
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer completions bash > ~/.local/share/bash-completion/completions/stackseer
  stackseer completions zsh > ~/.zfunc/_stackseer
  stackseer completions fish > ~/.config/fish/completions/stackseer.fish")]
pub struct Completions {
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// The manual page
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "\
Examples:
  stackseer man | man -l -
  stackseer man --dir ~/.local/share/man/man1")]
pub struct Man {
    /// Write it, and a page for each command, into this folder
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub key: String,
    /// None: every value is an application of its own.
    pub value: Option<String>,
}

fn tag(text: &str) -> Result<Tag, String> {
    let (key, value) = text.split_once('=').map_or((text, None), |(k, v)| (k, Some(v.to_owned())));
    if !key.to_ascii_lowercase().starts_with("devops-guru-") {
        return Err(
            "a key that says what belongs together starts with devops-guru-, such as devops-guru-app=shop".to_owned()
        );
    }
    if value.as_deref() == Some("") {
        return Err("no value after =; leave = out to take every value".to_owned());
    }
    Ok(Tag { key: key.to_owned(), value })
}

fn budget(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "write how many insights a week, as 2 or 0.5".to_owned())
}

fn time(text: &str) -> Result<Timestamp, String> {
    crate::commands::timestamp(text).ok_or_else(|| "not a time; write it as 2026-11-22T14:30:00Z".to_owned())
}

fn monday(text: &str) -> Result<Timestamp, String> {
    let day: jiff::civil::Date = text.parse().map_err(|_| "not a date; write it as 2026-01-05".to_owned())?;
    if day.weekday() != jiff::civil::Weekday::Monday {
        return Err(format!("{day} is no Monday"));
    }
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    jiff::tz::TimeZone::UTC.to_timestamp(midnight).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_tag_needs_the_prefix_and_a_value_where_it_says_so() {
        assert_eq!(tag("devops-guru-app=shop").unwrap().value.as_deref(), Some("shop"));
        assert_eq!(tag("DevOps-Guru-app").unwrap().value, None);
        assert!(tag("app=shop").is_err() && tag("devops-guru-app=").is_err());
    }

    #[test]
    fn the_demo_begins_on_a_monday() {
        assert_eq!(monday("2026-01-05").unwrap().to_string(), "2026-01-05T00:00:00Z");
        assert!(monday("2026-01-06").unwrap_err().contains("no Monday"));
        assert!(monday("soon").unwrap_err().contains("2026-01-05"));
    }

    #[test]
    fn scan_says_that_it_wants_to_know_what() {
        let error = Args::try_parse_from(["stackseer", "scan"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("--stack <NAME>"), "{error}");
        assert!(Args::try_parse_from(["stackseer", "scan", "--stack", "a", "--tag", "devops-guru-x=y"]).is_ok());
    }
}
