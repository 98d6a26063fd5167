//! What is ordinary.

use super::{Feature, Scripted};
use crate::apps::App;
use crate::calendar::{DAY, HOUR, Minute, WEEK};
use crate::random::Dice;
use crate::script::{Done, Late, Script, code, configured, tasks};
use crate::world::{Node, Part, Setup};

/// The fortnight before `from`, and what is ordinary from then to `to`.
pub fn script(app: &App, seed: u64, from: Minute, to: Minute) -> Scripted {
    let mut all = All { script: Script::default(), features: vec![], dice: dice(app, seed), from, to };
    all.each_week(app);
    all.traffic();
    all.gaps(app);
    all.late_points();
    all.births_and_deaths(app);
    all.scaled_tables(app);
    all.jobs();
    (all.script, all.features)
}

/// What there is each week, in the fortnight before `end`.
pub fn fortnight(app: &App, seed: u64, end: Minute) -> Script {
    let mut all = All { script: Script::default(), features: vec![], dice: dice(app, seed + 7), from: end, to: end };
    all.each_week(app);
    all.script
}

/// Not all applications have their crawler at the same time.
fn dice(app: &App, seed: u64) -> Dice {
    let name = app.name.bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte));
    Dice::new(seed, 501, name as i64)
}

struct All {
    script: Script,
    features: Vec<Feature>,
    dice: Dice,
    from: Minute,
    to: Minute,
}

/// More or fewer come through every door.
fn busier(setup: &mut Setup, times: f64) {
    for node in &mut setup.nodes {
        match &mut node.part {
            Part::Door(door) => door.rate *= times,
            Part::Feed(feed) => feed.rate *= times,
            _ => {}
        }
    }
}

impl All {
    fn weeks(&self) -> i64 {
        (self.to - self.from) / WEEK
    }

    fn each_week(&mut self, app: &App) {
        for week in -2..self.weeks() {
            self.deployments(app, week);
            self.crawler(week);
            self.single_errors(app, week);
        }
    }

    /// A time of some week, by chance.
    fn moment(&mut self, week: i64) -> Minute {
        self.from + week * WEEK + self.dice.below(7 * 24 * 60) as i64
    }

    fn note(&mut self, from: Minute, minutes: Minute, what: &'static str) {
        self.features.push(Feature { from, to: from + minutes, what });
    }

    /// Four a week, which change nothing but that the first runs are cold.
    fn deployments(&mut self, app: &App, week: i64) {
        let deployed: Vec<(&'static str, bool)> = app
            .setup
            .nodes
            .iter()
            .filter_map(|n| match n.part {
                Part::Function(_) => Some((n.name, true)),
                Part::Service(_) => Some((n.name, false)),
                _ => None,
            })
            .collect();
        for day in 0..4 {
            let (name, is_function) = deployed[self.dice.below(deployed.len())];
            let minute = self.from + week * WEEK + day * DAY + 8 * HOUR + self.dice.below(8 * 60) as i64;
            if is_function {
                self.script.done(code(minute, name));
                self.script.during(minute, 2, move |s| s.function(name).cold_runs = 2.0);
            } else {
                self.script.done(tasks(minute, name));
            }
            self.note(minute, 10, "a deployment");
        }
    }

    fn traffic(&mut self) {
        // Half and double days, and a level that stays.
        for (week, day, times, what) in [
            (1, 2, 2.0, "a day of double traffic"),
            (3, 3, 0.5, "a day of half the traffic"),
            (6, 1, 0.5, "a day of half the traffic"),
            (8, 4, 2.0, "a day of double traffic"),
        ] {
            let minute = self.from + week * WEEK + day * DAY;
            if minute < self.to {
                self.script.ramp(minute, DAY, 2 * HOUR, 2 * HOUR, move |s, strength| {
                    busier(s, 1.0 + (times - 1.0) * strength)
                });
                self.note(minute, DAY + 2 * HOUR, what);
            }
        }
        let shift = self.from + 2 * WEEK + 9 * HOUR;
        if shift < self.to {
            self.script.during(shift, 52 * WEEK, |s| busier(s, 1.35));
            self.note(shift, 2 * DAY, "a level that stays");
        }
        // Three per cent a day for three weeks.
        let growth = self.from + 9 * WEEK;
        if growth < self.to {
            self.script.ramp(growth, 52 * WEEK, 3 * WEEK, 0, |s, strength| busier(s, 1.03_f64.powf(21.0 * strength)));
            self.note(growth, 3 * WEEK, "growth of 3 % a day");
        }
        let summer_time = 5 * WEEK - DAY;
        if (self.from..self.to).contains(&summer_time) {
            self.note(summer_time, 2 * DAY, "summer time began");
        }
    }

    fn crawler(&mut self, week: i64) {
        let (minute, minutes) = (self.moment(week), 20 + self.dice.below(70) as i64);
        let share = 0.05 + 0.15 * self.dice.share();
        self.script.during(minute, minutes, move |s| {
            for node in &mut s.nodes {
                if let Part::Door(door) = &mut node.part {
                    door.crawler += door.rate * share;
                }
            }
        });
        self.note(minute, minutes, "a crawler");
    }

    /// Points that never come: of one node, or of all.
    fn gaps(&mut self, app: &App) {
        let nodes = app.setup.nodes.len();
        for week in (0..self.weeks()).step_by(2) {
            let (minute, minutes) = (self.moment(week), 15 + self.dice.below(30) as i64);
            let node = self.dice.below(nodes);
            let all = self.dice.happens(0.3);
            self.script.during(minute, minutes, move |s| {
                s.nodes.iter_mut().enumerate().filter(|(n, _)| all || *n == node).for_each(|(_, n)| n.is_silent = true);
            });
            self.note(minute, minutes, "a gap");
        }
    }

    fn late_points(&mut self) {
        for week in (1..self.weeks()).step_by(3) {
            let minute = self.moment(week);
            self.script.late.push(Late { from: minute, to: minute + HOUR, minutes: 4 + self.dice.below(6) as i64 });
            self.note(minute, HOUR + 10, "late points");
        }
    }

    /// A function that nobody called before, and one that nobody calls any more.
    fn births_and_deaths(&mut self, app: &App) {
        let seldom = |n: &&Node| matches!(&n.part, Part::Function(f) if f.sends.is_empty());
        let functions: Vec<&'static str> = app.setup.nodes.iter().filter(seldom).map(|n| n.name).collect();
        if functions.len() < 2 {
            return;
        }
        let (born, dead) = (functions[0], functions[functions.len() - 1]);
        let birth = self.from + 3 * WEEK + DAY + 10 * HOUR;
        self.script.during(self.from - 4 * WEEK, birth - self.from + 4 * WEEK, move |s| s.node(born).is_silent = true);
        self.note(birth, 3 * DAY, "a function that is new");
        let death = self.from + 7 * WEEK + 2 * DAY + 11 * HOUR;
        if death < self.to {
            self.script.during(death, 52 * WEEK, move |s| s.node(dead).is_silent = true);
            self.note(death, 3 * DAY, "a function that is gone");
        }
    }

    /// For a minute a few per cent fail, as happens where machines are.
    fn single_errors(&mut self, app: &App, week: i64) {
        let names = app.setup.nodes.iter().filter(|n| matches!(n.part, Part::Function(_) | Part::Service(_)));
        let names: Vec<&'static str> = names.map(|n| n.name).collect();
        for _ in 0..3 {
            let (minute, name) = (self.moment(week), names[self.dice.below(names.len())]);
            self.script.during(minute, 1, move |s| match &mut s.node(name).part {
                Part::Function(function) => function.errors += 0.02,
                Part::Service(service) => service.errors += 0.01,
                _ => {}
            });
            self.note(minute, 1, "a minute with single errors");
        }
    }

    /// Application Auto Scaling gives tables more by day and less at night.
    fn scaled_tables(&mut self, app: &App) {
        let capacity = |n: &Node| match &n.part {
            Part::Table(table) => Some((n.name, table.provisioned?.writes)),
            _ => None,
        };
        let tables: Vec<(&'static str, f64)> = app.setup.nodes.iter().filter_map(capacity).collect();
        let Some((table, writes)) = tables.last().copied() else { return };
        for day in 0..(self.to - self.from) / DAY {
            let (up, minutes) = (self.from + day * DAY + 8 * HOUR + self.dice.below(60) as i64, 10 * HOUR);
            self.script.during(up, minutes, move |s| {
                if let Some(capacity) = &mut s.table(table).provisioned {
                    capacity.writes = writes * 1.5;
                }
            });
            for (minute, from, to) in [(up, writes, writes * 1.5), (up + minutes, writes * 1.5, writes)] {
                let changes = vec![("write_capacity", from.to_string(), to.to_string())];
                let done = configured(minute, "dynamodb.amazonaws.com", "UpdateTable", table, changes);
                self.script.done(Done { by: "dynamodb.application-autoscaling.amazonaws.com", ..done });
            }
        }
        self.note(self.from, 0, "a table that scales");
    }

    /// They are in the applications; here only said.
    fn jobs(&mut self) {
        for day in 0..(self.to - self.from) / DAY {
            self.note(self.from + day * DAY + HOUR, 100, "a job at night");
        }
    }
}
