//! The results as a table, targets beside them.

use crate::incidents::Strength;
use crate::judge::Outcome;
use crate::quiet::Quiet;
use serde::Serialize;
use stackseer_model::Severity;
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Debug, Clone, Serialize)]
pub struct Results {
    pub cases: Vec<Outcome>,
    pub quiet: Vec<Quiet>,
}

/// One number of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    pub name: &'static str,
    pub target: &'static str,
    pub value: Option<f64>,
    pub cases: usize,
    /// A share that should be high; else a number that should be low.
    pub is_share: bool,
}

fn share<'a>(cases: &[&'a Outcome], of: impl Fn(&'a Outcome) -> Option<bool>) -> (Option<f64>, usize) {
    let known: Vec<bool> = cases.iter().filter_map(|case| of(case)).collect();
    let right = known.iter().filter(|right| **right).count();
    ((!known.is_empty()).then(|| right as f64 / known.len() as f64 * 100.0), known.len())
}

fn median(mut values: Vec<i64>) -> Option<f64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    Some(if values.len() % 2 == 1 {
        *values.get(middle)? as f64
    } else {
        (*values.get(middle)? + values[middle - 1]) as f64 / 2.0
    })
}

type Asked = fn(&Outcome) -> Option<bool>;

const ASKED: [(&str, &str, Asked); 11] = [
    ("cause first", "≥ 92 %", |c| c.cause_first),
    ("cause in three", "≥ 98 %", |c| c.cause_in_three),
    ("change named", "", |c| c.change_named),
    ("path right", "≥ 85 %", |c| c.path_right),
    ("exactly one insight", "≥ 95 %", Outcome::exactly_one),
    ("title right", "≥ 92 %", |c| c.title_right),
    ("severity right", "", |c| c.severity_right),
    ("closed within an hour", "", |c| c.closed),
    ("abstention right", "", |c| c.abstained),
    ("nobody innocent blamed", "", |c| c.innocent_blamed.map(|blamed| !blamed)),
    ("harmless: nothing high", "", |c| c.stayed_low),
];

pub fn of_cases(cases: &[&Outcome]) -> Vec<Measure> {
    let mut measures = Vec::new();
    for (strength, name, target) in [
        (Strength::Clear, "recall, clear", "≥ 98 %"),
        (Strength::Mild, "recall, mild", "≥ 85 %"),
        (Strength::Night, "recall, night", "≥ 90 %"),
    ] {
        let of_strength: Vec<&Outcome> = cases.iter().copied().filter(|c| c.strength == strength).collect();
        let (value, cases) = share(&of_strength, |c| c.found);
        measures.push(Measure { name, target, value, cases, is_share: true });
    }
    let times: Vec<i64> = cases.iter().filter_map(|c| c.minutes_to_detect).collect();
    measures.push(Measure {
        name: "median minutes to detect",
        target: "≤ 8",
        cases: times.len(),
        value: median(times),
        is_share: false,
    });
    for (name, target, asked) in ASKED {
        let (value, cases) = share(cases, asked);
        measures.push(Measure { name, target, value, cases, is_share: true });
    }
    measures
}

pub fn of_quiet(quiet: &[Quiet]) -> Vec<Measure> {
    let weeks: f64 = quiet.iter().map(|q| q.weeks * q.resources as f64 / 20.0).sum();
    let metric_weeks: f64 = quiet.iter().map(|q| q.weeks * q.opening_metrics as f64).sum();
    let all = quiet.iter().flat_map(|q| &q.insights);
    let insights = all.clone().count();
    let high = all.filter(|o| o.severity == Some(Severity::High)).count();
    let spans: usize = quiet.iter().map(|q| q.spans.len()).sum();
    let value = |count: usize, of: f64| (of > 0.0).then(|| count as f64 / of);
    let measure =
        |name, target, count, of| Measure { name, target, value: value(count, of), cases: count, is_share: false };
    vec![
        measure("insights per 20-resource week", "≤ 0.1", insights, weeks),
        measure("of them high", "0", high, weeks),
        measure("spans per opening metric-week", "≤ 0.02", spans, metric_weeks),
    ]
}

fn shown(value: Option<f64>, is_share: bool) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if is_share => format!("{value:.1} %"),
        Some(value) => format!("{value:.3}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

/// What each measure must reach, by name.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// Shares in per cent: so much at least.
    least: BTreeMap<String, f64>,
    /// Numbers: so much at most.
    most: BTreeMap<String, f64>,
}

impl Results {
    /// One line for each measure that is worse than its floor, or that there is no such measure.
    pub fn fallen(&self, floors: &Floors) -> Vec<String> {
        let measures = [of_quiet(&self.quiet), of_cases(&self.cases.iter().collect::<Vec<_>>())].concat();
        let judge = |(name, floor): (&String, &f64), is_share: bool| {
            let measure = measures.iter().find(|m| m.name == name && m.is_share == is_share);
            let Some(value) = measure.and_then(|m| m.value) else {
                return Some(format!("{name}: there is no such measure"));
            };
            let is_worse = if is_share { value < *floor } else { value > *floor };
            let (wanted, value) = (shown(Some(*floor), is_share), shown(Some(value), is_share));
            is_worse.then(|| {
                format!("{name}: {value}, {} {wanted} is wanted", if is_share { "at least" } else { "at most" })
            })
        };
        let least = floors.least.iter().filter_map(|floor| judge(floor, true));
        least.chain(floors.most.iter().filter_map(|floor| judge(floor, false))).collect()
    }

    pub fn table(&self) -> String {
        let mut text = String::new();
        if !self.quiet.is_empty() {
            self.quiet_table(&mut text);
        }
        if !self.cases.is_empty() {
            self.incident_table(&mut text);
            self.kind_table(&mut text);
        }
        text
    }

    fn quiet_table(&self, text: &mut String) {
        let apps: Vec<&str> = names(self.quiet.iter().map(|q| q.app));
        let mut line = |cells: &[String]| _ = writeln!(text, "| {} |", cells.join(" | "));
        let head = ["quiet", "target", "all", "tune", "hold"].into_iter().chain(apps.iter().copied());
        let head: Vec<String> = head.map(str::to_owned).collect();
        line(&head);
        line(&vec!["---".to_owned(); head.len()]);
        let of = |takes: &dyn Fn(&Quiet) -> bool| -> Vec<Measure> {
            of_quiet(&self.quiet.iter().filter(|q| takes(q)).cloned().collect::<Vec<_>>())
        };
        let mut columns = vec![of(&|_| true), of(&|q| !q.seed.is_multiple_of(2)), of(&|q| q.seed.is_multiple_of(2))];
        columns.extend(apps.iter().map(|app| of(&|q| q.app == *app)));
        for (row, measure) in columns[0].iter().enumerate() {
            let cell = |m: &Measure| format!("{} ({})", shown(m.value, false), m.cases);
            let cells = columns.iter().map(|column| cell(&column[row]));
            line(&[measure.name.to_owned(), measure.target.to_owned()].into_iter().chain(cells).collect::<Vec<_>>());
        }
        _ = writeln!(text);
    }

    fn incident_table(&self, text: &mut String) {
        let all: Vec<&Outcome> = self.cases.iter().collect();
        let (held, tuned): (Vec<&Outcome>, Vec<&Outcome>) = all.iter().partition(|c| c.held_back);
        _ = writeln!(text, "| incidents | target | all | tune | hold |\n| --- | --- | --- | --- | --- |");
        let columns = [of_cases(&all), of_cases(&tuned), of_cases(&held)];
        for (row, measure) in columns[0].iter().enumerate() {
            let cell = |m: &Measure| format!("{} ({})", shown(m.value, m.is_share), m.cases);
            let [all, tuned, held] = columns.each_ref().map(|column| cell(&column[row]));
            _ = writeln!(text, "| {} | {} | {all} | {tuned} | {held} |", measure.name, measure.target);
        }
        _ = writeln!(text);
    }

    fn kind_table(&self, text: &mut String) {
        _ = writeln!(
            text,
            "| kind | app | half | found: clear | mild | night | minutes | one | first | three | path | title | severity | closed | abstains | harmless |\n| {} |",
            ["---"; 16].join(" | ")
        );
        for (kind, app) in names(self.cases.iter().map(|c| (c.kind, c.app))) {
            let cases: Vec<&Outcome> = self.cases.iter().filter(|c| c.kind == kind && c.app == app).collect();
            let count = |cases: &[&Outcome], of: Asked| {
                let known: Vec<bool> = cases.iter().copied().filter_map(of).collect();
                if known.is_empty() {
                    "–".to_owned()
                } else {
                    format!("{}/{}", known.iter().filter(|k| **k).count(), known.len())
                }
            };
            let found = Strength::ALL.map(|strength| {
                let of_strength: Vec<&Outcome> = cases.iter().copied().filter(|c| c.strength == strength).collect();
                count(&of_strength, |c| c.found)
            });
            let minutes = shown(median(cases.iter().filter_map(|c| c.minutes_to_detect).collect()), false);
            let asked: [Asked; 9] = [
                Outcome::exactly_one,
                |c| c.cause_first,
                |c| c.cause_in_three,
                |c| c.path_right,
                |c| c.title_right,
                |c| c.severity_right,
                |c| c.closed,
                |c| c.abstained,
                |c| c.stayed_low,
            ];
            let half = if crate::incidents::is_held_back(kind) { "hold" } else { "tune" };
            let cells: Vec<String> = asked.into_iter().map(|of| count(&cases, of)).collect();
            _ = writeln!(
                text,
                "| {kind} | {app} | {half} | {} | {minutes} | {} |",
                found.join(" | "),
                cells.join(" | ")
            );
        }
    }

    /// What opened for nothing, one a line.
    pub fn opened(&self) -> String {
        let mut text = String::new();
        for quiet in &self.quiet {
            for (what, all) in [("insight", &quiet.insights), ("span", &quiet.spans)] {
                for o in all {
                    let severity = o.severity.map_or_else(String::new, |s| format!(" {s:?}"));
                    let near = if o.near.is_empty() { "nothing special".to_owned() } else { o.near.join(", ") };
                    _ = writeln!(text, "{} {} {what}{severity} {} [{near}] {}", quiet.app, quiet.seed, o.at, o.what);
                }
            }
        }
        text
    }
}

/// Each once, in the order of appearance.
fn names<T: PartialEq + Copy>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut known, one| {
        if !known.contains(&one) {
            known.push(one);
        }
        known
    })
}

/// What was said of one case, look by look.
pub fn told(kind: &crate::incidents::Kind, tried: &crate::judge::Tried, outcomes: &[Outcome]) -> String {
    use crate::calendar::time;
    let mut text = String::new();
    let scene = &tried.scene;
    _ = writeln!(text, "\n== {} / {} / {} / {}", kind.name, scene.app, scene.strength.name(), scene.seed);
    for (outcome, span) in outcomes.iter().zip(&tried.spans) {
        _ = writeln!(text, "   harm {} to {}, {} minutes", time(span.onset), time(span.end), span.minutes);
        let asked = ASKED.iter().filter(|(_, _, asked)| asked(outcome) == Some(false)).map(|(name, ..)| *name);
        let wrong: Vec<&str> = (outcome.found == Some(false)).then_some("not found").into_iter().chain(asked).collect();
        _ = writeln!(text, "   wrong: {}", if wrong.is_empty() { "nothing".to_owned() } else { wrong.join(", ") });
    }
    let mut before: Option<(String, String)> = None;
    for seen in &tried.seen {
        let insight = &seen.insight;
        let causes: Vec<String> =
            insight.causes.iter().map(|c| format!("{} ({})", c.resource.name, c.reason)).collect();
        let said = format!(
            "{:?} {:?} {}\n      causes: {}",
            insight.status,
            insight.severity,
            insight.name,
            causes.join("; ")
        );
        let now = Some((insight.id.to_string(), said.clone()));
        if before == now {
            continue;
        }
        before = now;
        _ = writeln!(text, "   {} {said}", time(seen.minute));
        if let Some(cause) = insight.causes.first() {
            let path: Vec<&str> = cause.path.iter().map(|s| s.resource.name.as_str()).collect();
            _ = writeln!(text, "      path: {}", path.join(" → "));
        }
        for anomaly in &insight.anomalies {
            let score = anomaly.of_metric().map_or(0.0, |m| m.score);
            _ = writeln!(
                text,
                "      {:?} {} {} to {:?}, score {score:.1}",
                anomaly.anomaly_type,
                anomaly.description,
                anomaly.start_time,
                anomaly.end_time.map(|t| t.to_string())
            );
        }
    }
    if tried.seen.is_empty() {
        _ = writeln!(text, "   nothing was said");
    }
    text
}

/// The middle, the highest and the sum of each metric, at night and by day.
pub fn levels(lab: &crate::lab::Lab) -> String {
    use crate::calendar::{DAY, HOUR};
    let mut text = String::new();
    let day = lab.end() - DAY;
    for (metric, track) in lab.watched.metrics.iter().zip(&lab.running.recorder.tracks) {
        let of = |from: i64, to: i64| {
            let mut values: Vec<f64> = track.between(day + from, day + to).collect();
            values.sort_by(f64::total_cmp);
            let (Some(most), middle) = (values.last(), values.len() / 2) else { return "nothing".to_owned() };
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            format!("{} points, mean {mean:.4}, middle {:.4}, most {most:.4}", values.len(), values[middle])
        };
        let name = lab.watched.app.inventory.named(&metric.resource).name;
        let key = &metric.key;
        let operation = key.dimensions.get("Operation").map_or("", String::as_str);
        let (night, noon) = (of(0, 4 * HOUR), of(9 * HOUR, 15 * HOUR));
        _ = writeln!(text, "{name} {} {} {operation}: night {night}; day {noon}", key.name, key.statistic);
    }
    text
}

/// How much one case harms.
pub fn harm(lab: &crate::lab::Lab, kind: &crate::incidents::Kind, strength: Strength) -> String {
    let (scene, plan, _, spans) = crate::judge::stage(lab, kind, strength);
    let mut text = String::new();
    for (truth, span) in plan.truths.iter().zip(&spans) {
        let wanted = truth.harm.iter().map(|h| h.clear_minutes).max().unwrap_or(0);
        let begins = span.onset - scene.at;
        let (lasts, minutes) = (span.end - span.onset, span.minutes);
        let enough = if minutes >= wanted {
            ""
        } else if strength == Strength::Mild && minutes > 0 {
            " (few)"
        } else {
            " TOO FEW"
        };
        _ = writeln!(
            text,
            "{} {} {} {}: after {begins} min for {lasts} min, {minutes} harmful{enough}",
            kind.name,
            scene.app,
            strength.name(),
            scene.seed
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results() -> Results {
        let quiet = |insights: usize| Quiet {
            app: "shop",
            seed: 1,
            weeks: 2.0,
            resources: 20,
            opening_metrics: 50,
            insights: vec![
                crate::quiet::Opened {
                    at: String::new(),
                    what: String::new(),
                    severity: Some(Severity::High),
                    near: vec![]
                };
                insights
            ],
            spans: vec![],
        };
        Results { cases: vec![], quiet: vec![quiet(1)] }
    }

    #[test]
    fn a_floor_tells_what_fell_below_it_and_what_it_does_not_know() {
        let floors = |text: &str| toml::from_str::<Floors>(text).unwrap();
        let most = |value: &str| floors(&format!("least = {{}}\n[most]\n'insights per 20-resource week' = {value}"));
        assert_eq!(results().fallen(&most("0.5")), Vec::<String>::new());
        assert_eq!(results().fallen(&most("0.4")), ["insights per 20-resource week: 0.5, at most 0.4 is wanted"]);
        let unknown = floors("most = {}\nleast = { 'recall, clear' = 90, nonsense = 1 }");
        assert_eq!(results().fallen(&unknown).len(), 2, "no case was run, and nonsense is none");
    }

    #[test]
    fn the_middle_of_an_even_number_lies_between() {
        assert_eq!([vec![], vec![3], vec![5, 1], vec![9, 1, 4]].map(median), [None, Some(3.0), Some(3.0), Some(4.0)]);
    }
}
