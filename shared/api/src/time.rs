//! Times on the wire: seconds since 1970 as a number, with a fraction where there is one, and nothing else. Some SDKs read anything
//! else wrongly without saying so.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl From<Timestamp> for Time {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}

impl Time {
    /// None: no such time can be kept.
    pub fn of_seconds(seconds: f64) -> Option<Self> {
        // Clients send milliseconds at the finest, and a double has no more to spare.
        let milliseconds = (seconds * 1000.0).round();
        if !milliseconds.is_finite() || milliseconds.abs() > 1e15 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "held above")]
        Timestamp::from_millisecond(milliseconds as i64).ok().map(Self)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let milliseconds = self.0.as_millisecond();
        if milliseconds % 1000 == 0 {
            serializer.serialize_i64(milliseconds / 1000)
        } else {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of any year with four digits are exact")]
            serializer.serialize_f64(milliseconds as f64 / 1000.0)
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Self::of_seconds(seconds).ok_or_else(|| D::Error::custom("no such time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_a_fraction_only_where_there_is_one() {
        for (millisecond, json) in [(1_794_996_400_000, "1794996400"), (1_794_996_400_123, "1794996400.123"), (0, "0")]
        {
            let time = Time(Timestamp::from_millisecond(millisecond).unwrap());
            assert_eq!(serde_json::to_string(&time).unwrap(), json);
            assert_eq!(serde_json::from_str::<Time>(json).unwrap(), time);
        }
        for wrong in ["\"2026-11-18T10:06:40Z\"", "1e300", "1794996400123000"] {
            assert!(serde_json::from_str::<Time>(wrong).is_err(), "{wrong}");
        }
    }
}
