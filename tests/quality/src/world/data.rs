//! Where data is: tables, databases, caches, and what somebody else has.

use crate::world::queueing::{inside, wait};
use crate::world::record::is_write;
use crate::world::{Answer, Cache, Database, OPERATIONS, Outside, Recorder, Step, Table};

/// Minutes of unused capacity that a table may use later.
const BURST_MINUTES: f64 = 5.0;
/// What one partition can take a second.
const PARTITION: (f64, f64) = (3000.0, 1000.0);

pub fn table_up(step: &mut Step<'_>, node: usize, table: &Table, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let operations = step.works[node].load.operations;
    // A query reads a few items.
    let weight = |operation: usize| match OPERATIONS[operation] {
        "Query" => 2.0,
        "Scan" => 25.0,
        _ => 1.0,
    };
    let (mut reads, mut writes) = (0.0, 0.0);
    for (operation, count) in operations.iter().enumerate() {
        if is_write(operation) { writes += count * weight(operation) } else { reads += count * weight(operation) }
    }
    let mut saved = [step.states[node].saved, step.states[node].level];
    let refuse = |units: f64, provisioned: Option<f64>, partition: f64, saved: &mut f64| {
        // Of the key that is hot, what one partition can't take.
        let most = provisioned.map_or(partition, |p| p.min(partition)) * 60.0;
        let hot = (units * table.hot - most).max(0.0) / units.max(1.0);
        let Some(provisioned) = provisioned else { return hot };
        let each = provisioned * 60.0;
        let allowed = each + *saved;
        let served = units.min(allowed);
        *saved = (allowed - served).min(each * BURST_MINUTES);
        (1.0 - served / units.max(1.0)).max(hot).clamp(0.0, 1.0)
    };
    let no_reads = refuse(reads, table.provisioned.map(|c| c.reads), PARTITION.0, &mut saved[0]);
    let no_writes = refuse(writes, table.provisioned.map(|c| c.writes), PARTITION.1, &mut saved[1]);
    (step.states[node].saved, step.states[node].level) = (saved[0], saved[1]);
    let calls: f64 = operations.iter().sum();
    let (read_calls, write_calls) = operations
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(r, w), (o, c)| if is_write(o) { (r, w + c) } else { (r + c, w) });
    let throttled_reads = dice.binomial(read_calls, no_reads);
    let throttled_writes = dice.binomial(write_calls, no_writes);
    let system = dice.binomial(calls, table.errors);
    if reads > 0.0 {
        out.count("ConsumedReadCapacityUnits", (reads * (1.0 - no_reads)).round(), reads);
    }
    if writes > 0.0 {
        out.count("ConsumedWriteCapacityUnits", (writes * (1.0 - no_writes)).round(), writes);
    }
    if throttled_reads > 0.0 {
        out.count("ReadThrottleEvents", throttled_reads, read_calls);
    }
    if throttled_writes > 0.0 {
        out.count("WriteThrottleEvents", throttled_writes, write_calls);
    }
    if system > 0.0 {
        out.count("SystemErrors", system, calls);
    }
    let conditional = dice.binomial(write_calls, table.conditional);
    if conditional > 0.0 {
        out.count("ConditionalCheckFailedRequests", conditional, write_calls);
    }
    if let Some(capacity) = table.provisioned {
        out.level("ProvisionedReadCapacityUnits", capacity.reads, 0.0);
        out.level("ProvisionedWriteCapacityUnits", capacity.writes, 0.0);
    }
    let answer = Answer::around(&mut dice, calls, table.latency_ms, 0.5);
    for (operation, count) in operations.iter().enumerate().filter(|(_, count)| **count > 0.0) {
        let slower = if OPERATIONS[operation] == "Scan" { 8.0 } else { 1.0 };
        let mut times = Answer::around(&mut dice, *count, table.latency_ms * slower, 0.5).times;
        out.times("SuccessfulRequestLatency", operation, &mut times, *count);
    }
    let fail = (throttled_reads + throttled_writes + system) / calls.max(1.0);
    step.states[node].fail = fail;
    if let Some(send) = &table.stream {
        let count = (write_calls - throttled_writes) * send.per_run;
        // Its reader came to its turn before: it reads the next minute.
        step.states[send.to].dead.push(crate::world::Waiting { since: step.minute, count, tries: 0 });
    }
    step.works[node].answer = answer.failing(fail, 6.0);
}

pub fn database_up(step: &mut Step<'_>, node: usize, database: &Database, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    if database.is_down {
        step.states[node].fail = 1.0;
        step.works[node].answer = Answer::default().failing(1.0, 5_000.0);
        return;
    }
    let queries = step.works[node].load.calls;
    let writes =
        (0..OPERATIONS.len()).filter(|o| is_write(*o)).map(|o| step.works[node].load.operations[o]).sum::<f64>();
    let (reads_s, writes_s) = ((queries - writes) / 60.0 * database.reads, writes / 60.0 * database.writes);
    // Disk: what burst there was is used up above the base rate, and comes back below it.
    let wanted_io = reads_s + writes_s + database.other_iops;
    let state = &mut step.states[node];
    if !state.started {
        (state.started, state.saved, state.level) = (true, 100.0, database.used_gb);
    }
    let mut iops = database.iops;
    if let Some(base) = database.base_iops {
        state.saved = (state.saved + (base - wanted_io) / base * 1.2).clamp(0.0, 100.0);
        if state.saved <= 0.0 {
            iops = base;
        }
    }
    let disk = (wanted_io / iops).min(1.3);
    let at_disk = if disk < 1.0 { 1.0 + wait(1.0, disk) * 0.6 } else { 12.0 * disk };
    let cpu_s = queries / 60.0 * database.cpu_ms / 1000.0;
    let busy = cpu_s / database.cpus + database.other_cpu / 100.0;
    let slower = 1.0 + wait(database.cpus, busy) + if busy > 1.0 { (busy - 1.0) * 8.0 } else { 0.0 };
    let read_ms = database.read_ms * at_disk;
    let write_ms = database.write_ms * at_disk;
    // An average query: processor, and its reads or writes at the disk.
    let of_writes = if queries > 0.0 { writes / queries } else { 0.0 };
    let mean_ms = database.cpu_ms * slower
        + (1.0 - of_writes) * database.reads * read_ms
        + of_writes * database.writes * write_ms;
    state.level += database.grows;
    let free_gb = (database.storage_gb - state.level).max(0.0);
    let is_full = free_gb <= 0.0;
    let locks = database.locked * database.lock_ms;
    let active = inside(queries, (mean_ms + locks) / 1000.0) + database.other_cpu / 100.0 * database.cpus;
    let connections = database.connections + database.leaked + active * 1.3;
    let refused =
        if connections > database.max_connections { 1.0 - database.max_connections / connections } else { 0.0 };
    let full = if is_full { of_writes.max(0.2) } else { 0.0 };
    let fail = 1.0 - (1.0 - refused) * (1.0 - full);
    state.fail = fail;
    let mut answer = Answer::around(&mut dice, queries, mean_ms, 0.6);
    for time in &mut answer.times {
        if dice.happens(database.locked) {
            *time += dice.time(database.lock_ms, 0.4) as f32;
        }
    }
    let saved = state.saved;
    step.works[node].answer = answer.failing(fail, if refused > 0.0 { 900.0 } else { mean_ms });
    let cpu = (busy * 100.0 + 3.0 + dice.normal().abs() * 1.5).clamp(0.0, 100.0);
    out.level("CPUUtilization", cpu, cpu * 0.1);
    out.level("DatabaseConnections", dice.whole(connections.min(database.max_connections)), 2.0);
    out.level("DBLoad", (active * (1.0 + 0.1 * dice.normal())).max(0.02), active * 0.3);
    out.level("DBLoadCPU", (busy * database.cpus).min(database.cpus), 0.1);
    let noise = 1.0 + 0.08 * dice.normal();
    out.level("ReadLatency", read_ms / 1000.0 * noise.max(0.5), read_ms / 2000.0);
    out.level("WriteLatency", write_ms / 1000.0 * noise.max(0.5), write_ms / 2000.0);
    out.level("ReadIOPS", reads_s.min(iops), 5.0);
    out.level("WriteIOPS", writes_s.min(iops), 5.0);
    out.level("DiskQueueDepth", (wanted_io.min(iops) * read_ms / 1000.0).max(0.01) * noise.max(0.5), 0.5);
    let memory = 4.0e9 - connections * 6.0e6 + 4.0e7 * dice.normal();
    out.level("FreeableMemory", memory.max(5.0e7), 1.0e7);
    out.level("FreeStorageSpace", free_gb * 1.073_741_824e9, 0.0);
    if database.base_iops.is_some() {
        out.level("BurstBalance", saved, 0.5);
    }
}

pub fn cache_up(step: &mut Step<'_>, node: usize, cache: &Cache, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    if cache.is_down {
        step.states[node].fail = 1.0;
        step.works[node].answer = Answer::default().failing(1.0, 400.0);
        return;
    }
    let commands = step.works[node].load.calls;
    let busy = commands / 60.0 * cache.cpu_ms / 1000.0 + cache.other_cpu / 100.0;
    let state = &mut step.states[node];
    if !state.started {
        (state.started, state.level) = (true, cache.used_mb);
    }
    state.level += cache.grows;
    let over = (state.level - cache.memory_mb).max(0.0);
    state.level = state.level.min(cache.memory_mb);
    state.fail = if busy > 1.0 { 1.0 - 1.0 / busy } else { 0.0 };
    let used = state.level / cache.memory_mb * 100.0;
    let fail = state.fail;
    let mean = cache.latency_ms + cache.cpu_ms * wait(1.0, busy) + if busy > 1.0 { 80.0 * (busy - 1.0) } else { 0.0 };
    step.works[node].answer = Answer::around(&mut dice, commands, mean, 0.4).failing(fail, 300.0);
    out.level("EngineCPUUtilization", (busy * 100.0 + 1.0 + 0.5 * dice.normal().abs()).min(100.0), 1.0);
    out.level("CPUUtilization", (busy * 50.0 + 2.0).min(100.0), 1.0);
    out.level("DatabaseMemoryUsagePercentage", used, 0.2);
    // A key has about a kilobyte.
    out.count("Evictions", (over * 1000.0).round(), commands);
    let around = cache.connections + 0.8 * dice.normal();
    out.level("CurrConnections", dice.whole(around), 1.0);
    let hits = dice.binomial(commands, 1.0 - cache.misses);
    out.count("CacheHits", hits, commands);
    out.count("CacheMisses", commands - hits, commands);
}

pub fn outside_up(step: &mut Step<'_>, node: usize, outside: &Outside) {
    let mut dice = step.dice(node, 1);
    let calls = step.works[node].load.calls;
    let mut answer = Answer::around(&mut dice, calls, outside.latency_ms, outside.variation);
    for time in &mut answer.times {
        if dice.happens(outside.hangs) {
            *time = 60_000.0;
        }
    }
    step.states[node].fail = outside.errors;
    step.works[node].answer = answer.failing(outside.errors, outside.latency_ms);
}
