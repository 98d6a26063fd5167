//! A channel that people added, and what it wants to hear.

use crate::{ChannelId, Insight, Message, MessageType, Scope, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A topic to which messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationChannel {
    pub id: ChannelId,
    pub topic: String,
    pub filter: Filter,
}

impl NotificationChannel {
    pub fn new(scope: &Scope, topic: &str, filter: Filter) -> Self {
        Self { id: ChannelId::of(scope, topic), topic: topic.to_owned(), filter }
    }
}

const SEVERITIES: [(&str, Severity); 3] =
    [("high", Severity::High), ("medium", Severity::Medium), ("low", Severity::Low)];
const MESSAGE_TYPES: [(&str, MessageType); 5] = [
    ("new_insight", MessageType::NewInsight),
    ("closed_insight", MessageType::ClosedInsight),
    ("new_association", MessageType::NewAssociation),
    ("severity_upgraded", MessageType::SeverityUpgraded),
    ("new_recommendation", MessageType::NewRecommendation),
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Empty: whatever the severity.
    pub severities: BTreeSet<Severity>,
    /// Empty: whatever the message.
    pub message_types: BTreeSet<MessageType>,
}

impl Default for Filter {
    /// DevOps Guru's: everything about what is not low.
    fn default() -> Self {
        Self {
            severities: BTreeSet::from([Severity::High, Severity::Medium]),
            message_types: MESSAGE_TYPES.into_iter().map(|(_, kind)| kind).collect(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is none of {allowed}")]
pub struct FilterError {
    pub word: String,
    pub allowed: String,
}

impl Filter {
    /// Comma-separated words as in `high,medium` and `NEW_INSIGHT,CLOSED_INSIGHT`; `all`; empty: the default.
    pub fn parse(severities: &str, message_types: &str) -> Result<Self, FilterError> {
        let default = Self::default();
        Ok(Self {
            severities: words(severities, &SEVERITIES)?.unwrap_or(default.severities),
            message_types: words(message_types, &MESSAGE_TYPES)?.unwrap_or(default.message_types),
        })
    }

    pub fn wants(&self, message: &Message, insight: &Insight) -> bool {
        self.takes(message.message_type, insight.severity)
    }

    fn takes(&self, message_type: MessageType, severity: Severity) -> bool {
        (self.message_types.is_empty() || self.message_types.contains(&message_type))
            && (self.severities.is_empty() || self.severities.contains(&severity))
    }
}

fn words<T: Copy + Ord>(text: &str, known: &[(&str, T)]) -> Result<Option<BTreeSet<T>>, FilterError> {
    let mut found = BTreeSet::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let plain = word.to_ascii_lowercase().replace('-', "_");
        match known.iter().find(|(name, _)| *name == plain) {
            Some((_, value)) => _ = found.insert(*value),
            None if plain == "all" => found.extend(known.iter().map(|(_, value)| *value)),
            None => {
                let names = known.iter().map(|(name, _)| *name).chain(["all"]);
                let allowed = names.collect::<Vec<_>>().join(", ");
                return Err(FilterError { word: word.to_owned(), allowed });
            }
        }
    }
    Ok((!found.is_empty()).then_some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_everything_about_what_is_not_low() {
        let filter = Filter::parse("", " , ").unwrap();
        assert_eq!(filter, Filter::default());
        for (_, kind) in MESSAGE_TYPES {
            assert!(filter.takes(kind, Severity::High) && filter.takes(kind, Severity::Medium));
            assert!(!filter.takes(kind, Severity::Low));
        }
    }

    #[test]
    fn words_are_read_however_they_are_written() {
        let filter = Filter::parse("High, LOW", "new-insight,CLOSED_INSIGHT").unwrap();
        assert_eq!(filter.severities, BTreeSet::from([Severity::High, Severity::Low]));
        assert_eq!(filter.message_types, BTreeSet::from([MessageType::NewInsight, MessageType::ClosedInsight]));
        assert!(filter.takes(MessageType::NewInsight, Severity::Low));
        assert!(!filter.takes(MessageType::NewAssociation, Severity::High));
        assert!(!filter.takes(MessageType::NewInsight, Severity::Medium));
        let all = Filter::parse("all", "all").unwrap();
        assert_eq!((all.severities.len(), all.message_types.len()), (3, 5));
    }

    #[test]
    fn what_is_not_given_filters_nothing() {
        let high = Filter { severities: BTreeSet::from([Severity::High]), message_types: BTreeSet::new() };
        assert!(high.takes(MessageType::NewRecommendation, Severity::High));
        assert!(!high.takes(MessageType::NewRecommendation, Severity::Low));
        let any = Filter { severities: BTreeSet::new(), ..high };
        assert!(any.takes(MessageType::NewRecommendation, Severity::Low));
    }

    #[test]
    fn a_word_nobody_knows_is_said_with_those_there_are() {
        let error = Filter::parse("urgent", "").unwrap_err().to_string();
        assert_eq!(error, "`urgent` is none of high, medium, low, all");
        assert!(Filter::parse("", "NEW_INSIGHTS").unwrap_err().to_string().contains("new_insight, closed_insight"));
    }
}
