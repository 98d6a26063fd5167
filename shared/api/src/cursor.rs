//! `NextToken`: where a page ended, in the sixteen bytes of the UUID that clients insist on. Nothing is kept for it.
//!
//! | bytes | what                                                                                            |
//! |-------|-------------------------------------------------------------------------------------------------|
//! | 0–1   | a hash of the request and the rest, so that a token of another list or a made-up one is refused |
//! | 2–6   | the second                                                                                      |
//! | 7–15  | what tells two of one second apart                                                              |

use crate::error::Error;
use crate::generated::Input;
use serde::Serialize;
use stackseer_model::Timestamp;
use stackseer_model::ports::Position;
use uuid::Uuid;

/// The request that a token belongs to: all of it but the token and the size of the page.
#[derive(Debug, Clone)]
pub struct Request(String);

impl Request {
    pub fn of<T: Input + Serialize>(input: &T) -> Self {
        let mut asked = serde_json::to_value(input).unwrap_or_default();
        if let Some(object) = asked.as_object_mut() {
            object.retain(|name, _| name != "NextToken" && name != "MaxResults");
        }
        Self(format!("{} {asked}", T::OPERATION.name()))
    }

    pub fn token(&self, mark: Mark) -> String {
        let mut bytes = [0; 16];
        bytes[2..7].copy_from_slice(&mark.second.to_be_bytes()[3..]);
        bytes[7..].copy_from_slice(&mark.id);
        let seal = self.seal(&bytes[2..]);
        bytes[..2].copy_from_slice(&seal);
        Uuid::from_bytes(bytes).to_string()
    }

    /// None: the first page is asked for.
    pub fn mark(&self, token: Option<&str>) -> Result<Option<Mark>, Error> {
        let Some(token) = token else { return Ok(None) };
        let refused = || Error::field("NextToken", "NextToken is not one that this request has been answered with");
        let bytes = Uuid::parse_str(token).map_err(|_| refused())?.into_bytes();
        if bytes[..2] != self.seal(&bytes[2..]) {
            return Err(refused());
        }
        let mut second = [0; 8];
        second[3..].copy_from_slice(&bytes[2..7]);
        let mut id = [0; 9];
        id.copy_from_slice(&bytes[7..]);
        Ok(Some(Mark { second: u64::from_be_bytes(second), id }))
    }

    fn seal(&self, rest: &[u8]) -> [u8; 2] {
        let sealed = Uuid::new_v5(&Uuid::NAMESPACE_OID, &[self.0.as_bytes(), rest].concat()).into_bytes();
        [sealed[0], sealed[1]]
    }
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    second: u64,
    id: [u8; 9],
}

impl Mark {
    /// In a list whose ids are UUIDs: their first bytes are enough.
    pub fn of_uuid(position: &Position) -> Self {
        let id = Uuid::parse_str(&position.id).unwrap_or_default().into_bytes();
        Self::new(position, id)
    }

    /// In a list of other ids, where the one has to be looked for within its second.
    pub fn of_text(position: &Position) -> Self {
        Self::new(position, Uuid::new_v5(&Uuid::NAMESPACE_OID, position.id.as_bytes()).into_bytes())
    }

    /// In a list that is read whole, in an order that has no time.
    pub fn of_index(index: usize, id: &str) -> Self {
        let second = index.try_into().unwrap_or(i64::MAX);
        Self::of_text(&Position { second, id: id.to_owned() })
    }

    /// In one of several such lists, each called by a UUID.
    pub fn in_part(part: &str, index: usize, id: &str) -> Self {
        let mut mark = Self::of_index(index, id);
        let part = Uuid::parse_str(part).unwrap_or_default().into_bytes();
        mark.id.copy_within(0..5, 4);
        mark.id[..4].copy_from_slice(&part[..4]);
        mark
    }

    pub fn index(self) -> usize {
        self.second.try_into().unwrap_or(usize::MAX)
    }

    /// Not after the part's own name.
    pub fn part(self) -> String {
        let name = u32::from_be_bytes([self.id[0], self.id[1], self.id[2], self.id[3]]);
        format!("{name:08x}")
    }

    fn new(position: &Position, id: [u8; 16]) -> Self {
        let mut first = [0; 9];
        first.copy_from_slice(&id[..9]);
        Self { second: position.second.try_into().unwrap_or(0), id: first }
    }

    /// Right before the one that was marked by its UUID, and after everything that follows it.
    pub fn position(self) -> Position {
        let mut id = [0; 16];
        id[..9].copy_from_slice(&self.id);
        let id = Uuid::from_bytes(id).to_string();
        Position { second: self.second.try_into().unwrap_or(i64::MAX), id: id[..21].to_owned() }
    }

    /// Just after the marked second.
    pub fn end(self) -> Timestamp {
        let second = self.second.try_into().unwrap_or(i64::MAX);
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX) + jiff::SignedDuration::from_secs(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::types::{ListInsightsRequest, ListInsightsStatusFilter};

    fn request(max: Option<i64>) -> ListInsightsRequest {
        let status_filter = ListInsightsStatusFilter { any: None, closed: None, ongoing: None };
        ListInsightsRequest { max_results: max, next_token: None, status_filter }
    }

    fn position(second: i64, id: u128) -> Position {
        Position { second, id: Uuid::from_u128(id).to_string() }
    }

    #[test]
    fn a_token_leads_back_to_where_the_page_ended_whatever_the_next_page_s_size() {
        let mark = Mark::of_uuid(&position(1_794_996_400, 0xabcd_ef01_2345_6789_abcd_ef01_2345_6789));
        let token = Request::of(&request(Some(1))).token(mark);
        assert_eq!(token.len(), 36);
        assert_eq!(Request::of(&request(None)).mark(Some(&token)), Ok(Some(mark)));
        assert_eq!(Request::of(&request(None)).mark(None), Ok(None));
    }

    #[test]
    fn what_follows_is_before_the_mark_and_what_was_shown_is_not() {
        let ids = [0x10_u128, 0x20, 0x21, 0x30].map(|first| first << 120);
        let mark = Mark::of_uuid(&position(50, ids[2])).position();
        let follows = |second: i64, id: u128| position(second, id) < mark;
        assert_eq!(ids.map(|id| follows(50, id)), [true, true, false, false]);
        assert!(follows(49, ids[3]) && !follows(51, ids[0]));
    }

    #[test]
    fn tokens_of_other_requests_and_made_up_ones_are_refused() {
        let mark = Mark::of_uuid(&position(50, 1 << 100));
        let token = Request::of(&request(None)).token(mark);
        let other = crate::generated::types::DescribeFeedbackRequest { insight_id: None };
        for (request, token) in [
            (Request::of(&other), token.as_str()),
            (Request::of(&request(None)), "00000000-0000-0000-0000-000000000000"),
            (Request::of(&request(None)), "no token"),
        ] {
            assert!(request.mark(Some(token)).is_err(), "{token}");
        }
    }
}
