//! Lists by page: several read as one, and what of them is wanted.

use crate::cursor::{Mark, Request};
use crate::error::Error;
use stackseer_model::Timestamp;
use stackseer_model::ports::{Ask, MOST_IN_PAGE, Page, PortError, Position};
use std::future::Future;

/// What isn't wanted is read past in pieces of this size, and so often for one page; a page may then have fewer than asked for,
/// or none, and a token that goes on.
const PIECE: usize = 100;
const MOST_PIECES: usize = 5;

/// How the next page is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// UUIDs.
    Uuid,
    /// Anything: looked for within its second.
    Text,
}

/// A page of a list, as an operation is asked for it.
pub struct Paging {
    request: Request,
    mark: Option<Mark>,
    ids: Ids,
    pub limit: usize,
}

impl Paging {
    pub fn new(request: Request, token: Option<&str>, max: Option<i64>, usual: usize, ids: Ids) -> Result<Self, Error> {
        let limit = max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usual);
        Ok(Self { mark: request.mark(token)?, request, ids, limit })
    }

    pub fn token(&self, next: Option<&Position>) -> Option<String> {
        let mark = match self.ids {
            Ids::Uuid => Mark::of_uuid,
            Ids::Text => Mark::of_text,
        };
        next.map(|position| self.request.token(mark(position)))
    }

    /// The part of a list within the range, without what was on the pages before; `to` is inclusive.
    pub fn ask(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Ask {
        let to = to.map(|to| to + jiff::SignedDuration::from_secs(1));
        let ask = Ask::newest(self.limit).within(from, to);
        match (self.mark, self.ids) {
            (None, _) => ask,
            (Some(mark), Ids::Uuid) => ask.after(Some(mark.position())),
            (Some(mark), Ids::Text) => Ask { to: Some(to.map_or(mark.end(), |to| to.min(mark.end()))), ..ask },
        }
    }

    /// What `of` gives is in the list's order, newest first; the page of it.
    pub fn of<T>(&self, items: Vec<T>, position: impl Fn(&T) -> Position) -> Page<T> {
        let mut follows = self.follows();
        let mut items: Vec<T> = items.into_iter().filter(|item| follows(&position(item))).collect();
        let is_last = items.len() <= self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| !is_last).map(position);
        Page { items, next }
    }

    /// A page of what is read whole, in an order that has no time; and the token of the next.
    pub fn slice<T>(&self, items: Vec<T>, id: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let mark = |index: usize, item: &T| Mark::of_index(index, &id(item));
        let start = self.mark.map_or(0, |begun| after(&items, begun, mark));
        let is_last = items.len() - start <= self.limit;
        let page: Vec<T> = items.into_iter().skip(start).take(self.limit).collect();
        let last = page.last().filter(|_| !is_last).map(|item| mark(start + page.len() - 1, item));
        (page, last.map(|last| self.request.token(last)))
    }

    /// Lists one after the other, called by UUIDs in ascending order.
    pub fn parts<'a>(&'a self, names: impl Iterator<Item = &'a str>) -> Parts<'a> {
        let names: Vec<&str> = names.collect();
        let next = self.mark.map_or(0, |mark| names.partition_point(|name| **name < *mark.part()));
        Parts { paging: self, names, next, left: self.limit, last: None }
    }

    /// Whether an item was not yet on a page before; asked of one after the other.
    pub fn follows(&self) -> impl FnMut(&Position) -> bool + Send + use<> {
        let (mark, ids) = (self.mark, self.ids);
        let mut is_past = false;
        move |position| match (mark, ids) {
            (None, _) => true,
            (Some(mark), Ids::Uuid) => *position < mark.position(),
            (Some(mark), Ids::Text) if position.second < mark.position().second => true,
            (Some(mark), Ids::Text) => {
                let follows = is_past && position.second == mark.position().second;
                is_past |= Mark::of_text(position) == mark;
                follows
            }
        }
    }
}

/// Several lists one after the other, each read whole and only when its turn comes.
pub struct Parts<'a> {
    paging: &'a Paging,
    names: Vec<&'a str>,
    next: usize,
    left: usize,
    last: Option<Mark>,
}

impl Parts<'_> {
    /// The number of the next list to read.
    pub fn next(&mut self) -> Option<usize> {
        (self.left > 0 && self.next < self.names.len()).then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    /// What there is room for of the list that was read.
    pub fn take<T>(&mut self, items: Vec<T>, id: impl Fn(&T) -> String) -> Vec<T> {
        let name = self.names[self.next - 1];
        let mark = |index: usize, item: &T| Mark::in_part(name, index, &id(item));
        let begun = self.paging.mark.filter(|mark| name.starts_with(&mark.part()));
        let start = begun.map_or(0, |begun| after(&items, begun, mark));
        let all = items.len();
        let taken: Vec<T> = items.into_iter().skip(start).take(self.left).collect();
        self.left -= taken.len();
        let is_last = start + taken.len() >= all && self.next == self.names.len();
        self.last = taken.last().filter(|_| !is_last).map(|item| mark(start + taken.len() - 1, item)).or(self.last);
        if is_last {
            self.last = None;
        }
        taken
    }

    pub fn token(&self) -> Option<String> {
        self.last.filter(|_| self.left == 0).map(|mark| self.paging.request.token(mark))
    }
}

/// Where what follows the mark begins, also where the marked one is no longer there.
fn after<T>(items: &[T], mark: Mark, of: impl Fn(usize, &T) -> Mark) -> usize {
    let is_it = |item: &T| of(mark.index(), item) == mark;
    let found = items.get(mark.index()).filter(|item| is_it(item)).map(|_| mark.index());
    found.or_else(|| items.iter().position(is_it)).map_or(mark.index().min(items.len()), |index| index + 1)
}

/// Of all the sources together what is wanted, newest first.
pub async fn wanted<T, F: Future<Output = Result<Page<T>, PortError>> + Send>(
    sources: usize,
    ask: Ask,
    is_all: bool,
    read: impl Fn(usize, Ask) -> F,
    position: impl Fn(&T) -> Position,
    mut keep: impl FnMut(&T) -> bool,
) -> Result<Page<T>, PortError> {
    let limit = ask.limit;
    let piece = if is_all { limit } else { limit.clamp(PIECE, MOST_IN_PAGE) };
    let mut ask = Ask { limit: piece, ..ask };
    let mut items = Vec::new();
    for _ in 0..MOST_PIECES {
        let part = merged(sources, &ask, &read, &position).await?;
        let last = part.items.last().map(&position);
        for item in part.items {
            let at = position(&item);
            if !keep(&item) {
                continue;
            }
            items.push(item);
            if items.len() == limit {
                let is_end = part.next.is_none() && last.as_ref() == Some(&at);
                return Ok(Page { items, next: Some(at).filter(|_| !is_end) });
            }
        }
        let Some(next) = part.next else { return Ok(Page { items, next: None }) };
        ask.after = Some(next);
    }
    Ok(Page { items, next: ask.after })
}

async fn merged<T, F: Future<Output = Result<Page<T>, PortError>> + Send>(
    sources: usize,
    ask: &Ask,
    read: &impl Fn(usize, Ask) -> F,
    position: &impl Fn(&T) -> Position,
) -> Result<Page<T>, PortError> {
    if sources == 1 {
        return read(0, ask.clone()).await;
    }
    let mut all = Vec::new();
    let mut goes_on = false;
    for source in 0..sources {
        let page = read(source, ask.clone()).await?;
        goes_on |= page.next.is_some();
        all.extend(page.items);
    }
    all.sort_by_cached_key(|item| std::cmp::Reverse(position(item)));
    // What two applications share is one.
    all.dedup_by_key(|item| position(item));
    goes_on |= all.len() > ask.limit;
    all.truncate(ask.limit);
    let next = all.last().filter(|_| goes_on).map(position);
    Ok(Page { items: all, next })
}

/// Everything in a list.
pub async fn all<T, F: Future<Output = Result<Page<T>, PortError>> + Send>(
    read: impl Fn(Ask) -> F,
) -> Result<Vec<T>, PortError> {
    let mut ask = Ask::newest(MOST_IN_PAGE);
    let mut items = Vec::new();
    loop {
        let page = read(ask.clone()).await?;
        items.extend(page.items);
        match page.next {
            None => return Ok(items),
            Some(next) => ask.after = Some(next),
        }
    }
}
