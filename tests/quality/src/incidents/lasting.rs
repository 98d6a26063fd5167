//! What comes slowly, over days.

use super::*;
use crate::calendar::DAY;

pub const KINDS: &[Kind] = &[
    Kind { name: "slow-memory-leak", apps: &["web"], at_night: false, build: memory },
    Kind { name: "slowly-slower", apps: &["shop"], at_night: false, build: slower },
];

/// Two days until the tasks are killed.
fn memory(scene: &Scene) -> Plan {
    let leak = scene.of(0.022, 0.014);
    let mut script = Script::default();
    script.during(scene.at, 5 * DAY / 2, move |s| s.service("web-api").leak = leak);
    Truth::new(vec![above("web-api", "MemoryUtilization", "Average", 20.0).for_minutes(600)], &[FULL, ERRORS].concat())
        .also(&["web-lb", "web-api-tg"])
        .caused_by(&["web-api"])
        .path(&["web-lb", "?web-api-tg", "web-api"])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}

/// A list that nobody empties makes each call take longer.
fn slower(scene: &Scene) -> Plan {
    let more = scene.of(900.0, 350.0);
    let mut script = Script::default();
    script.ramp(scene.at, 2 * DAY, 2 * DAY, 0, move |s, strength| s.function("shop-search").own_ms += more * strength);
    Truth::new(vec![above("shop-search", "Duration", "p90", 150.0).for_minutes(600)], LATENCY)
        .also(&["shop-api"])
        .caused_by(&["shop-search"])
        .path(&["shop-api", "shop-search"])
        .severity(Severity::Low, Severity::High)
        .alone(script)
}
