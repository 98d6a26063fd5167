//! Streams with their readers, and delivery streams.

use crate::world::compute::deliver;
use crate::world::{Delivery, Feed, Recorder, Step, Stream, Waiting};

/// What a shard takes in a minute: records, and kilobytes.
const SHARD: (f64, f64) = (60_000.0, 60_000.0);
/// A shard is asked once a second.
const ASKED: f64 = 60.0;

pub fn down(step: &mut Step<'_>, node: usize, stream: &Stream) {
    let minute = step.minute;
    let written = step.works[node].load.all() + step.states[node].dead.drain(..).map(|w| w.count).sum::<f64>();
    let most = stream.shards * SHARD.0.min(SHARD.1 / stream.record_kb);
    let refused = (written - most).max(0.0).round();
    let kept = written - refused;
    step.states[node].fail = refused / written.max(1.0);
    step.states[node].readers.resize(stream.readers.len(), Default::default());
    for (place, reader) in stream.readers.iter().enumerate() {
        let waiting = &mut step.states[node].readers[place];
        if kept > 0.0 {
            waiting.push_back(Waiting { since: minute, count: kept, tries: 0 });
        }
        let open: f64 = waiting.iter().map(|w| w.count).sum();
        let state = &step.states[reader.to];
        // A shard has one run at a time, which takes longer for a full batch.
        let alone_s = if state.hold_s > 0.0 { (state.hold_s - state.extra_ms / 1000.0).max(0.005) } else { 0.2 };
        let full_s = alone_s + reader.record_ms * reader.batch / 1000.0;
        let room = stream.shards * reader.batch * 60.0 / full_s;
        let wanted = if reader.is_on { open.min(room).floor() } else { 0.0 };
        let batch = (wanted / (stream.shards * ASKED)).clamp(1.0, reader.batch);
        step.works[node].parts.push(wanted);
        step.states[reader.to].extra_ms = reader.record_ms * batch;
        step.works[reader.to].load.fetched += (wanted / batch).ceil();
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
        // A batch that failed is read again.
        let mut done = (wanted * (1.0 - fail)).round();
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
    out.count("IncomingBytes", kept * 1000.0 * stream.record_kb, kept);
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

pub fn feed_down(step: &mut Step<'_>, node: usize, feed: &Feed) {
    let mut dice = step.dice(node, 0);
    let local = step.calendar.local(step.minute);
    let count = dice.poisson(feed.rate * feed.habits.at(local, step.minute, step.seed));
    let garbage = dice.binomial(count, feed.garbage);
    let refused = dice.binomial(count - garbage, feed.refused);
    deliver(step, feed.to, count - garbage - refused);
    let work = &mut step.works[node];
    (work.runs, work.failed, work.refused) = (count, garbage, refused);
}

pub fn feed_up(step: &mut Step<'_>, node: usize, feed: &Feed, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let (count, garbage, refused) = (step.works[node].runs, step.works[node].failed, step.works[node].refused);
    if count == 0.0 {
        return;
    }
    let handed = count - garbage - refused;
    let failed = refused + dice.binomial(handed, step.states[feed.to].fail);
    out.count("TopicMatch", count, count);
    out.count("Success", count - garbage - failed, count);
    if garbage > 0.0 {
        out.count("ParseError", garbage, count);
    }
    if failed > 0.0 {
        out.count("Failure", failed, count);
    }
}
