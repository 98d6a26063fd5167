//! Streams with their readers, and delivery streams.

use crate::world::compute::room;
use crate::world::{Delivery, Recorder, Step, Stream, Waiting};

/// What a shard takes in a minute.
const SHARD: f64 = 60_000.0;

pub fn down(step: &mut Step<'_>, node: usize, stream: &Stream) {
    let mut dice = step.dice(node, 0);
    let minute = step.minute;
    let local = step.calendar.local(minute);
    let devices = dice.poisson(stream.rate * stream.habits.at(local, minute, step.seed));
    let written = step.works[node].load.all() + devices;
    // The hot key's shard is full long before the others.
    let hot = (written * stream.hot - SHARD).max(0.0);
    let most = stream.shards * SHARD;
    let refused = hot.max(written - most).max(0.0).round();
    let kept = written - refused;
    step.states[node].readers.resize(stream.readers.len(), Default::default());
    for (place, reader) in stream.readers.iter().enumerate() {
        let at_once = stream.shards;
        let room = room(step, reader.to, at_once) * reader.batch;
        let waiting = &mut step.states[node].readers[place];
        if kept > 0.0 {
            waiting.push_back(Waiting { since: minute, count: kept, tries: 0 });
        }
        let open: f64 = waiting.iter().map(|w| w.count).sum();
        // A shard whose first record fails each time goes nowhere.
        let wanted = if reader.is_on { open.min(room) } else { 0.0 };
        let fuller = (wanted / (stream.shards * 20.0)).clamp(1.0, reader.batch);
        let runs = (wanted / fuller).ceil();
        step.works[node].parts.push(wanted);
        step.works[reader.to].load.fetched += runs;
    }
    let work = &mut step.works[node];
    (work.runs, work.refused) = (kept, refused);
}

pub fn up(step: &mut Step<'_>, node: usize, stream: &Stream, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let minute = step.minute;
    let mut oldest: f64 = 0.0;
    for (place, reader) in stream.readers.iter().enumerate() {
        let fail = step.states[reader.to].fail;
        let wanted = step.works[node].parts[place];
        let waiting = &mut step.states[node].readers[place];
        // Shards that are stuck hold their share of the records.
        let mut done = (wanted * (1.0 - fail) * (1.0 - reader.poisoned)).round();
        while done > 0.0 {
            let Some(first) = waiting.front_mut() else { break };
            let taken = first.count.min(done);
            first.count -= taken;
            done -= taken;
            if first.count < 0.5 {
                waiting.pop_front();
            }
        }
        let age = match waiting.front() {
            Some(first) if minute > first.since => (minute - first.since) as f64 * 60_000.0,
            _ => 200.0 + dice.share() * 900.0,
        };
        if reader.is_on {
            oldest = oldest.max(age);
        }
        if reader.is_on && wanted > 0.0 {
            step.works[reader.to].reads = age;
        }
    }
    let (kept, refused) = (step.works[node].runs, step.works[node].refused);
    out.count("IncomingRecords", kept, kept);
    out.count("IncomingBytes", kept * 400.0, kept);
    out.count("WriteProvisionedThroughputExceeded", refused, kept + refused);
    out.count("ReadProvisionedThroughputExceeded", 0.0, kept);
    if stream.readers.iter().any(|r| r.is_on) {
        out.level("GetRecords.IteratorAgeMilliseconds", oldest, 0.0);
    }
    for (place, reader) in stream.readers.iter().enumerate() {
        if reader.is_on && step.works[node].parts[place] > 0.0 {
            let age = step.works[reader.to].reads;
            out.at(reader.to, minute, step.setup.nodes[reader.to].is_silent);
            out.level("IteratorAge", age, 0.0);
        }
    }
}

pub fn delivery_up(step: &mut Step<'_>, node: usize, delivery: &Delivery, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let records = step.works[node].load.all();
    let state = &mut step.states[node];
    state.level = if delivery.is_stuck { state.level + 60.0 } else { 0.0 };
    let age = state.level + delivery.buffer_s * (0.7 + 0.3 * dice.share());
    if records > 0.0 {
        out.count("IncomingRecords", records, records);
    }
    out.level("DeliveryToS3.DataFreshness", age, 0.0);
    let done = if delivery.is_stuck { 0.0 } else { 1.0 };
    out.count("DeliveryToS3.Success", done, 1.0);
}
