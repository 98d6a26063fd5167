//! The lab itself: what it simulates is what theory says, the same each time, and each incident really harms.

use crate::apps::{self, App, NAMES};
use crate::calendar::{Calendar, DAY, HOUR, Habits, Minute};
use crate::incidents::{self, Kind, Strength};
use crate::judge::stage;
use crate::lab::{Lab, Running};
use crate::quiet::features;

use crate::world::{Front, Function, Group, Node, Part, Recorder, Service, Setup, World};
use stackseer_catalog::Catalog;
use stackseer_model::{Metric, Resource, ResourceId};

/// A door before one part, that many come through evenly; records what is asked for.
fn alone(part: Part, rate: f64, asked: &[(usize, &str, &str)], minutes: Minute) -> Vec<f64> {
    let habits = Habits { night: 1.0, weekend: 1.0 };
    let front = if matches!(part, Part::Service(_)) { Front::Balancer } else { Front::Rest };
    let mut door = apps::door(front, rate, habits, vec![(1, 1.0)]);
    (door.retries, door.client_errors) = (0.0, 0.0);
    let mut nodes = vec![Node { name: "door", part: Part::Door(door), is_silent: false }];
    if front == Front::Balancer {
        let group = Group { to: 2, broken: 0.0, ill: 0.0 };
        nodes.push(Node { name: "group", part: Part::Group(group), is_silent: false });
    }
    nodes.push(Node { name: "part", part, is_silent: false });
    let setup = Setup { nodes, account_concurrency: 1000.0, used_elsewhere: 0.0 };
    let metrics: Vec<Metric> = asked.iter().map(|(node, name, statistic)| metric(*node, name, statistic)).collect();
    let (mut out, unknown) = Recorder::new(&metrics, |m| m.resource.as_str().parse().ok());
    assert!(unknown.is_empty());
    let mut world = World::new(&setup, 5, Calendar::new(0, DAY));
    (0..minutes).for_each(|minute| world.step(&setup, minute, &mut out));
    out.tracks
        .iter()
        .map(|track| {
            let values: Vec<f64> = track.between(30, minutes).collect();
            values.iter().sum::<f64>() / values.len() as f64
        })
        .collect()
}

/// Any metric there is, under another name.
fn metric(node: usize, name: &str, statistic: &str) -> Metric {
    let (mut known, _) = Catalog::builtin().metrics_of(&Resource::new("AWS::SNS::Topic", "any"), |_, _| vec![]);
    let mut metric = known.remove(0);
    (metric.key.name, metric.key.statistic) = (name.to_owned(), statistic.to_owned());
    metric.resource = ResourceId(node.to_string());
    metric
}

fn server(rate: f64) -> Vec<f64> {
    let service =
        Service { slots: 1.0, cpus: 1000.0, cpu_ms: 0.0, variation: 1.0, errors: 0.0, ..apps::service(1.0, 100.0) };
    alone(Part::Service(service), rate, &[(0, "TargetResponseTime", "Average"), (0, "RequestCount", "Sum")], DAY)
}

#[test]
fn one_server_is_as_slow_as_the_textbook_has_it() {
    // M/M/1: mean time in it = service / (1 - usage); the line from the client takes a millisecond.
    for rate in [60.0, 250.0, 360.0] {
        let [measured, came] = server(rate)[..] else { panic!("two metrics") };
        let usage = came / 60.0 * 0.1;
        let known = 0.1 / (1.0 - usage);
        assert!((measured / known - 1.0).abs() < 0.12, "at {usage}: {measured} s against {known} s");
    }
}

#[test]
fn what_a_server_can_t_take_is_refused() {
    let service = Service { slots: 1.0, cpus: 1000.0, cpu_ms: 0.0, errors: 0.0, ..apps::service(1.0, 100.0) };
    let asked = [(0, "HTTPCode_ELB_5XX_Count", "Sum"), (0, "RequestCount", "Sum")];
    let [refused, all] = alone(Part::Service(service), 1200.0, &asked, 6 * HOUR)[..] else { panic!("two metrics") };
    // Ten a second fit, twenty come.
    assert!((0.4..0.6).contains(&(refused / all)), "{refused} of {all}");
}

#[test]
fn as_many_run_at_once_as_little_s_law_has_it() {
    let function = Function { cold: 0.0, ..Function::new(2000.0, 30.0) };
    let asked = [(1, "ConcurrentExecutions", "Average"), (1, "Duration", "Average"), (1, "Invocations", "Sum")];
    let [at_once, duration, runs] = alone(Part::Function(function), 600.0, &asked, 6 * HOUR)[..] else {
        panic!("three")
    };
    let known = runs / 60.0 * duration / 1000.0;
    assert!((at_once / known - 1.0).abs() < 0.05, "{at_once} at once, {known} by Little");
}

#[test]
fn a_reservation_throttles_what_does_not_fit() {
    let function = Function { cold: 0.0, reserved: Some(10.0), ..Function::new(2000.0, 30.0) };
    let asked = [(1, "Throttles", "Sum"), (1, "Invocations", "Sum"), (0, "5XXError", "Sum")];
    let [throttled, runs, failed] = alone(Part::Function(function), 600.0, &asked, 6 * HOUR)[..] else {
        panic!("three")
    };
    // Ten at once for two seconds each are 300 a minute.
    assert!((200.0..=300.0).contains(&runs), "{runs} runs");
    assert!((failed - throttled).abs() < 3.0, "who is throttled gets an error: {failed} of {throttled}");
}

fn recorded(app: App, seed: u64) -> Running {
    let (watched, mut running) = crate::lab::Watched::new(app, seed, Calendar::new(-DAY, 2 * DAY), 0).unwrap();
    let script = features::fortnight(&watched.app, seed, DAY);
    watched.run(&mut running, &script, DAY);
    running
}

#[test]
fn the_same_seed_gives_the_same_minutes_and_another_seed_others() {
    for name in NAMES {
        let bits = |seed| -> Vec<Vec<u32>> {
            let tracks = recorded(apps::app(name), seed).recorder.tracks;
            tracks.iter().map(|track| track.values.iter().map(|v| v.to_bits()).collect()).collect()
        };
        let first = bits(1);
        assert!(first == bits(1), "{name}");
        assert!(first != bits(2), "{name}");
    }
}

#[test]
fn every_path_and_name_of_the_truths_is_in_its_application() {
    for name in NAMES {
        let lab = Lab::new(apps::app(name), 1).unwrap();
        let is_known =
            |n: &str| lab.watched.app.inventory.resources.iter().any(|r| r.name == n.trim_start_matches('?'));
        for kind in incidents::all().into_iter().filter(|k| k.apps.contains(&name)) {
            let (_, plan, ..) = stage(&lab, kind, Strength::Clear);
            for truth in &plan.truths {
                let harm = truth.harm.iter().map(|h| h.node);
                let named = truth.symptoms.iter().chain(&truth.causes).chain(truth.paths.iter().flatten()).copied();
                let wrong: Vec<&str> = harm.chain(named).filter(|n| !is_known(n)).collect();
                assert!(wrong.is_empty(), "{}: {wrong:?}", kind.name);
                assert!(truth.causes.iter().all(|c| !truth.innocent.contains(c)), "{}", kind.name);
            }
        }
    }
}

fn harms(lab: &Lab, kind: &Kind, strength: Strength) {
    let (scene, plan, running, spans) = stage(lab, kind, strength);
    let what = format!("{} {} {}", kind.name, scene.app, strength.name());
    for (truth, span) in plan.truths.iter().zip(&spans) {
        let most = truth.harm.iter().map(|h| h.clear_minutes).max().unwrap_or(0);
        let least = if strength == Strength::Mild { 1 } else { most };
        assert!(span.minutes >= least, "{what}: {} harmful minutes, {least} are said", span.minutes);
    }
    // Until it begins nothing is other than without it.
    let first = plan.script.effects.iter().map(|e| e.from).min().unwrap_or(scene.at);
    for (with, without) in running.recorder.tracks.iter().zip(&lab.undisturbed.tracks) {
        let until = |track: &crate::world::Track| -> Vec<u64> {
            track.between(first - HOUR, first).map(f64::to_bits).collect()
        };
        assert!(until(with) == until(without), "{what}: changed before it began");
    }
}

#[test]
fn every_kind_harms_when_and_as_long_as_it_says() {
    for name in NAMES {
        let lab = Lab::new(apps::app(name), 1).unwrap();
        for kind in incidents::all().into_iter().filter(|k| k.apps.contains(&name)) {
            for strength in Strength::ALL {
                if kind.at_night || strength != Strength::Night {
                    harms(&lab, kind, strength);
                }
            }
        }
    }
}

#[test]
fn there_are_as_many_kinds_as_promised_and_about_half_are_held_back() {
    let mut names: Vec<&str> = incidents::all().iter().map(|k| k.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "a name is there twice");
    assert!(all >= 45, "{all} kinds");
    let held = names.iter().filter(|name| incidents::is_held_back(name)).count();
    assert!((all * 2 / 5..=all * 3 / 5).contains(&held), "{held} of {all} are held back");
}

/// Whatever is done in ordinary months, nothing in them fails for long.
#[test]
fn ordinary_months_have_next_to_no_failures() {
    for (name, node, metric) in [
        ("shop", "shop-api", "5XXError"),
        ("web", "web-lb", "HTTPCode_Target_5XX_Count"),
        ("stream", "flow-api", "5xx"),
    ] {
        let app = apps::app(name);
        let days = 21;
        let (script, _) = features::script(&app, 3, 0, days * DAY);
        let (watched, mut running) =
            crate::lab::Watched::new(app, 3, Calendar::new(-DAY, (days + 1) * DAY), 0).unwrap();
        watched.run(&mut running, &script, days * DAY);
        let of = |wanted: &str| -> f64 {
            let is_it = |m: &Metric| {
                m.key.name == wanted
                    && watched.app.inventory.resource(&m.resource).is_some_and(|r| r.name == node)
                    && m.key.statistic == "Sum"
            };
            let place = watched.metrics.iter().position(is_it).expect("the metric is in the catalogue");
            running.recorder.tracks[place].between(0, days * DAY).sum()
        };
        let all = of(if name == "web" { "RequestCount" } else { "Count" });
        assert!(of(metric) / all < 0.004, "{name}: {} of {all} failed", of(metric));
    }
}
