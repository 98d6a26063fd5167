//! An SQS queue with its dead-letter queue: messages wait, are read, come back when their reader failed, and are set aside
//! when that happened too often.

use crate::simulator::record::{Channel, Recorder};
use stackseer_model::Resource;
use std::collections::VecDeque;

const NAMESPACE: &str = "AWS/SQS";
/// A queue that nothing happens to is published for so long, then no more.
const ACTIVE_MINUTES: u32 = 6 * 60;
/// From the first message in a queue that was not active until it is published again.
const WAKING_MINUTES: u32 = 5;
/// Below so many waiting messages a reader finds them as they come, one or two seconds after they were sent.
const PROMPT: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Message {
    pub sent: u32,
    received: u32,
    /// Its reader can't deal with it.
    pub poison: bool,
}

pub struct Queue {
    visible: VecDeque<Message>,
    /// With the minute from which each is visible again, in that order.
    in_flight: VecDeque<(u32, Message)>,
    visibility_minutes: u32,
    max_receives: u32,
    counts: Counts,
    /// In the background, whether there are messages or not.
    empty_receives: u32,
    active_until: Option<u32>,
    published_from: u32,
    channels: Channels,
}

#[derive(Default)]
struct Counts {
    sent: u32,
    received: u32,
    deleted: u32,
}

struct Channels {
    sent: Channel,
    received: Channel,
    deleted: Channel,
    empty: Channel,
    visible: Channel,
    in_flight: Channel,
    delayed: Channel,
    age: Channel,
}

impl Queue {
    /// `always_read`: something polls it all the time, which keeps it active.
    pub fn new(recorder: &mut Recorder, resource: &Resource, max_receives: u32, always_read: bool) -> Self {
        let dims = [("QueueName", resource.name.as_str())];
        let mut channel = |metric, statistic| recorder.channel(resource, NAMESPACE, metric, statistic, &dims);
        let channels = Channels {
            sent: channel("NumberOfMessagesSent", "Sum"),
            received: channel("NumberOfMessagesReceived", "Sum"),
            deleted: channel("NumberOfMessagesDeleted", "Sum"),
            empty: channel("NumberOfEmptyReceives", "Sum"),
            visible: channel("ApproximateNumberOfMessagesVisible", "Maximum"),
            in_flight: channel("ApproximateNumberOfMessagesNotVisible", "Maximum"),
            delayed: channel("ApproximateNumberOfMessagesDelayed", "Maximum"),
            age: channel("ApproximateAgeOfOldestMessage", "Maximum"),
        };
        let seconds = resource.number("visibility_timeout_seconds").unwrap_or(30.0);
        Self {
            visible: VecDeque::new(),
            in_flight: VecDeque::new(),
            visibility_minutes: ((seconds / 60.0).ceil() as u32).max(1),
            max_receives,
            counts: Counts::default(),
            empty_receives: 0,
            active_until: always_read.then_some(u32::MAX),
            published_from: 0,
            channels,
        }
    }

    pub fn send(&mut self, minute: u32, poison: bool) {
        self.counts.sent += 1;
        self.visible.push_back(Message { sent: minute, received: 0, poison });
    }

    /// Of a dead-letter queue: messages keep the time they were first sent, and are no new ones sent.
    pub fn take_over(&mut self, minute: u32, messages: impl IntoIterator<Item = Message>) {
        let before = self.visible.len();
        self.visible.extend(messages);
        if self.visible.len() > before && self.active_until != Some(u32::MAX) {
            if self.active_until.is_none_or(|until| until < minute) {
                self.published_from = minute + WAKING_MINUTES;
            }
            self.active_until = Some(minute + ACTIVE_MINUTES);
        }
    }

    /// What was read and not deleted in time is visible again, unless that was once too often: then it is returned.
    pub fn begin(&mut self, minute: u32) -> Vec<Message> {
        let mut dead = Vec::new();
        while let Some((_, message)) = self.in_flight.pop_front_if(|(until, _)| *until <= minute) {
            if message.received >= self.max_receives { dead.push(message) } else { self.visible.push_back(message) }
        }
        dead
    }

    pub fn waiting(&self) -> usize {
        self.visible.len()
    }

    /// Oldest first, at most so many.
    pub fn receive(&mut self, most: usize) -> Vec<Message> {
        let taken = most.min(self.visible.len());
        self.counts.received += taken as u32;
        self.visible.drain(..taken).map(|message| Message { received: message.received + 1, ..message }).collect()
    }

    pub fn delete(&mut self, count: usize) {
        self.counts.deleted += count as u32;
    }

    /// The reader failed: they come back when their visibility timeout is over.
    pub fn fail(&mut self, minute: u32, messages: Vec<Message>) {
        let back = minute + self.visibility_minutes;
        self.in_flight.extend(messages.into_iter().map(|message| (back, message)));
    }

    pub fn empty_receives(&mut self, count: u32) {
        self.empty_receives += count;
    }

    pub fn purge(&mut self) {
        self.visible.clear();
        self.in_flight.clear();
    }

    /// `processing`: read and being worked on at the end of the minute.
    pub fn publish(&mut self, recorder: &mut Recorder, minute: u32, processing: u32, prompt_age: f64) {
        if !self.visible.is_empty() && self.active_until != Some(u32::MAX) {
            self.active_until = Some(minute + ACTIVE_MINUTES);
        }
        let counts = std::mem::take(&mut self.counts);
        let empty = std::mem::take(&mut self.empty_receives);
        if self.active_until.is_none_or(|until| until < minute) || minute < self.published_from {
            return;
        }
        let oldest = self.visible.iter().chain(self.in_flight.iter().map(|(_, m)| m)).map(|m| m.sent).min();
        let age = match oldest {
            // Sent within this very minute, or the last one that a reader is just coming to.
            Some(sent) if minute - sent < 1 && self.visible.len() < PROMPT => prompt_age,
            Some(sent) => f64::from(minute - sent) * 60.0 + prompt_age,
            None => {
                if counts.sent > 0 {
                    prompt_age
                } else {
                    0.0
                }
            }
        };
        let in_flight = self.in_flight.len() as f64 + f64::from(processing);
        for (channel, value) in [
            (self.channels.sent, f64::from(counts.sent)),
            (self.channels.received, f64::from(counts.received)),
            (self.channels.deleted, f64::from(counts.deleted)),
            (self.channels.empty, f64::from(empty)),
            (self.channels.visible, self.visible.len() as f64),
            (self.channels.in_flight, in_flight),
            (self.channels.delayed, 0.0),
            (self.channels.age, age.floor()),
        ] {
            recorder.put(channel, minute, value);
        }
    }
}
