//! Lists by page: several read as one, and what of them is wanted.

use crate::cursor::{Mark, Request};
use crate::error::Error;
use stackseer_model::Timestamp;
use stackseer_model::ports::{Ask, MOST_IN_PAGE, Page, PortError, Position};
use std::collections::VecDeque;
use std::future::Future;

/// What isn't wanted is read past, up to so much for one page; a page may then have fewer than asked for, or none, and a token
/// that goes on.
const MOST_READ: usize = 500;
/// A list is read in pieces, each so many times as long as the one before.
const GROWTH: usize = 4;
/// Of several lists each has at least so many of a page.
const LEAST: usize = 5;

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
    read: impl Fn(usize, Ask) -> F,
    position: impl Fn(&T) -> Position,
    mut keep: impl FnMut(&T) -> bool,
) -> Result<Page<T>, PortError> {
    let limit = ask.limit();
    let piece = limit.div_ceil(sources.max(1)).max(LEAST).min(limit);
    let mut sources: Vec<Source<T>> = (0..sources).map(|_| Source::new(Ask { limit: piece, ..ask.clone() })).collect();
    let mut items = Vec::new();
    let mut last = None;
    for _ in 0..MOST_READ {
        for (number, source) in sources.iter_mut().enumerate().filter(|(_, source)| source.is_short()) {
            let page = read(number, source.ask.clone()).await?;
            source.add(page, &position);
        }
        let Some((at, item)) = newest(&mut sources) else { return Ok(Page { items, next: None }) };
        if keep(&item) {
            items.push(item);
        }
        if items.len() == limit {
            let is_end = sources.iter().all(Source::is_at_end);
            return Ok(Page { items, next: Some(at).filter(|_| !is_end) });
        }
        last = Some(at);
    }
    Ok(Page { items, next: last })
}

/// One list, and what of it was read ahead.
struct Source<T> {
    waiting: VecDeque<(Position, T)>,
    ask: Ask,
    read: usize,
    goes_on: bool,
}

impl<T> Source<T> {
    fn new(ask: Ask) -> Self {
        Self { waiting: VecDeque::new(), ask, read: 0, goes_on: true }
    }

    fn is_short(&self) -> bool {
        self.waiting.is_empty() && self.goes_on
    }

    fn is_at_end(&self) -> bool {
        self.waiting.is_empty() && !self.goes_on
    }

    fn add(&mut self, page: Page<T>, position: impl Fn(&T) -> Position) {
        self.read += page.items.len();
        self.waiting.extend(page.items.into_iter().map(|item| (position(&item), item)));
        self.goes_on = page.next.is_some();
        self.ask.after = page.next;
        self.ask.limit = (self.ask.limit * GROWTH).min(MOST_READ.saturating_sub(self.read)).max(1);
    }
}

/// The newest of all, each of which has one waiting or none left. What two of them share is one.
fn newest<T>(sources: &mut [Source<T>]) -> Option<(Position, T)> {
    let at = sources.iter().filter_map(|source| source.waiting.front()).map(|(at, _)| at).max()?.clone();
    let shared = sources.iter_mut().filter_map(|source| source.waiting.pop_front_if(|(of, _)| *of == at));
    shared.reduce(|first, _| first)
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
