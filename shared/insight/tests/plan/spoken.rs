//! Every number and time in what an insight says must be one of its evidence's. The forms that its evidence may take are made
//! here from its data alone, by other means than the planner's own.

use stackseer_catalog::Catalog;
use stackseer_model::*;
use std::collections::BTreeSet;

/// The numbers and times that may be said.
#[derive(Default, Clone)]
pub struct Evidence {
    said: BTreeSet<String>,
    times: Vec<Timestamp>,
    words: BTreeSet<String>,
}

impl Evidence {
    pub fn of(insight: &Insight, now: Timestamp) -> Self {
        let mut known = Self::default();
        known.words(insight);
        known
            .times
            .extend([Some(insight.start_time), insight.end_time, Some(insight.open_time), Some(now)].iter().flatten());
        for anomaly in &insight.anomalies {
            known.times.extend([Some(anomaly.start_time), anomaly.end_time].iter().flatten());
            if let Some(of) = anomaly.of_metric() {
                known.value(&of.metric, of.peak);
                known.value(&of.metric, of.expected);
                known.ratio(of.peak, of.expected);
                if let Some(limit) = of.limit {
                    known.limit(&of.metric, of.peak, limit);
                }
            }
        }
        for event in &insight.events {
            known.times.push(event.time);
            let sides = event.changes.iter().flat_map(|c| [&c.from, &c.to]).flatten();
            known.said.extend(sides.flat_map(|side| numbers(side)));
        }
        known.said.extend(insight.causes.iter().filter_map(|c| c.share).map(|s| format!("{:.0} %", s * 100.0)));
        let repeat = insight.repeat.as_ref().map(|r| r.times.to_string());
        // What the insight may list of itself.
        known.said.extend(repeat.into_iter().chain((1..=insight.anomalies.len()).map(|n| n.to_string())));
        known.thresholds(insight);
        known
    }

    /// What was seen of a metric that is in no anomaly of the insight.
    pub fn also(&mut self, metric: &Metric, seen: f64, expected: f64) {
        self.value(metric, seen);
        self.value(metric, expected);
        self.ratio(seen, expected);
    }

    /// The mean over a stretch, which some predicates judge.
    pub fn also_mean(&mut self, metric: &Metric, mean: f64, expected: f64) {
        self.value(metric, mean);
        self.value(metric, expected);
    }

    /// What was known a look before, for what compares with it.
    pub fn and(mut self, other: &Self) -> Self {
        self.said.extend(other.said.iter().cloned());
        self.times.extend(&other.times);
        self.words.extend(other.words.iter().cloned());
        self
    }

    /// The numbers and times of the text that are none of the evidence's.
    pub fn strange_in(&self, text: &str) -> Vec<String> {
        let mut left = text.to_owned();
        let mut words: Vec<&String> = self.words.iter().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.into_iter().for_each(|word| left = left.replace(word.as_str(), "…"));
        numbers(&left).into_iter().filter(|number| !self.said.contains(number) && !self.is_time(number)).collect()
    }

    fn is_time(&self, said: &str) -> bool {
        let is_length = || {
            let pairs = self.times.iter().flat_map(|a| self.times.iter().map(move |b| (a, b)));
            pairs.into_iter().any(|(a, b)| length(b.as_second() - a.as_second()).as_deref() == Some(said))
        };
        match said.strip_suffix(" UTC") {
            Some(clock) => self.times.iter().any(|time| {
                let whole = time.to_string();
                clock == &whole[11..16] || clock == format!("{} {}", &whole[..10], &whole[11..16])
            }),
            None => is_length(),
        }
    }

    fn value(&mut self, metric: &Metric, value: f64) {
        let said = match metric.unit.as_str() {
            "Milliseconds" => span(value / 1e3),
            "Microseconds" => span(value / 1e6),
            "Seconds" => span(value),
            "Percent" => format!("{} %", figures(value)),
            "Bytes" => {
                let power = [4, 3, 2, 1, 0].into_iter().find(|p| value >= 1024f64.powi(*p)).unwrap_or(0);
                let unit = ["bytes", "KB", "MB", "GB", "TB"][power as usize];
                format!("{} {unit}", figures(value / 1024f64.powi(power)))
            }
            "Count" | "None" | "" if metric.key.statistic == "Sum" => {
                format!("{} a minute", figures(value / f64::from(metric.period) * 60.0))
            }
            _ => figures(value),
        };
        self.said.insert(said);
    }

    fn ratio(&mut self, peak: f64, expected: f64) {
        if expected > 0.0 {
            self.said.insert(format!("{}×", figures(peak / expected)));
        }
    }

    /// A use against its limit; a day's use is a rate.
    fn limit(&mut self, metric: &Metric, peak: f64, limit: f64) {
        self.value(metric, limit);
        let share = (peak / limit * 1e3).round() / 10.0;
        self.said.extend([figures(peak), figures(limit), format!("{} %", figures(share))]);
    }

    /// Names, in which digits are no numbers.
    fn words(&mut self, insight: &Insight) {
        let catalog = Catalog::builtin();
        self.words.insert(insight.application.name.clone());
        self.words.extend(catalog.patterns().iter().map(|p| p.id.clone()));
        self.words.extend(catalog.checks().iter().map(|c| c.id.clone()));
        let metrics = catalog.services().iter().flat_map(|s| &s.metrics);
        let names = metrics.flat_map(|m| [m.name.clone(), m.label.clone(), capital(&m.label)]);
        self.words.extend(names.filter(|name| name.contains(|c: char| c.is_ascii_digit())));
        self.words.extend(insight.anomalies.iter().map(|a| a.resource.name.clone()));
        self.words.extend(insight.causes.iter().map(|c| c.resource.name.clone()));
        self.words.extend(insight.causes.iter().flat_map(|c| &c.path).map(|s| s.resource.name.clone()));
        self.words.extend(insight.events.iter().map(|e| e.name.clone()));
    }

    /// What the catalogue's own sentences say, and what its predicates compare with.
    fn thresholds(&mut self, insight: &Insight) {
        let catalog = Catalog::builtin();
        let mut templates: Vec<&str> = Vec::new();
        for pattern in catalog.patterns() {
            // One that was looked at and ruled out says its own thresholds.
            let because = pattern.not_when.iter().map(|l| l.because.as_str());
            templates.extend(because);
            let advice = &pattern.recommendation;
            if insight.pattern() == Some(pattern.id.as_str()) {
                let own = [&pattern.title, &pattern.description, &advice.name, &advice.description, &advice.reason];
                templates.extend(own.map(String::as_str));
            }
            for within in pattern.when.iter().chain(pattern.not_when.iter().flat_map(|l| &l.when)) {
                if let stackseer_catalog::Test::Change(change) = &within.test {
                    self.said.insert(format!("{} min", change.within_minutes.unwrap_or(60)));
                }
            }
        }
        for check in catalog.checks().iter().filter(|c| insight.check() == Some(c.id.as_str())) {
            let advice = &check.recommendation;
            let own = [&check.title, &check.description, &advice.name, &advice.description, &advice.reason];
            templates.extend(own.map(String::as_str));
            self.said.extend(check.target.map(|target| format!("{} %", figures(target * 100.0))));
            for bound in check.when.iter().filter_map(stackseer_catalog::Predicate::bound) {
                self.said.insert(format!("{} %", figures(bound.share * 100.0)));
                self.said.extend(bound.over.map(|over| over.count.to_string()));
            }
        }
        self.said.extend(templates.iter().flat_map(|template| numbers(template)));
        // Seven days are in which repeats are counted.
        self.said.extend(insight.repeat.iter().map(|_| "7 days".to_owned()));
    }
}

/// All that an insight says, but for its history.
pub fn texts(insight: &Insight) -> Vec<&str> {
    let mut texts = vec![insight.name.as_str(), &insight.description];
    for cause in &insight.causes {
        texts.push(&cause.reason);
        texts.extend(cause.path.iter().map(|step| step.evidence.as_str()));
    }
    for advice in &insight.recommendations {
        texts.extend([advice.name.as_str(), &advice.description, &advice.reason]);
    }
    texts.extend(insight.anomalies.iter().map(|a| a.description.as_str()));
    texts.extend(insight.considered.iter().map(|c| c.because.as_str()));
    texts
}

fn capital(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..]
}

/// Three significant figures below a hundred, whole above, thousands parted.
fn figures(value: f64) -> String {
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    if rounded.abs() < 100.0 {
        return rounded.to_string();
    }
    let digits = format!("{value:.0}");
    let (first, rest) = digits.split_at((digits.len() - 1) % 3 + 1);
    let parted = rest.as_bytes().chunks(3).map(|three| format!(",{}", str::from_utf8(three).unwrap_or_default()));
    first.to_owned() + &parted.collect::<String>()
}

fn span(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{} ms", figures(s * 1e3)),
        s if s < 120.0 => format!("{} s", figures(s)),
        s if s < 7200.0 => format!("{} min", figures(s / 60.0)),
        s => format!("{} h", figures(s / 3600.0)),
    }
}

/// None for what is no length at all.
fn length(seconds: i64) -> Option<String> {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let mut said = Vec::new();
    match days {
        0 => {}
        1 => said.push("1 day".to_owned()),
        _ => said.push(format!("{days} days")),
    }
    if hours > 0 {
        said.push(format!("{hours} h"));
    }
    if minutes > 0 && days < 2 {
        said.push(format!("{minutes} min"));
    }
    (seconds > 0 && !said.is_empty()).then(|| said.join(" "))
}

const UNITS: [&str; 13] =
    [" a minute", " min", " ms", " s", " h", " days", " day", " %", "×", " bytes", " KB", " MB", " GB"];

/// The numbers of a text with their units; parts of a length and of a time are one. Digits within a name are none.
fn numbers(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    let mut before = ' ';
    let mut joins = false;
    while let Some(letter) = rest.chars().next() {
        if !letter.is_ascii_digit() || before.is_alphanumeric() || before == '_' {
            // `5 h 48 min`
            joins = joins && letter == ' ';
            before = letter;
            rest = &rest[letter.len_utf8()..];
            continue;
        }
        let (said, after) = one(rest);
        let is_length = |said: &str| said.ends_with(" h") || said.ends_with(" min") || said.contains(" day");
        match found.last_mut().filter(|_| joins && is_length(&said)) {
            Some(last) => *last += &format!(" {said}"),
            None => found.push(said.clone()),
        }
        joins = is_length(&said) && !said.ends_with(" min");
        before = said.chars().last().filter(char::is_ascii_digit).unwrap_or(' ');
        rest = after;
    }
    found
}

/// The number or time that the text begins with, and what comes after it.
fn one(text: &str) -> (String, &str) {
    let is_clock = |end: &usize| text[..*end].chars().all(|c| c.is_ascii_digit() || "-: ".contains(c));
    if let Some(end) = text.find(" UTC").filter(|end| [5, 16].contains(end)).filter(is_clock) {
        return (text[..end + 4].to_owned(), &text[end + 4..]);
    }
    let part = |c: char| c.is_ascii_digit() || c == '.' || c == ',' || c == ':';
    let number = text[..text.find(|c| !part(c)).unwrap_or(text.len())].trim_end_matches(['.', ',', ':']);
    let after = &text[number.len()..];
    let ends = |unit: &str| after.strip_prefix(unit).filter(|left| !left.starts_with(char::is_alphanumeric));
    match UNITS.iter().find_map(|unit| Some((unit, ends(unit)?))) {
        Some((unit, left)) => (format!("{number}{unit}"), left),
        None => (number.to_owned(), after),
    }
}

#[test]
fn numbers_are_found_with_their_units() {
    let text = "5XX of shop-2: 1,240 a minute against 4.2 s (4.1×), from 14:03 UTC to 2026-01-13 14:05 UTC, 5 h 48 min; 3 more.";
    let found = ["1,240 a minute", "4.2 s", "4.1×", "14:03 UTC", "2026-01-13 14:05 UTC", "5 h 48 min", "3"];
    // `shop-2` is a name that the evidence knows; here nobody took it out.
    assert_eq!(numbers(&text.replace("5XX", "…").replace("shop-2", "…")), found);
    assert_eq!(numbers("p90 of a_1 and 5, 6"), ["5", "6"]);
    assert_eq!(numbers("120 ms (38×) from 12:13 UTC"), ["120 ms", "38×", "12:13 UTC"]);
}

#[test]
fn what_is_not_of_the_evidence_is_strange() {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let times = vec![time("2026-01-13T14:03:00Z"), time("2026-01-13T14:10:00Z")];
    let known = Evidence { said: BTreeSet::from(["30 a minute".to_owned()]), times, ..Evidence::default() };
    assert!(known.strange_in("30 a minute from 14:03 UTC, 7 min before").is_empty());
    assert_eq!(
        known.strange_in("31 a minute from 14:04 UTC, 8 min before, 30"),
        ["31 a minute", "14:04 UTC", "8 min", "30"]
    );
}
