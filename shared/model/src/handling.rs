//! What people made of an insight.

use crate::{Muted, NoteId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// So many notes an insight keeps: it is one row of the store.
pub const MOST_NOTES: usize = 100;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledgement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// In the order written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// People asked not to be told of it; or, once it is closed, were not told of its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<Muted>,
}

/// Somebody has seen it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    pub by: String,
    pub time: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: NoteId,
    pub by: String,
    pub time: Timestamp,
    pub text: String,
}

/// What somebody does to an insight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handle {
    /// Who was first to see it stays.
    Acknowledge(Acknowledgement),
    Unacknowledge,
    Assign(String),
    Unassign,
    /// The same note again changes nothing.
    AddNote(Note),
    RemoveNote(NoteId),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandlingError {
    #[error("there is no note {0}")]
    NoSuchNote(NoteId),
    #[error("an insight takes {MOST_NOTES} notes")]
    TooManyNotes,
}

impl Handling {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn apply(&mut self, change: &Handle) -> Result<(), HandlingError> {
        match change {
            Handle::Acknowledge(given) => _ = self.acknowledgement.get_or_insert_with(|| given.clone()),
            Handle::Unacknowledge => self.acknowledgement = None,
            Handle::Assign(to) => self.assignee = Some(to.clone()),
            Handle::Unassign => self.assignee = None,
            Handle::AddNote(note) if self.notes.iter().any(|n| n.id == note.id) => {}
            Handle::AddNote(_) if self.notes.len() >= MOST_NOTES => return Err(HandlingError::TooManyNotes),
            Handle::AddNote(note) => self.notes.push(note.clone()),
            Handle::RemoveNote(id) => {
                let before = self.notes.len();
                self.notes.retain(|n| n.id != *id);
                if self.notes.len() == before {
                    return Err(HandlingError::NoSuchNote(id.clone()));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InsightId;

    fn note(number: usize) -> Note {
        let (time, by, text) = (Timestamp::UNIX_EPOCH, "ann", format!("note {number}"));
        Note { id: NoteId::of(&InsightId("one".into()), time, by, &text), by: by.into(), time, text }
    }

    #[test]
    fn who_saw_it_first_stays_until_it_is_taken_back() {
        let seen = |by: &str| Acknowledgement { by: by.into(), time: Timestamp::UNIX_EPOCH };
        let mut handling = Handling::default();
        handling.apply(&Handle::Acknowledge(seen("ann"))).unwrap();
        handling.apply(&Handle::Acknowledge(seen("bob"))).unwrap();
        assert_eq!(handling.acknowledgement, Some(seen("ann")));
        handling.apply(&Handle::Unacknowledge).unwrap();
        handling.apply(&Handle::Acknowledge(seen("bob"))).unwrap();
        assert_eq!(handling.acknowledgement, Some(seen("bob")));
    }

    #[test]
    fn notes_are_kept_once_each_up_to_a_number_and_only_one_that_is_there_can_go() {
        let mut handling = Handling::default();
        for number in 0..MOST_NOTES {
            handling.apply(&Handle::AddNote(note(number))).unwrap();
        }
        assert_eq!(handling.apply(&Handle::AddNote(note(0))), Ok(()));
        assert_eq!(handling.apply(&Handle::AddNote(note(MOST_NOTES))), Err(HandlingError::TooManyNotes));
        handling.apply(&Handle::RemoveNote(note(3).id)).unwrap();
        assert_eq!(handling.apply(&Handle::RemoveNote(note(3).id)), Err(HandlingError::NoSuchNote(note(3).id)));
        assert_eq!(handling.notes.len(), MOST_NOTES - 1);
    }
}
