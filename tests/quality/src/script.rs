//! What is done to an application and when: its numbers change for a while, and people leave traces in CloudTrail.

use crate::calendar::{Minute, time};
use crate::world::Setup;
use stackseer_model::{ChangeEvent, DataSource, EventClass, Inventory, PropertyChange, event_id};
use std::sync::Arc;

type Act = Arc<dyn Fn(&mut Setup, f64) + Send + Sync>;

/// Numbers that are other ones for a while, all at once or bit by bit: `act` is told how much of it, 0 to 1.
#[derive(Clone)]
pub struct Effect {
    pub from: Minute,
    pub to: Minute,
    /// Minutes until it is there whole, and minutes in which it goes after `to`.
    pub rises: Minute,
    pub falls: Minute,
    act: Act,
}

impl Effect {
    fn strength(&self, minute: Minute) -> f64 {
        if minute < self.from || minute >= self.to + self.falls {
            return 0.0;
        }
        let rise = if self.rises > 0 { (minute - self.from + 1) as f64 / self.rises as f64 } else { 1.0 };
        let fall = if minute < self.to { 1.0 } else { 1.0 - (minute - self.to + 1) as f64 / (self.falls + 1) as f64 };
        rise.min(1.0) * fall
    }
}

/// A change as CloudTrail records it, of resources by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    pub minute: Minute,
    pub source: &'static str,
    pub name: &'static str,
    pub class: EventClass,
    pub on: Vec<&'static str>,
    pub changes: Vec<(&'static str, String, String)>,
    pub by: &'static str,
}

/// Points of these nodes, or of all, come so many minutes later than usual.
#[derive(Debug, Clone)]
pub struct Late {
    pub from: Minute,
    pub to: Minute,
    pub minutes: Minute,
}

#[derive(Clone, Default)]
pub struct Script {
    pub effects: Vec<Effect>,
    pub done: Vec<Done>,
    pub late: Vec<Late>,
}

impl Script {
    /// From `from` for `minutes`.
    pub fn during(
        &mut self,
        from: Minute,
        minutes: Minute,
        act: impl Fn(&mut Setup) + Send + Sync + 'static,
    ) -> &mut Self {
        self.ramp(from, minutes, 0, 0, move |setup, _| act(setup))
    }

    pub fn ramp(
        &mut self,
        from: Minute,
        minutes: Minute,
        rises: Minute,
        falls: Minute,
        act: impl Fn(&mut Setup, f64) + Send + Sync + 'static,
    ) -> &mut Self {
        self.effects.push(Effect { from, to: from + minutes, rises, falls, act: Arc::new(act) });
        self
    }

    pub fn done(&mut self, done: Done) -> &mut Self {
        self.done.push(done);
        self
    }

    /// The application's numbers of this minute; none: as they are by themselves.
    pub fn at(&self, setup: &Setup, minute: Minute) -> Option<Setup> {
        let mut changed = None;
        for effect in &self.effects {
            let strength = effect.strength(minute);
            if strength > 0.0 {
                (effect.act)(changed.get_or_insert_with(|| setup.clone()), strength);
            }
        }
        changed
    }

    pub fn events(&self, inventory: &Inventory) -> Vec<ChangeEvent> {
        let mut events: Vec<ChangeEvent> = self.done.iter().map(|done| event(done, inventory)).collect();
        events.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        events
    }
}

pub fn event(done: &Done, inventory: &Inventory) -> ChangeEvent {
    let id_of = |name: &&str| inventory.resources.iter().find(|r| r.name == **name).map(|r| r.id.clone());
    let resources: Vec<_> = done.on.iter().filter_map(id_of).collect();
    let at = time(done.minute);
    let change = |(property, from, to): &(&str, String, String)| PropertyChange {
        property: (*property).to_owned(),
        from: (!from.is_empty()).then(|| from.clone()),
        to: (!to.is_empty()).then(|| to.clone()),
    };
    ChangeEvent {
        id: event_id(done.source, done.name, at.as_second(), done.on.first().copied().unwrap_or_default()),
        time: at,
        source: done.source.to_owned(),
        name: done.name.to_owned(),
        data_source: DataSource::AwsCloudTrail,
        class: done.class,
        changes: done.changes.iter().map(change).collect(),
        actor: Some(done.by.to_owned()),
        resources,
        verdict: None,
    }
}

pub fn code(minute: Minute, function: &'static str) -> Done {
    Done {
        minute,
        source: "lambda.amazonaws.com",
        name: "UpdateFunctionCode",
        class: EventClass::Deployment,
        on: vec![function],
        changes: vec![],
        by: "ci",
    }
}

pub fn settings(minute: Minute, function: &'static str, property: &'static str, from: &str, to: &str) -> Done {
    let name =
        if property == "reserved_concurrency" { "PutFunctionConcurrency" } else { "UpdateFunctionConfiguration" };
    let changes = vec![(property, from.to_owned(), to.to_owned())];
    Done { name, class: EventClass::ConfigChange, changes, by: "someone", ..code(minute, function) }
}

pub fn tasks(minute: Minute, service: &'static str) -> Done {
    Done {
        source: "ecs.amazonaws.com",
        name: "UpdateService",
        changes: vec![("task_definition", String::new(), "app:42".to_owned())],
        ..code(minute, service)
    }
}

pub fn configured(
    minute: Minute,
    source: &'static str,
    name: &'static str,
    on: &'static str,
    changes: Vec<(&'static str, String, String)>,
) -> Done {
    Done { minute, source, name, class: EventClass::ConfigChange, on: vec![on], changes, by: "someone" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_rises_and_falls() {
        let act: Act = Arc::new(|_, _| {});
        let effect = Effect { from: 10, to: 20, rises: 4, falls: 4, act };
        let at = |minute| effect.strength(minute);
        assert_eq!([9, 10, 13, 19].map(at), [0.0, 0.25, 1.0, 1.0]);
        assert!(at(21) < at(20) && at(20) < 1.0 && at(24) == 0.0);
    }
}
