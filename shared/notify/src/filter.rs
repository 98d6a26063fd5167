//! What a channel wants to hear.

use stackseer_model::{Insight, Message, MessageType, Severity};
use std::collections::BTreeSet;

const SEVERITIES: [(&str, Severity); 3] =
    [("high", Severity::High), ("medium", Severity::Medium), ("low", Severity::Low)];
const MESSAGE_TYPES: [(&str, MessageType); 5] = [
    ("new_insight", MessageType::NewInsight),
    ("closed_insight", MessageType::ClosedInsight),
    ("new_association", MessageType::NewAssociation),
    ("severity_upgraded", MessageType::SeverityUpgraded),
    ("new_recommendation", MessageType::NewRecommendation),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub severities: BTreeSet<Severity>,
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
        self.message_types.contains(&message.message_type) && self.severities.contains(&insight.severity)
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
    use crate::examples::{load_test, message, repeated};

    #[test]
    fn the_default_is_everything_about_what_is_not_low() {
        let filter = Filter::parse("", " , ").unwrap();
        assert_eq!(filter, Filter::default());
        for (_, kind) in MESSAGE_TYPES {
            let message = message(kind, &load_test());
            assert!(filter.wants(&message, &load_test()));
            assert!(!filter.wants(&message, &repeated()));
        }
    }

    #[test]
    fn words_are_read_however_they_are_written() {
        let filter = Filter::parse("High, LOW", "new-insight,CLOSED_INSIGHT").unwrap();
        assert_eq!(filter.severities, BTreeSet::from([Severity::High, Severity::Low]));
        assert_eq!(filter.message_types, BTreeSet::from([MessageType::NewInsight, MessageType::ClosedInsight]));
        assert!(filter.wants(&message(MessageType::NewInsight, &repeated()), &repeated()));
        assert!(!filter.wants(&message(MessageType::NewAssociation, &load_test()), &load_test()));
        let all = Filter::parse("all", "all").unwrap();
        assert_eq!((all.severities.len(), all.message_types.len()), (3, 5));
    }

    #[test]
    fn a_word_nobody_knows_is_said_with_those_there_are() {
        let error = Filter::parse("urgent", "").unwrap_err().to_string();
        assert_eq!(error, "`urgent` is none of high, medium, low, all");
        assert!(Filter::parse("", "NEW_INSIGHTS").unwrap_err().to_string().contains("new_insight, closed_insight"));
    }
}
