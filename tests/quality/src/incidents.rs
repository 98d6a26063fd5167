//! The kinds of incidents: what is done to an application, and what should be said of it. A kind changes only how the
//! application behaves; the metrics follow.

mod deployments;

use crate::calendar::Minute;
use crate::script::{Done, Script};
use stackseer_model::Severity;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    Clear,
    Mild,
    /// As strong as a clear one, at three in the morning.
    Night,
}

impl Strength {
    pub const ALL: [Self; 3] = [Self::Clear, Self::Mild, Self::Night];

    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Mild => "mild",
            Self::Night => "night",
        }
    }
}

/// Where, when and how hard.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    pub app: &'static str,
    pub strength: Strength,
    /// When it is done.
    pub at: Minute,
    /// How long it lasts, in minutes, where the kind doesn't know better.
    pub minutes: Minute,
    pub seed: u64,
}

impl Scene {
    pub fn of(&self, clear: f64, mild: f64) -> f64 {
        if self.strength == Strength::Mild { mild } else { clear }
    }
}

/// A metric that shows the harm: by so much a minute above (or below) what it is without the trouble.
#[derive(Debug, Clone, Copy)]
pub struct Harm {
    pub node: &'static str,
    pub metric: &'static str,
    pub statistic: &'static str,
    pub least: f64,
    pub falls: bool,
    /// Above so much it harms however it is without the trouble.
    pub clear_minutes: usize,
}

/// What should be said.
#[derive(Debug, Clone)]
pub struct Truth {
    pub harm: Vec<Harm>,
    /// What may be called broken.
    pub symptoms: Vec<&'static str>,
    /// Any of them is right as the first cause.
    pub causes: Vec<&'static str>,
    /// The change that did it.
    pub change: Option<Done>,
    /// One of these is in the title, with the name of a symptom or a cause.
    pub words: Vec<&'static str>,
    /// From symptom to cause; `?name` may be left out, and so may what comes before another symptom.
    pub paths: Vec<Vec<&'static str>>,
    pub severity: (Severity, Severity),
    /// Nothing in the account is the cause: saying so is right too.
    pub abstains: bool,
    pub innocent: Vec<&'static str>,
}

#[derive(Clone)]
pub struct Plan {
    pub script: Script,
    /// One for each insight there should be.
    pub truths: Vec<Truth>,
}

pub struct Kind {
    pub name: &'static str,
    pub apps: &'static [&'static str],
    /// At three in the morning there is something to harm.
    pub at_night: bool,
    pub build: fn(&Scene) -> Plan,
}

pub fn all() -> Vec<&'static Kind> {
    [deployments::KINDS].into_iter().flatten().collect()
}

/// FNV-1a of the name is odd.
pub fn is_held_back(kind: &str) -> bool {
    let hash = kind
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 7) & 1 == 1
}

pub const ERRORS: &[&str] = &["error", "5xx", "fail"];
pub const LATENCY: &[&str] = &["latency", "duration", "slow", "responsetime", "response time"];
pub const BACKLOG: &[&str] = &["backlog", "behind", "age", "waiting", "visible", "dead"];
pub const THROTTLED: &[&str] = &["throttl", "error", "5xx", "fail"];

pub fn above(node: &'static str, metric: &'static str, statistic: &'static str, least: f64) -> Harm {
    Harm { node, metric, statistic, least, falls: false, clear_minutes: 15 }
}

pub fn below(node: &'static str, metric: &'static str, statistic: &'static str, least: f64) -> Harm {
    Harm { falls: true, ..above(node, metric, statistic, least) }
}

impl Harm {
    /// So many harmful minutes there are at least when it is clear.
    pub fn for_minutes(self, clear_minutes: usize) -> Self {
        Self { clear_minutes, ..self }
    }
}

impl Truth {
    pub fn new(harm: Vec<Harm>, words: &[&'static str]) -> Self {
        Self {
            symptoms: harm.iter().map(|h| h.node).collect(),
            harm,
            causes: vec![],
            change: None,
            words: words.to_vec(),
            paths: vec![],
            severity: (Severity::Medium, Severity::High),
            abstains: false,
            innocent: vec![],
        }
    }

    pub fn caused_by(mut self, causes: &[&'static str]) -> Self {
        self.causes = causes.to_vec();
        self
    }

    pub fn after(mut self, change: &Done) -> Self {
        self.change = Some(change.clone());
        self
    }

    pub fn also(mut self, symptoms: &[&'static str]) -> Self {
        self.symptoms.extend(symptoms);
        self
    }

    pub fn path(mut self, path: &[&'static str]) -> Self {
        self.paths.push(path.to_vec());
        self
    }

    pub fn severity(mut self, least: Severity, most: Severity) -> Self {
        self.severity = (least, most);
        self
    }

    pub fn not(mut self, innocent: &[&'static str]) -> Self {
        self.innocent = innocent.to_vec();
        self
    }

    pub fn abstains(mut self) -> Self {
        self.abstains = true;
        self
    }

    pub fn alone(self, script: Script) -> Plan {
        Plan { script, truths: vec![self] }
    }
}
