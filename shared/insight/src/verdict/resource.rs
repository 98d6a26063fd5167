//! One resource before and after its release.

use super::compare::{Share, levels, middle, shares};
use super::{Read, Releases, is_count};
use crate::text;
use stackseer_detect::Point;
use stackseer_model::{ChangeEvent, Measure, Metric, ResourceId, Role, VerdictOutcome};

/// Seconds, the end excluded.
#[derive(Debug, Clone, Copy)]
struct Stretch(i64, i64);

impl Stretch {
    fn minutes(self) -> i64 {
        ((self.1 - self.0) / 60).max(0)
    }

    /// Whole periods within it.
    fn points(self, all: &[Point], period: u32) -> Vec<Point> {
        let within = |p: &&Point| p.time >= self.0 && p.time + i64::from(period) <= self.1;
        all.iter().filter(within).copied().collect()
    }

    fn sum(self, all: &[Point], period: u32) -> f64 {
        self.points(all, period).iter().map(|p| p.value).sum()
    }
}

pub struct Trial {
    pub outcome: VerdictOutcome,
    pub name: String,
    pub said: String,
    pub measures: Vec<Measure>,
    /// After it; what more requests met tells more.
    pub requests: f64,
    pub minutes: i64,
    /// Something could not be read.
    pub unread: bool,
}

/// Failures with their requests, one latency, and what fills up. Who does not count its requests itself is judged by who calls
/// it too: a target group counts what its service answers.
pub fn wanted<'a>(releases: &Releases<'a, '_>, id: &ResourceId) -> Vec<&'a Metric> {
    let of = |id: &ResourceId| releases.metrics.iter().filter(|m| m.resource == *id).collect::<Vec<_>>();
    let own = of(id);
    let mut wanted = by_requests(releases, &own);
    if wanted.is_empty() {
        let callers = releases.inventory.edges.iter().filter(|edge| edge.to == *id);
        wanted = callers.flat_map(|edge| by_requests(releases, &of(&edge.from))).collect();
    }
    wanted.extend(own.into_iter().filter(|m| m.role == Role::Saturation && m.unit == "Percent"));
    wanted
}

fn by_requests<'a>(releases: &Releases<'a, '_>, metrics: &[&'a Metric]) -> Vec<&'a Metric> {
    // Where who asks may be at fault, more of it tells nothing of the release.
    let counts = |m: &&&Metric| m.role == Role::Errors && m.at_most.is_none() && releases.requests_of(m).is_some();
    let errors: Vec<&'a Metric> = metrics.iter().filter(counts).copied().collect();
    let mut wanted: Vec<&'a Metric> = errors.iter().filter_map(|m| releases.requests_of(m)).collect();
    wanted.dedup_by(|a, b| a.key == b.key);
    if wanted.is_empty() {
        wanted.extend(metrics.iter().copied().filter(|m| is_count(m)).take(1));
    }
    let Some(requests) = wanted.first().copied() else { return vec![] };
    wanted.extend(errors);
    let latency = metrics.iter().copied().filter(|m| m.role == Role::Latency);
    wanted.extend(latency.min_by_key(|m| (m.key.dimensions != requests.key.dimensions, !m.opens)));
    wanted
}

pub fn judge<'a>(releases: &Releases<'a, '_>, event: &ChangeEvent, id: &ResourceId, read: &Read<'a>) -> Trial {
    let name = releases.inventory.named(id).name;
    let (before, after, next) = stretches(releases, event, id);
    let mut trial = Trial {
        outcome: VerdictOutcome::NotJudged,
        name,
        said: String::new(),
        measures: vec![],
        requests: 0.0,
        minutes: after.minutes(),
        unread: false,
    };
    let least = i64::from(releases.rules().least_minutes);
    if after.minutes() < least {
        trial.said = next.map_or_else(String::new, |next| format!("released again {next} min later"));
        return trial;
    }
    if before.minutes() < least {
        trial.said = "nobody looked in time, and what was before is not read any more".to_owned();
        return trial;
    }
    let judged = Judged { releases, id, before, after, read };
    judged.fill(&mut trial);
    trial
}

/// Before, after, and how many minutes later the next release came, if it cut the time after.
fn stretches(releases: &Releases<'_, '_>, event: &ChangeEvent, id: &ResourceId) -> (Stretch, Stretch, Option<i64>) {
    let rules = releases.rules();
    let (first, last) = releases.run(event, id);
    let runs = releases.runs(id);
    let earlier = runs.iter().map(|(_, last)| *last).filter(|time| *time < first).max();
    let next = runs.iter().map(|(first, _)| *first).filter(|time| *time > last).min();
    let begin = first - i64::from(rules.before_minutes) * 60;
    let begin = begin.max(earlier.unwrap_or(begin)).max(releases.window_start.as_second());
    let end = last + i64::from(rules.after_minutes) * 60;
    let cut = next.filter(|next| *next < end);
    (Stretch(begin, first), Stretch(last, cut.unwrap_or(end)), cut.map(|next| (next - last) / 60))
}

struct Judged<'a, 'e, 'r> {
    releases: &'r Releases<'a, 'e>,
    id: &'r ResourceId,
    before: Stretch,
    after: Stretch,
    read: &'r Read<'a>,
}

impl<'a> Judged<'a, '_, '_> {
    fn points(&self, metric: &Metric) -> Option<&[Point]> {
        self.read.get(&metric.key)?.as_deref().ok()
    }

    fn fill(&self, trial: &mut Trial) {
        let rules = self.releases.rules();
        let wanted = wanted(self.releases, self.id);
        let unread: Vec<&&Metric> = wanted.iter().filter(|m| self.points(m).is_none()).collect();
        trial.unread = !unread.is_empty();
        let requests = wanted.iter().copied().find(|m| is_count(m));
        let counted = requests.and_then(|m| Some((m, self.points(m)?)));
        let sides = counted.map(|(m, points)| (self.before.sum(points, m.period), self.after.sum(points, m.period)));
        if let (Some(metric), Some((before, after))) = (requests, sides)
            && before.min(after) < rules.least_requests
        {
            trial.requests = after;
            trial.said = format!(
                "not enough traffic: {} {} in {} min after and {} in {} min before, at least {} each are needed",
                text::number(after),
                self.label(metric),
                self.after.minutes(),
                text::number(before),
                self.before.minutes(),
                text::number(rules.least_requests),
            );
            return;
        }
        let crowd = sides.map_or(1.0, |(before, after)| {
            (after / self.after.minutes() as f64) / (before / self.before.minutes() as f64)
        });
        let mut measured: Vec<(Measure, String)> =
            wanted.iter().filter(|m| !is_count(m)).filter_map(|m| self.measure(m, requests, crowd)).collect();
        // What tells most comes first.
        measured.sort_by_key(|(measure, _)| std::cmp::Reverse(measure.outcome));
        let outcome = measured.iter().map(|(measure, _)| measure.outcome).max();
        let mut said: Vec<String> = measured.iter().map(|(_, said)| said.clone()).collect();
        if let (Some(metric), Some((_, after))) = (requests, sides) {
            trial.requests = after;
            let times = if crowd >= rules.crowd {
                format!(" ({} as many as before)", text::times(crowd))
            } else {
                String::new()
            };
            said.push(format!("{} {}{times}", text::number(after), self.label(metric)));
        }
        trial.outcome = match outcome {
            Some(VerdictOutcome::Worse) => VerdictOutcome::Worse,
            // Nothing is well as long as something is not known.
            Some(outcome) if unread.is_empty() => outcome,
            _ => VerdictOutcome::NotJudged,
        };
        said.extend(unread.first().map(|metric| self.why_unread(metric)));
        if said.is_empty() {
            said.push("nothing was published before and after it".to_owned());
        }
        trial.measures = measured.into_iter().map(|(measure, _)| measure).collect();
        trial.said = said.join(", ");
    }

    fn measure(&self, metric: &'a Metric, requests: Option<&Metric>, crowd: f64) -> Option<(Measure, String)> {
        let rules = self.releases.rules();
        let points = self.points(metric)?;
        let sides = [self.before, self.after];
        let (before, after, outcome) = if metric.role == Role::Errors {
            let counted = self.releases.requests_of(metric)?;
            let counts = self.points(counted)?;
            let [before, after] = sides.map(|side| Share {
                failed: side.sum(points, metric.period),
                requests: side.sum(counts, counted.period),
            });
            (before.of(), after.of(), shares(rules, metric, before, after))
        } else {
            let counts = requests.filter(|m| m.resource == metric.resource).and_then(|m| self.points(m));
            let counts = counts.filter(|_| metric.role == Role::Latency);
            let [before, after] = sides.map(|side| middle(&side.points(points, metric.period), counts));
            let (before, after) = (before?, after?);
            (before, after, levels(rules, metric, before, after))
        };
        let outcome = match outcome {
            // More requests make it slower, whatever was released.
            VerdictOutcome::Worse if metric.role != Role::Errors && crowd >= rules.crowd => VerdictOutcome::Same,
            outcome => outcome,
        };
        let value = |value: f64| match metric.role {
            Role::Errors => format!("{} %", text::number(value * 100.0)),
            _ => text::value(metric, value),
        };
        let said = format!("{} {} → {}", self.label(metric), value(before), value(after));
        Some((Measure { metric: metric.key.clone(), outcome, before, after }, said))
    }

    /// With whose it is where it is another's.
    fn label(&self, metric: &Metric) -> String {
        let label = text::label(self.releases.catalog, metric);
        match metric.resource == *self.id {
            true => label,
            false => format!("{label} of {}", self.releases.inventory.named(&metric.resource).name),
        }
    }

    fn why_unread(&self, metric: &Metric) -> String {
        match self.read.get(&metric.key) {
            Some(Err(unseen)) => format!("{} could not be read: {}", self.label(metric), unseen.reason),
            _ => format!("{} was not read", self.label(metric)),
        }
    }
}
