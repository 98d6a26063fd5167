//! Front doors: gateways and load balancers with their target groups.

use crate::random::Dice;
use crate::world::answer::DRAWN;
use crate::world::{Answer, Door, Front, GET, Group, Part, Recorder, Step};

/// Until a target that answers nothing is taken out, in minutes.
const HEALTH_CHECK_MINUTES: u32 = 2;

pub fn down(step: &mut Step<'_>, node: usize, door: &Door) {
    let mut dice = step.dice(node, 0);
    let local = step.calendar.local(step.minute);
    let about = door.rate * door.habits.at(local, step.minute, step.seed) * (1.0 - door.unreachable);
    let mut count = dice.poisson(about);
    while let Some((_, again)) = step.states[node].again.pop_front_if(|(due, _)| *due <= step.minute) {
        count += again;
    }
    let refused = if door.limit.is_finite() { (count - dice.poisson(door.limit)).max(0.0) } else { 0.0 };
    let own = dice.binomial(count - refused, door.own_failures);
    let mut rest = count - refused - own;
    let mut share_left = door.routes.iter().map(|r| r.share).sum::<f64>();
    for route in &door.routes {
        let taken = if share_left > 0.0 { dice.binomial(rest, (route.share / share_left).min(1.0)) } else { 0.0 };
        rest -= taken;
        share_left -= route.share;
        step.works[node].parts.push(taken);
        step.works[route.to].load.calls += taken;
        step.works[route.to].load.operations[GET] += taken;
    }
    let work = &mut step.works[node];
    (work.runs, work.refused, work.failed) = (count, refused, own);
}

pub fn up(step: &mut Step<'_>, node: usize, door: &Door, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let (count, refused, own) = (step.works[node].runs, step.works[node].refused, step.works[node].failed);
    let parts = step.works[node].parts.clone();
    let routed: f64 = parts.iter().sum();
    let answers = |route: usize| &step.works[door.routes[route].to];
    // In whole requests, and by whom: who was called, or the way to it.
    let mut by_target = 0.0;
    let mut on_the_way = 0.0;
    for (route, part) in parts.iter().enumerate() {
        let called = answers(route);
        if door.front == Front::Balancer {
            by_target += called.failed;
            on_the_way += called.refused;
        } else {
            by_target += dice.whole(part * called.answer.fail);
        }
    }
    let mut times: Vec<f32> = Vec::with_capacity(DRAWN);
    let mut late = 0.0;
    for _ in 0..(routed as usize).min(DRAWN) {
        let Some(route) = drawn_route(&mut dice, &parts, routed) else { break };
        let answer = &answers(route).answer;
        let time = if dice.happens(answer.fail) { answer.fail_ms } else { answer.draw(&mut dice) };
        if time >= door.timeout_ms {
            late += 1.0;
        }
        times.push(time.min(door.timeout_ms) as f32);
    }
    let already = (by_target + on_the_way) / routed.max(1.0);
    let late = crate::world::compute::of_all(&mut dice, late, times.len() as f64, routed) * (1.0 - already).max(0.0);
    let failed = (by_target + on_the_way + own + late.round()).min(count);
    let wrong = dice.binomial(routed - (by_target + on_the_way).min(routed), door.client_errors);
    let crawled = dice.poisson(door.crawler);
    let state = &mut step.states[node];
    state.fail = if count > 0.0 { failed / count } else { 0.0 };
    let again = dice.binomial(failed, door.retries);
    if again > 0.0 {
        state.again.push_back((step.minute + 1, again));
    }
    let all = count + crawled;
    if all == 0.0 || door.front == Front::Unseen {
        return;
    }
    let mut whole: Vec<f32> = times.iter().map(|t| t + dice.time(door.overhead_ms, 0.4) as f32).collect();
    match door.front {
        Front::Rest | Front::Http => {
            let (four, five) = if door.front == Front::Rest { ("4XXError", "5XXError") } else { ("4xx", "5xx") };
            out.count("Count", all, all);
            out.count(five, failed, all);
            out.count(four, wrong + crawled + refused, all);
            out.times("Latency", GET, &mut whole, all);
            out.times("IntegrationLatency", GET, &mut times, routed);
        }
        Front::Balancer => {
            out.count("RequestCount", all, all);
            out.times("TargetResponseTime", GET, &mut seconds(&whole), routed);
            let codes = [
                ("HTTPCode_Target_5XX_Count", by_target),
                ("HTTPCode_ELB_5XX_Count", on_the_way + late.round()),
                ("HTTPCode_Target_4XX_Count", wrong + crawled),
                ("HTTPCode_ELB_4XX_Count", refused),
                ("HTTPCode_Target_2XX_Count", (routed - by_target - wrong).max(0.0)),
            ];
            for (name, count) in codes {
                if count > 0.0 {
                    out.count(name, count, all);
                }
            }
            out.level("ActiveConnectionCount", all / 10.0, 2.0);
        }
        Front::Unseen => {}
    }
}

fn seconds(times: &[f32]) -> Vec<f32> {
    times.iter().map(|t| t / 1000.0).collect()
}

fn drawn_route(dice: &mut Dice, parts: &[f64], routed: f64) -> Option<usize> {
    let mut place = dice.share() * routed;
    parts.iter().position(|part| {
        place -= part;
        place < 0.0
    })
}

pub fn group_down(step: &mut Step<'_>, node: usize, group: &Group) {
    let mut dice = step.dice(node, 0);
    let calls = step.works[node].load.calls;
    let (tasks, ill) = targets(step, node, group);
    // What is routed to a task that answers nothing until the health checks have noticed; all are tried when none is well.
    let noticed = step.states[node].calm >= HEALTH_CHECK_MINUTES && ill < tasks;
    step.states[node].calm = if ill > 0.0 { step.states[node].calm + 1 } else { 0 };
    let lost = if noticed || tasks <= 0.0 { 0.0 } else { (ill / tasks).min(1.0) };
    let broken = dice.binomial(calls, 1.0 - (1.0 - group.broken) * (1.0 - lost));
    let through = calls - broken;
    step.works[group.to].load.calls += through;
    let work = &mut step.works[node];
    (work.runs, work.refused, work.parts) = (through, broken, vec![tasks, ill]);
}

fn targets(step: &Step<'_>, node: usize, group: &Group) -> (f64, f64) {
    let Part::Service(service) = &step.setup.nodes[group.to].part else { return (2.0, 0.0) };
    let state = &step.states[group.to];
    let tasks = if service.scales.is_some() && state.started { state.tasks } else { service.tasks };
    let killed = if state.calm > 0 { 1.0 } else { 0.0 };
    let _ = node;
    (tasks, (service.ill_tasks + killed).max(group.ill).min(tasks))
}

pub fn group_up(step: &mut Step<'_>, node: usize, group: &Group, out: &mut Recorder) {
    let mut dice = step.dice(node, 1);
    let called = &step.works[group.to];
    let (through, broken) = (step.works[node].runs, step.works[node].refused);
    // Other groups may lead to the same service.
    let share = if called.load.calls > 0.0 { through / called.load.calls } else { 0.0 };
    let failed = dice.whole(called.failed * share);
    let refused = dice.whole(called.refused * share);
    let answer = Answer { fail: (failed + refused) / through.max(1.0), ..called.answer.clone() };
    let (tasks, ill) = (step.works[node].parts[0], step.works[node].parts[1]);
    let noticed = step.states[node].calm >= HEALTH_CHECK_MINUTES;
    let unhealthy = if noticed { ill } else { 0.0 };
    out.level("UnHealthyHostCount", unhealthy, 0.0);
    out.level("HealthyHostCount", tasks - unhealthy, 0.0);
    let calls = step.works[node].load.calls;
    if calls > 0.0 {
        out.count("RequestCount", calls, calls);
        out.count("RequestCountPerTarget", calls / (tasks - unhealthy).max(1.0), calls);
        let mut times = seconds(&answer.times);
        out.times("TargetResponseTime", GET, &mut times, through);
        if failed > 0.0 {
            out.count("HTTPCode_Target_5XX_Count", failed, calls);
        }
        if broken > 0.0 {
            out.count("TargetConnectionErrorCount", broken, calls);
        }
    }
    let work = &mut step.works[node];
    let lost = broken + refused;
    work.answer = Answer { fail: if calls > 0.0 { (failed + lost) / calls } else { 0.0 }, ..answer };
    (work.failed, work.refused) = (failed, lost);
}
