//! What people made of an insight.

use crate::wire;
use stackseer_model::{Acknowledgement, FeedbackKind, Muted, Note};

pub fn acknowledgement(given: &Acknowledgement) -> wire::Acknowledgement {
    wire::Acknowledgement { by: given.by.clone(), time: given.time.into() }
}

pub fn note(note: &Note) -> wire::Note {
    wire::Note { id: note.id.to_string(), by: note.by.clone(), time: note.time.into(), text: note.text.clone() }
}

pub fn muted_by(muted: &Muted) -> wire::MutedBy {
    wire::MutedBy {
        mute_id: muted.mute.to_string(),
        by: muted.by.clone(),
        reason: muted.reason.clone(),
        until: muted.until.map(Into::into),
    }
}

pub fn feedback_option(kind: FeedbackKind) -> wire::InsightFeedbackOption {
    match kind {
        FeedbackKind::ValidCollection => wire::InsightFeedbackOption::ValidCollection,
        FeedbackKind::RecommendationUseful => wire::InsightFeedbackOption::RecommendationUseful,
        FeedbackKind::AlertTooSensitive => wire::InsightFeedbackOption::AlertTooSensitive,
        FeedbackKind::DataNoisyAnomaly => wire::InsightFeedbackOption::DataNoisyAnomaly,
        FeedbackKind::DataIncorrect => wire::InsightFeedbackOption::DataIncorrect,
    }
}

pub fn feedback_kind(option: wire::InsightFeedbackOption) -> FeedbackKind {
    match option {
        wire::InsightFeedbackOption::ValidCollection => FeedbackKind::ValidCollection,
        wire::InsightFeedbackOption::RecommendationUseful => FeedbackKind::RecommendationUseful,
        wire::InsightFeedbackOption::AlertTooSensitive => FeedbackKind::AlertTooSensitive,
        wire::InsightFeedbackOption::DataNoisyAnomaly => FeedbackKind::DataNoisyAnomaly,
        wire::InsightFeedbackOption::DataIncorrect => FeedbackKind::DataIncorrect,
    }
}
