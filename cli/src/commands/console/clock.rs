//! A demo's time: it goes faster than ours, can be stopped, and ends with what was simulated.

use stackseer_api::{Clock, Pace};
use stackseer_model::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Seconds in a second: the first incident shows within a quarter of a minute, and nobody waits hours for the next.
const SPEED: f64 = 60.0;
/// What the ticks keep up with.
const FASTEST: f64 = 3600.0;

pub struct DemoClock {
    end: Timestamp,
    hand: Mutex<Hand>,
    moved: Notify,
}

/// What it showed, and when it did.
#[derive(Clone, Copy)]
struct Hand {
    time: Timestamp,
    at: Instant,
    paused: bool,
    speed: f64,
}

impl DemoClock {
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        let hand = Hand { time: start, at: Instant::now(), paused: false, speed: SPEED };
        Self { end, hand: Mutex::new(hand), moved: Notify::new() }
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self, hand: Hand) -> Timestamp {
        let passed = if hand.paused { 0.0 } else { hand.at.elapsed().as_secs_f64() * hand.speed };
        let time = Timestamp::from_millisecond(hand.time.as_millisecond() + (passed * 1000.0) as i64);
        time.map_or(self.end, |time| time.min(self.end))
    }

    /// Returns once it shows `time`.
    pub async fn reaches(&self, time: Timestamp) {
        loop {
            let moved = self.moved.notified();
            let hand = *self.hand();
            let left = (time.as_millisecond() - self.shown(hand).as_millisecond()) as f64 / 1000.0;
            if left <= 0.0 {
                return;
            }
            match hand.paused {
                true => moved.await,
                false => tokio::select! {
                    () = moved => (),
                    () = tokio::time::sleep(Duration::from_secs_f64(left / hand.speed)) => (),
                },
            }
        }
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        self.shown(*self.hand())
    }

    fn pace(&self) -> Option<Pace> {
        let hand = *self.hand();
        Some(Pace { paused: hand.paused || self.shown(hand) == self.end, speed: hand.speed })
    }

    /// What has happened can't be undone: it goes forward only.
    fn set(&self, paused: Option<bool>, speed: Option<f64>, now: Option<Timestamp>) -> bool {
        let mut hand = self.hand();
        let shown = self.shown(*hand);
        let is_possible = speed.is_none_or(|speed| speed > 0.0 && speed <= FASTEST)
            && now.is_none_or(|now| shown <= now && now <= self.end);
        if is_possible {
            *hand = Hand {
                time: now.unwrap_or(shown),
                at: Instant::now(),
                paused: paused.unwrap_or(hand.paused),
                speed: speed.unwrap_or(hand.speed),
            };
            self.moved.notify_waiters();
        }
        is_possible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn soon() -> Duration {
        Duration::from_millis(50)
    }

    #[test]
    fn it_stops_goes_on_and_ends() {
        let clock = DemoClock::new(at(1000), at(5000));
        assert!(clock.set(Some(true), Some(100.0), None));
        let stopped = clock.now();
        std::thread::sleep(soon());
        assert_eq!((clock.now(), clock.pace()), (stopped, Some(Pace { paused: true, speed: 100.0 })));
        assert!(clock.set(Some(false), None, None));
        std::thread::sleep(soon());
        assert!(clock.now() >= at(1005) && clock.now() < at(5000));
        assert!(clock.set(None, None, Some(at(5000))));
        std::thread::sleep(soon());
        assert_eq!((clock.now(), clock.pace().map(|p| p.paused)), (at(5000), Some(true)));
    }

    #[test]
    fn what_it_can_t_do_it_doesn_t() {
        let clock = DemoClock::new(at(1000), at(5000));
        for (speed, now) in [
            (Some(0.0), None),
            (Some(-1.0), None),
            (Some(f64::NAN), None),
            (Some(1e9), None),
            (None, Some(at(999))),
            (None, Some(at(5001))),
        ] {
            assert!(!clock.set(Some(true), speed, now), "{speed:?} {now:?}");
        }
        assert_eq!(clock.pace(), Some(Pace { paused: false, speed: SPEED }));
    }

    #[tokio::test]
    async fn who_waits_is_told_when_it_is_moved() {
        let clock = DemoClock::new(at(1000), at(5000));
        clock.set(Some(true), None, None);
        let (reached, ()) = tokio::join!(tokio::time::timeout(soon() * 20, clock.reaches(at(4000))), async {
            tokio::time::sleep(soon()).await;
            assert!(clock.set(None, None, Some(at(4000))));
        });
        assert!(reached.is_ok());
        assert!(tokio::time::timeout(soon(), clock.reaches(at(4001))).await.is_err());
    }
}
