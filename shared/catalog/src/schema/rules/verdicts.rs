//! There is one way of judging a release, and its numbers mean something.

use super::{Broken, error};
use crate::schema::{Read, VerdictRules};

pub fn broken(read: &Read, errors: &mut Vec<Broken>) {
    if read.verdicts.is_empty() {
        errors.push(error("verdicts", "deployment", "", "nothing says when a release is worse".to_owned()));
    }
    for rules in &read.verdicts {
        of_file(rules, errors);
    }
}

fn of_file(rules: &VerdictRules, errors: &mut Vec<Broken>) {
    let mut say = |at: &str, problem: &str| errors.push(error("verdicts", &rules.id, at, format!("`{at}` {problem}")));
    let minutes = [("after_minutes", rules.after_minutes), ("before_minutes", rules.before_minutes)];
    for (at, minutes) in minutes {
        if minutes < rules.least_minutes || minutes == 0 {
            say(at, "is shorter than `least_minutes`");
        }
    }
    if rules.after_minutes + rules.before_minutes > 175 {
        say("before_minutes", "and `after_minutes` are more than the three hours that a watch looks at");
    }
    for (at, times) in
        [("error_ratio", rules.error_ratio), ("latency_ratio", rules.latency_ratio), ("crowd", rules.crowd)]
    {
        if times < 1.0 {
            say(at, "is a number of times, at least 1");
        }
    }
    if !(0.0..1.0).contains(&rules.error_share) {
        say("error_share", "is a share, 0 to 1");
    }
}
