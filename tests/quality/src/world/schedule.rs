//! What tells others that something is to be done: rules, topics, state machines.

use crate::calendar::Local;
use crate::random::Dice;
use crate::world::compute::deliver;
use crate::world::queueing::attempts;
use crate::world::{GET, Machine, Recorder, Rule, Step, Subscriber, Times, Topic};

pub fn topic_down(step: &mut Step<'_>, node: usize, topic: &Topic) {
    let mut dice = step.dice(node, 0);
    let published = step.works[node].load.all();
    let failed = to_all(step, &mut dice, &topic.subscribers, published);
    let work = &mut step.works[node];
    (work.runs, work.failed) = (published, failed);
}

/// How many were refused.
fn to_all(step: &mut Step<'_>, dice: &mut Dice, subscribers: &[Subscriber], count: f64) -> f64 {
    let mut failed = 0.0;
    for subscriber in subscribers {
        let refused = dice.binomial(count, subscriber.refused);
        deliver(step, subscriber.to, count - refused);
        failed += refused;
    }
    failed
}

impl Times {
    fn is_now(self, local: Local, minute: i64) -> bool {
        match self {
            Self::Every { minutes } => minute.rem_euclid(minutes) == 0,
            Self::Daily { at } => local.minute_of_day == at,
            Self::Monthly { day, at } => local.day_of_month == day && local.minute_of_day == at,
            Self::OnEvent => false,
        }
    }
}

pub fn rule_down(step: &mut Step<'_>, node: usize, rule: &Rule) {
    let mut dice = step.dice(node, 0);
    let due = rule.times.is_now(step.calendar.local(step.minute), step.minute);
    let count = if rule.is_on { step.works[node].load.all() + f64::from(u8::from(due)) } else { 0.0 };
    let failed = to_all(step, &mut dice, &rule.targets, count);
    let work = &mut step.works[node];
    (work.runs, work.failed, work.writes) = (count, failed, 1.0);
}

pub fn publish(step: &mut Step<'_>, node: usize, out: &mut Recorder) {
    let work = &step.works[node];
    if work.runs == 0.0 {
        return;
    }
    let is_rule = work.writes > 0.0;
    if is_rule {
        out.count("Invocations", work.runs, work.runs);
        out.count("TriggeredRules", work.runs, work.runs);
        if work.failed > 0.0 {
            out.count("FailedInvocations", work.failed, work.runs);
        }
        return;
    }
    out.count("NumberOfMessagesPublished", work.runs, work.runs);
    out.count("NumberOfNotificationsDelivered", work.runs - work.failed, work.runs);
    if work.failed > 0.0 {
        out.count("NumberOfNotificationsFailed", work.failed, work.runs);
    }
}

pub fn machine_down(step: &mut Step<'_>, node: usize, machine: &Machine) {
    let started = step.works[node].load.all();
    step.works[node].runs = started;
    let mut going = started;
    for call in &machine.steps {
        let fail = step.states[call.to].fail;
        let count = (going * call.per_run * attempts(fail, call.retries)).round();
        step.call(call, count);
        going *= 1.0 - fail.powi(call.retries + 1);
    }
}

pub fn machine_up(step: &mut Step<'_>, node: usize, machine: &Machine, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let started = step.works[node].runs;
    if started == 0.0 {
        return;
    }
    let mut well = 1.0 - machine.errors;
    let mut time = 120.0;
    for call in &machine.steps {
        let answer = &step.works[call.to].answer;
        well *= 1.0 - answer.fail.powi(call.retries + 1);
        // Its retries wait two seconds, and twice as long each time.
        time += answer.mean() * call.per_run + answer.fail * 2_000.0;
    }
    let failed = dice.binomial(started, 1.0 - well);
    let mut times: Vec<f32> = (0..(started as usize).min(24)).map(|_| dice.time(time, 0.2) as f32).collect();
    out.count("ExecutionsStarted", started, started);
    out.count("ExecutionsFailed", failed, started);
    out.count("ExecutionsSucceeded", started - failed, started);
    out.count("ExecutionsTimedOut", 0.0, started);
    out.count("ExecutionThrottled", 0.0, started);
    out.times("ExecutionTime", GET, &mut times, started);
    step.states[node].fail = failed / started;
}
