//! What is ordinary.

use super::{Feature, Scripted};
use crate::apps::App;
use crate::calendar::{DAY, HOUR, Minute, WEEK};
use crate::random::Dice;
use crate::script::{Late, Script, code, tasks};
use crate::world::{Part, Setup};

pub fn script(app: &App, seed: u64, from: Minute, to: Minute) -> Scripted {
    let mut all = All { script: Script::default(), features: vec![], dice: Dice::new(seed, 501, 0), from, to };
    all.deployments(app);
    all.traffic();
    all.crawlers();
    all.gaps(app);
    all.late_points();
    (all.script, all.features)
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
            Part::Stream(stream) => stream.rate *= times,
            _ => {}
        }
    }
}

impl All {
    fn weeks(&self) -> i64 {
        (self.to - self.from) / WEEK
    }

    /// A time of some week, by chance.
    fn moment(&mut self, week: i64) -> Minute {
        self.from + week * WEEK + self.dice.below(7 * 24 * 60) as i64
    }

    fn note(&mut self, from: Minute, minutes: Minute, what: &'static str) {
        self.features.push(Feature { from, to: from + minutes, what });
    }

    /// Four a week, which change nothing but that the first runs are cold.
    fn deployments(&mut self, app: &App) {
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
        for week in -2..self.weeks() {
            for day in 0..4 {
                let (name, is_function) = deployed[self.dice.below(deployed.len())];
                let minute = self.from + week * WEEK + day * DAY + 8 * HOUR + self.dice.below(8 * 60) as i64;
                if is_function {
                    self.script.done(code(minute, name));
                    self.script.during(minute, 3, move |s| s.function(name).cold = 0.5);
                } else {
                    self.script.done(tasks(minute, name));
                }
                self.note(minute, 10, "a deployment");
            }
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

    fn crawlers(&mut self) {
        for week in 0..self.weeks() {
            let (minute, minutes) = (self.moment(week), 20 + self.dice.below(70) as i64);
            let share = 0.1 + 0.2 * self.dice.share();
            self.script.during(minute, minutes, move |s| {
                for node in &mut s.nodes {
                    if let Part::Door(door) = &mut node.part {
                        door.crawler += door.rate * share;
                    }
                }
            });
            self.note(minute, minutes, "a crawler");
        }
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
}
