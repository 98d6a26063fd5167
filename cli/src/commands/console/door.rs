//! Who may come in: this machine's own user, by a page that was opened with the token, or by a client that signs with the console's
//! keys. Pages of other origins are kept out, whatever they make the browser send.

use super::answers::{Answers, denied, of, validation};
use super::keys::{Keys, random};
use super::signature::{is_same, verify};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use stackseer_page::Page;
use std::sync::{Arc, Mutex, PoisonError};

const MOST_BYTES: usize = 1024 * 1024;
/// Of a longer body this much is read before it is refused: most clients listen only once they have sent all.
const MOST_READ: usize = 16 * MOST_BYTES;
const MOST_HEADERS: usize = 64;
const MOST_HEADER_BYTES: usize = 16 * 1024;
const TOKEN: &str = "token=";

pub struct Door {
    /// `127.0.0.1:4848` and `localhost:4848`.
    hosts: [String; 2],
    cookie: String,
    session: String,
    /// None: it was used.
    token: Mutex<Option<String>>,
    keys: Keys,
    page: Page,
    answers: Answers,
}

type Refused = Box<Response<Body>>;

impl Door {
    pub fn new(port: u16, keys: Keys, answers: Answers) -> Self {
        Self {
            hosts: ["127.0.0.1", "localhost"].map(|host| format!("{host}:{port}")),
            // A browser sends cookies to every port: two consoles must not take each other's.
            cookie: format!("stackseer-{port}"),
            session: random(32),
            token: Mutex::new(Some(random(32))),
            keys,
            page: Page::local(),
            answers,
        }
    }

    /// Where the page is, and without the token.
    pub fn address(&self) -> String {
        format!("http://{}", self.hosts[0])
    }

    /// With what lets a browser in, once.
    pub fn invitation(&self) -> String {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{}/?{TOKEN}{}", self.address(), token.as_deref().unwrap_or_default())
    }

    pub fn router(self) -> Router {
        let door = Arc::new(self);
        Router::new().fallback(move |request: Request<Body>| {
            let door = door.clone();
            async move { door.answer(request).await }
        })
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let mut response = match self.admitted(request).await {
            Ok(response) => response,
            Err(refused) => *refused,
        };
        self.page.protect(response.headers_mut());
        response
    }

    async fn admitted(&self, request: Request<Body>) -> Result<Response<Body>, Refused> {
        fits(request.headers())?;
        self.is_meant(&request)?;
        let is_of_page = stackseer_page::has(request.uri().path());
        let looks = [Method::GET, Method::HEAD].contains(request.method());
        is_from_here(request.headers(), is_of_page && looks)?;
        if is_of_page && looks {
            return match given_token(&request) {
                Some(token) => self.exchange(token, request.headers()),
                None => Ok(of(self.page.router(), request).await),
            };
        }
        let (mut parts, body) = request.into_parts();
        let body =
            to_bytes(body, MOST_READ).await.ok().filter(|body| body.len() <= MOST_BYTES).ok_or_else(too_large)?;
        self.knows(&parts, &body)?;
        for private in [AUTHORIZATION, COOKIE] {
            parts.headers.remove(private);
        }
        let mut response = self.answers.answer(Request::from_parts(parts, Body::from(body))).await;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// Another name that leads here is of a page that wants to be taken for ours.
    fn is_meant(&self, request: &Request<Body>) -> Result<(), Refused> {
        let is_ours = |host: &str| self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host));
        let mut named = request.headers().get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
        let host = named.next().filter(|_| named.next().is_none()).unwrap_or_default();
        let in_path = request.uri().authority().is_none_or(|authority| authority.as_str() == host);
        if !is_ours(host) || !in_path {
            return refuse("The console answers only to its own address");
        }
        match request.headers().get(ORIGIN) {
            Some(origin) if origin.as_bytes() != format!("http://{host}").as_bytes() => {
                refuse("The request comes from a page that is not the console's")
            }
            _ => Ok(()),
        }
    }

    fn exchange(&self, token: &str, headers: &HeaderMap) -> Result<Response<Body>, Refused> {
        let mut waiting = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let is_right = waiting.as_ref().is_some_and(|waiting| is_same(waiting, token));
        if is_right {
            *waiting = None;
        } else if !self.has_session(headers) {
            return refuse("This address was used already: start the console again for another one");
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let headers = response.headers_mut();
        headers.insert(LOCATION, HeaderValue::from_static("/"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if is_right {
            let cookie = format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie, self.session);
            headers.insert(SET_COOKIE, HeaderValue::try_from(cookie).expect("names and digits"));
        }
        Ok(response)
    }

    fn knows(&self, asked: &Parts, body: &[u8]) -> Result<(), Refused> {
        if asked.headers.contains_key(AUTHORIZATION) {
            return verify(asked, body, &self.keys, Timestamp::now()).map_err(|why| Box::new(denied(why)));
        }
        match self.has_session(&asked.headers) {
            true => Ok(()),
            false => refuse("This browser is not signed in: open the address that the console printed when it started"),
        }
    }

    fn has_session(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies.flat_map(|value| value.split(';')).any(|cookie| {
            cookie
                .trim()
                .split_once('=')
                .is_some_and(|(name, value)| name == self.cookie && is_same(value, &self.session))
        })
    }
}

fn given_token(request: &Request<Body>) -> Option<&str> {
    request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix(TOKEN))
}

/// Browsers say whose page asks. A link elsewhere may lead to the page, which tells nothing by itself; nothing else may.
fn is_from_here(headers: &HeaderMap, is_page: bool) -> Result<(), Refused> {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_link = is_page && said("sec-fetch-mode") == Some("navigate") && said("sec-fetch-dest") == Some("document");
    match said("sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if is_link => Ok(()),
        Some(_) => refuse("The request comes from a page that is not the console's"),
    }
}

fn fits(headers: &HeaderMap) -> Result<(), Refused> {
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > MOST_HEADERS || bytes > MOST_HEADER_BYTES {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Box::new(validation(status, "OTHER", "The request's headers are too long")));
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MOST_READ) { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> Refused {
    Box::new(validation(StatusCode::PAYLOAD_TOO_LARGE, "CANNOT_PARSE", "The body is longer than 1 MB"))
}

fn refuse<T>(message: &str) -> Result<T, Refused> {
    Err(Box::new(denied(message)))
}

#[cfg(test)]
mod tests;
