//! Queues: what waits, who fetches, and what comes back.

use crate::world::compute::room;
use crate::world::{Queue, Recorder, Step, Waiting};

/// A queue that nobody used for so long publishes nothing.
const INACTIVE_MINUTES: i64 = 6 * 60;

pub fn down(step: &mut Step<'_>, node: usize, queue: &Queue) {
    let mut dice = step.dice(node, 0);
    let minute = step.minute;
    let fresh = step.works[node].load.all() + dice.poisson(queue.extra);
    let room = queue.consumer.filter(|_| queue.is_read).map_or(0.0, |consumer| room(step, consumer, queue.at_once));
    let state = &mut step.states[node];
    if queue.purge {
        state.waiting.clear();
        state.hidden.clear();
    }
    let back: Vec<Waiting> = state.hidden.iter().filter(|(due, _)| *due <= minute).map(|(_, w)| *w).collect();
    state.hidden.retain(|(due, _)| *due > minute);
    state.waiting.extend(back);
    state.waiting.extend(std::mem::take(&mut state.dead));
    state.waiting.make_contiguous().sort_by_key(|w| w.since);
    if fresh > 0.0 {
        state.waiting.push_back(Waiting { since: minute, count: fresh, tries: 0 });
        state.last_active = minute;
    }
    state.waiting.retain(|w| minute - w.since < queue.retention_min);
    let mut left = room.floor();
    let mut pulled = Vec::new();
    while left > 0.0 {
        let Some(first) = state.waiting.front_mut() else { break };
        let taken = first.count.min(left);
        pulled.push(Waiting { count: taken, ..*first });
        first.count -= taken;
        left -= taken;
        if first.count <= 0.0 {
            state.waiting.pop_front();
        }
    }
    let fetched: f64 = pulled.iter().map(|w| w.count).sum();
    if fetched > 0.0 {
        state.last_active = minute;
    }
    if let Some(consumer) = queue.consumer {
        step.works[consumer].load.fetched += fetched;
    }
    let work = &mut step.works[node];
    (work.runs, work.pulled, work.parts) = (fetched, pulled, vec![fresh]);
}

pub fn up(step: &mut Step<'_>, node: usize, queue: &Queue, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let minute = step.minute;
    let fail = queue.consumer.map_or(0.0, |consumer| step.states[consumer].fail);
    let fail = 1.0 - (1.0 - fail) * (1.0 - queue.poison);
    let pulled = std::mem::take(&mut step.works[node].pulled);
    let (mut failed, mut dead) = (0.0, Vec::new());
    for batch in pulled {
        let count = dice.binomial(batch.count, fail);
        if count == 0.0 {
            continue;
        }
        failed += count;
        let back = Waiting { count, tries: batch.tries + 1, ..batch };
        if back.tries >= queue.tries && queue.dead_letters.is_some() {
            dead.push(back);
        } else {
            step.states[node].hidden.push_back((minute + queue.visibility_min, back));
        }
    }
    if let Some(to) = queue.dead_letters {
        step.states[to].dead.extend(dead);
    }
    let state = &step.states[node];
    let (fresh, fetched) = (step.works[node].parts.first().copied().unwrap_or(0.0), step.works[node].runs);
    if minute - state.last_active > INACTIVE_MINUTES && state.waiting.is_empty() {
        return;
    }
    let waiting: f64 = state.waiting.iter().map(|w| w.count).sum();
    let age = match state.waiting.front() {
        Some(first) => (minute - first.since) as f64 * 60.0 + dice.share() * 40.0,
        None if fetched > 0.0 => (dice.share() * 3.0).round(),
        None => 0.0,
    };
    out.level("ApproximateAgeOfOldestMessage", age.round(), 0.0);
    let passing = if fetched > 0.0 && waiting == 0.0 { dice.poisson(fetched / 200.0) } else { 0.0 };
    out.level("ApproximateNumberOfMessagesVisible", waiting + passing, 0.0);
    out.level("ApproximateNumberOfMessagesNotVisible", state.hidden.iter().map(|(_, w)| w.count).sum(), 0.0);
    out.count("NumberOfMessagesSent", fresh, fresh);
    out.count("NumberOfMessagesReceived", fetched, fetched);
    out.count("NumberOfMessagesDeleted", fetched - failed, fetched);
}
