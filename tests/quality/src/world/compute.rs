//! What runs code: functions and the tasks of services.

use crate::random::Dice;
use crate::world::answer::DRAWN;
use crate::world::queueing::{attempts, inside, wait};
use crate::world::{Answer, Call, Function, GET, Part, Recorder, Send, Service, Step, Waiting};

/// A run that takes longer than this calls others little by little.
const LONG_MS: f64 = 90_000.0;
/// The first pause before a retry.
const BACKOFF_MS: f64 = 40.0;

/// Share of runs that the account's limit of concurrent executions refuses to functions without a reservation.
pub fn account_share(step: &Step<'_>) -> f64 {
    let mut pool = step.setup.account_concurrency - step.setup.used_elsewhere;
    let mut wanted = 0.0;
    for (node, state) in step.setup.nodes.iter().zip(step.states.iter()) {
        if let Part::Function(function) = &node.part {
            match function.reserved {
                Some(reserved) => pool -= reserved,
                None => wanted += state.concurrency,
            }
        }
    }
    over(wanted, pool.max(0.0))
}

/// Share of what is wanted that doesn't fit.
fn over(wanted: f64, limit: f64) -> f64 {
    // Arrivals bunch within a minute.
    let wanted = wanted + wanted.sqrt();
    if wanted > limit { (1.0 - limit / wanted).clamp(0.0, 1.0) } else { 0.0 }
}

pub fn function_down(step: &mut Step<'_>, node: usize, function: &Function, of_account: f64) {
    let mut dice = step.dice(node, 0);
    let mut retried = 0.0;
    while let Some((_, batch)) = step.states[node].hidden.pop_front_if(|(due, _)| *due <= step.minute) {
        retried += batch.count;
        step.works[node].pulled.push(batch);
    }
    let fresh = step.works[node].load.events;
    if fresh > 0.0 {
        step.works[node].pulled.push(Waiting { since: step.minute, count: fresh, tries: 0 });
    }
    step.works[node].load.events += retried;
    let wanted = step.works[node].load.all();
    let held = if step.states[node].hold_s > 0.0 { step.states[node].hold_s } else { function.own_ms / 1000.0 };
    let need = inside(wanted, held);
    let share = match function.reserved {
        Some(reserved) => over(need, reserved),
        None => of_account,
    };
    let refused = dice.binomial(wanted, share);
    let runs = wanted - refused;
    step.states[node].concurrency = need;
    (step.works[node].runs, step.works[node].refused) = (runs, refused);
    let minutes = if function.own_ms > LONG_MS { (function.own_ms / 60_000.0).ceil() as i64 } else { 1 };
    calls_down(step, node, &function.calls, runs, minutes, &mut dice);
    sends_down(step, node, &function.sends, runs, &mut dice);
}

fn calls_down(step: &mut Step<'_>, node: usize, calls: &[Call], runs: f64, minutes: i64, dice: &mut Dice) {
    for (place, call) in calls.iter().enumerate() {
        let tries = attempts(step.states[call.to].fail, call.retries);
        let count = count_of(dice, runs, call.per_run * tries);
        if minutes <= 1 {
            step.call(call, count);
            continue;
        }
        for later in 0..minutes {
            step.states[node].to_come.push_back((step.minute + later, place, (count / minutes as f64).round()));
        }
    }
    let minute = step.minute;
    let due: Vec<_> = step.states[node].to_come.iter().filter(|(due, ..)| *due == minute).copied().collect();
    step.states[node].to_come.retain(|(due, ..)| *due > minute);
    due.into_iter().for_each(|(_, place, count)| step.call(&calls[place], count));
}

fn sends_down(step: &mut Step<'_>, node: usize, sends: &[Send], runs: f64, dice: &mut Dice) {
    let done = dice.binomial(runs, 1.0 - step.states[node].fail);
    for send in sends {
        let count = count_of(dice, done, send.per_run);
        deliver(step, send.to, count);
    }
}

/// Hands over what nobody waits for.
pub fn deliver(step: &mut Step<'_>, to: usize, count: f64) {
    step.works[to].load.events += count;
}

fn count_of(dice: &mut Dice, runs: f64, per_run: f64) -> f64 {
    if per_run < 1.0 { dice.binomial(runs, per_run) } else { dice.whole(runs * per_run) }
}

/// Of all, when of those drawn so many did: few may be by chance of the draw.
pub fn of_all(dice: &mut Dice, drawn: f64, of: f64, all: f64) -> f64 {
    if drawn < 3.0 || all <= of { drawn.min(all) } else { dice.binomial(all, drawn / of) }
}

/// One run after the other, as many as are drawn.
struct Runs {
    times: Vec<f32>,
    fail_ms: f64,
    late: f64,
    /// Share that failed by what was called, or by itself.
    failing: f64,
}

fn run(
    step: &Step<'_>,
    dice: &mut Dice,
    calls: &[Call],
    runs: f64,
    timeout_ms: f64,
    own_errors: f64,
    mut own: impl FnMut(&mut Dice) -> f64,
) -> Runs {
    let mut well = 1.0 - own_errors;
    for call in calls.iter().filter(|c| c.is_needed) {
        let fail = step.works[call.to].answer.fail;
        if fail > 0.0 {
            well *= (1.0 - fail.powi(call.retries + 1)).powf(call.per_run.min(20.0));
        }
    }
    let mut done =
        Runs { times: Vec::with_capacity(DRAWN), fail_ms: 0.0, late: 0.0, failing: (1.0 - well).clamp(0.0, 1.0) };
    let mut failed_ms = (0.0, 0.0);
    for _ in 0..(runs as usize).min(DRAWN) {
        let mut time = own(dice);
        let mut is_lost = false;
        for call in calls {
            // Above a few calls a run their times add up to the mean.
            let count = dice.whole(call.per_run);
            let weight = if count > 4.0 { count / 4.0 } else { 1.0 };
            for _ in 0..(count.min(4.0) as usize) {
                let (took, well) = one_call(step, dice, call);
                time += took * weight;
                is_lost |= !well && call.is_needed;
            }
        }
        if time >= timeout_ms {
            done.late += 1.0;
            time = timeout_ms;
            failed_ms = (failed_ms.0 + time, failed_ms.1 + 1.0);
        } else if is_lost {
            failed_ms = (failed_ms.0 + time, failed_ms.1 + 1.0);
        }
        done.times.push(time as f32);
    }
    let mean = done.times.iter().map(|t| f64::from(*t)).sum::<f64>() / done.times.len().max(1) as f64;
    done.fail_ms = if failed_ms.1 > 0.0 { failed_ms.0 / failed_ms.1 } else { mean };
    done
}

fn one_call(step: &Step<'_>, dice: &mut Dice, call: &Call) -> (f64, bool) {
    let answer = &step.works[call.to].answer;
    let mut time = 0.0;
    for tried in 0..=call.retries {
        if !dice.happens(answer.fail) {
            let took = answer.draw(dice);
            // Who gives up waiting has failed, and asks no second time within this run.
            return if took > call.timeout_ms { (time + call.timeout_ms, false) } else { (time + took, true) };
        }
        time += answer.fail_ms.min(call.timeout_ms) + BACKOFF_MS * f64::from(1 << tried.min(6));
    }
    (time, false)
}

pub fn function_up(step: &mut Step<'_>, node: usize, function: &Function, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let (runs, refused) = (step.works[node].runs, step.works[node].refused);
    let done = run(step, &mut dice, &function.calls, runs, function.timeout_ms, function.errors, |dice| {
        if dice.happens(function.hangs) {
            return function.timeout_ms;
        }
        let slow = if dice.happens(function.slow) { dice.time(function.slow_ms, 0.3) } else { 0.0 };
        let cold = if dice.happens(function.cold) { dice.time(function.cold_ms, 0.3) } else { 0.0 };
        dice.time(function.own_ms, function.variation) + slow + cold
    });
    let late = of_all(&mut dice, done.late, done.times.len() as f64, runs);
    let failed = (dice.binomial(runs - late, done.failing) + late).min(runs);
    let mean_ms = done.times.iter().map(|t| f64::from(*t)).sum::<f64>() / done.times.len().max(1) as f64;
    let wanted = runs + refused;
    let state = &mut step.states[node];
    if runs > 0.0 {
        state.hold_s = mean_ms / 1000.0;
    }
    state.fail = if wanted > 0.0 { (failed + refused) / wanted } else { 0.0 };
    retry_events(step, node, &mut dice, wanted);
    if runs > 0.0 {
        let mean = inside(runs, mean_ms / 1000.0);
        let limit = function.reserved.unwrap_or(f64::INFINITY);
        let peak = (mean + 2.0 * mean.sqrt()).ceil().clamp(1.0, runs.min(limit).max(1.0));
        out.count("Invocations", runs, runs);
        out.count("Errors", failed, runs);
        out.times("Duration", GET, &mut done.times.clone(), runs);
        out.level("ConcurrentExecutions", mean.max(peak / 2.0), peak - mean.max(peak / 2.0));
    }
    if wanted > 0.0 {
        out.count("Throttles", refused, wanted);
    }
    let work = &mut step.works[node];
    work.failed = failed;
    let fail_ms = if refused > failed { 20.0 } else { done.fail_ms };
    work.answer = Answer { times: done.times, fail: 0.0, fail_ms }.failing(step.states[node].fail, fail_ms);
}

/// Events that nobody waits for are tried twice more.
fn retry_events(step: &mut Step<'_>, node: usize, dice: &mut Dice, wanted: f64) {
    let fail = step.states[node].fail;
    if fail == 0.0 || wanted == 0.0 {
        return;
    }
    for batch in step.works[node].pulled.clone() {
        let count = dice.binomial(batch.count, fail);
        if count > 0.0 && batch.tries < 2 {
            let due = step.minute + 1 + i64::from(batch.tries);
            step.states[node].hidden.push_back((due, Waiting { tries: batch.tries + 1, count, ..batch }));
        }
    }
    step.states[node].hidden.make_contiguous().sort_by_key(|(due, _)| *due);
}

/// How many runs of a consumer there is room for in a minute.
pub fn room(step: &Step<'_>, node: usize, at_once: f64) -> f64 {
    let state = &step.states[node];
    let held = |own_ms: f64| if state.hold_s > 0.0 { state.hold_s } else { own_ms / 1000.0 };
    match &step.setup.nodes[node].part {
        Part::Function(function) => {
            let limit = function.reserved.unwrap_or(f64::INFINITY).min(at_once);
            limit * 60.0 / held(function.own_ms).max(0.005)
        }
        Part::Service(service) => tasks(step, node, service) * service.slots * 60.0 / held(service.own_ms).max(0.005),
        _ => 0.0,
    }
}

fn tasks(step: &Step<'_>, node: usize, service: &Service) -> f64 {
    let state = &step.states[node];
    let wanted = if service.scales.is_some() && state.started { state.tasks } else { service.tasks };
    let killed = if state.calm > 0 { 1.0 } else { 0.0 };
    (wanted - service.ill_tasks - killed).max(0.0)
}

pub fn service_down(step: &mut Step<'_>, node: usize, service: &Service) {
    let mut dice = step.dice(node, 0);
    if !step.states[node].started {
        step.states[node].started = true;
        step.states[node].tasks = service.tasks;
    }
    let wanted = step.works[node].load.all();
    let tasks = tasks(step, node, service);
    let room = room(step, node, f64::INFINITY);
    let state = &mut step.states[node];
    let open = wanted + state.pending;
    let runs = open.min(room).floor();
    // What waits longer than half a minute is given up.
    let kept = (open - runs).min(room / 2.0).floor().max(0.0);
    let refused = (open - runs - kept).max(0.0);
    state.pending = kept;
    let usage = if room > 0.0 { runs / room } else { 1.0 };
    let delay = if room > 0.0 { kept / room * 60_000.0 } else { 30_000.0 };
    let work = &mut step.works[node];
    (work.runs, work.refused) = (runs, refused);
    work.parts = vec![tasks, usage, delay];
    calls_down(step, node, &service.calls, runs, 1, &mut dice);
    sends_down(step, node, &service.sends, runs, &mut dice);
}

pub fn service_up(step: &mut Step<'_>, node: usize, service: &Service, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let (runs, refused) = (step.works[node].runs, step.works[node].refused);
    let [tasks, usage, delay] = step.works[node].parts[..] else { return };
    let work_s = runs / 60.0 * service.cpu_ms / 1000.0;
    let busy = if tasks > 0.0 { work_s / (tasks * service.cpus) + service.other_cpu / 100.0 } else { 0.0 };
    let slower = 1.0 + wait(tasks * service.cpus, busy);
    let waits = service.own_ms * wait(tasks * service.slots, usage) + delay;
    let done = run(step, &mut dice, &service.calls, runs, service.timeout_ms, service.errors, |dice| {
        let slow = if dice.happens(service.slow) { dice.time(service.slow_ms, 0.3) } else { 0.0 };
        dice.time(service.own_ms * slower, service.variation) + slow + waits
    });
    let late = of_all(&mut dice, done.late, done.times.len() as f64, runs);
    let failed = dice.binomial(runs - late, done.failing);
    let mean_ms = done.times.iter().map(|t| f64::from(*t)).sum::<f64>() / done.times.len().max(1) as f64;
    let all = runs + refused;
    let state = &mut step.states[node];
    if runs > 0.0 {
        // Waiting for a slot doesn't hold one.
        state.hold_s = ((mean_ms - waits) / 1000.0).max(0.001);
    }
    state.fail = if all > 0.0 { (failed + late + refused) / all } else { 0.0 };
    let cpu = (busy * 100.0 + 2.0 + dice.normal().abs()).min(100.0);
    let memory = memory(step, node, service, runs * mean_ms / 60_000.0 / tasks.max(1.0)) + 0.4 * dice.normal();
    if tasks > 0.0 {
        out.level("CPUUtilization", cpu, cpu * 0.1);
        out.level("MemoryUtilization", memory.clamp(0.0, 100.0), 1.0);
    }
    out.level("RunningTaskCount", tasks, 0.0);
    scale(step, node, service, cpu, out);
    let work = &mut step.works[node];
    (work.failed, work.refused) = (failed, refused + late);
    let fail_ms = if late + refused > failed { service.timeout_ms.min(30_000.0) } else { done.fail_ms };
    work.answer = Answer { times: done.times, fail: 0.0, fail_ms }.failing(step.states[node].fail, fail_ms);
}

/// A task that has no memory left is killed, and one that starts anew has all of it.
fn memory(step: &mut Step<'_>, node: usize, service: &Service, open: f64) -> f64 {
    let state = &mut step.states[node];
    state.calm = state.calm.saturating_sub(1);
    state.level = if service.leak > 0.0 { state.level + service.leak } else { (state.level - 5.0).max(0.0) };
    let used = service.memory + state.level + open * 0.3;
    if used >= 100.0 {
        state.level = 0.0;
        state.calm = 2;
    }
    used
}

/// Target tracking: up after three busy minutes, down after fifteen idle ones.
fn scale(step: &mut Step<'_>, node: usize, service: &Service, cpu: f64, out: &mut Recorder) {
    let Some((least, most)) = service.scales else { return };
    let state = &mut step.states[node];
    state.saved = if cpu > 60.0 {
        state.saved.max(0.0) + 1.0
    } else if cpu < 35.0 {
        state.saved.min(0.0) - 1.0
    } else {
        0.0
    };
    let before = state.tasks;
    if state.saved >= 3.0 {
        state.tasks = (before * (cpu / 50.0).min(2.0)).ceil().clamp(least, most);
        state.saved = 0.0;
    } else if state.saved <= -15.0 {
        state.tasks = (before - 1.0).clamp(least, most);
        state.saved = 0.0;
    }
    if state.tasks != before {
        out.scaled.push((step.minute, node, before, state.tasks));
    }
}
