//! The console's page, embedded: its files compressed, with the headers that keep it from being misused. It calls the API of its own
//! origin; whoever serves it serves that beside it, or behind it.

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::get;
use flate2::read::GzDecoder;
use std::io::Read;

/// Nothing from elsewhere, nothing inline, in nobody's frame.
pub const POLICY: &str = "default-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; \
                          frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// A file of the page, without the uncompressed form: every browser takes one of the others.
struct File {
    path: &'static str,
    kind: &'static str,
    /// With its quotes.
    tag: &'static str,
    brotli: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// `GET` of every file under its own path, and of the page itself under `/`. The page keeps its state behind `#`, so that no other
/// path is its own.
pub fn router() -> Router {
    FILES.iter().fold(Router::new(), |router, file| {
        let answer = move |asked: HeaderMap| async move { file.answer(&asked) };
        router.route(&file.route(), get(answer))
    })
}

/// Whether `router` answers this path.
pub fn has(path: &str) -> bool {
    FILES.iter().any(|file| file.route() == path)
}

/// What every answer carries that a browser may show, not only the page.
pub fn protect(headers: &mut HeaderMap) {
    for (name, value) in
        [(CONTENT_SECURITY_POLICY, POLICY), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

impl File {
    fn route(&self) -> String {
        if self.path == "index.html" { "/".to_owned() } else { format!("/{}", self.path) }
    }

    fn answer(&'static self, asked: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        protect(headers);
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(ETAG, HeaderValue::from_static(self.tag));
        // The build puts a hash of what is in them into the names of all that the page refers to.
        let is_hashed = self.path.starts_with("assets/");
        let caching = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        if is_known(asked, self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        let (encoding, body) = match () {
            () if takes(asked, "br") => (Some("br"), Body::from(self.brotli)),
            () if takes(asked, "gzip") => (Some("gzip"), Body::from(self.gzip)),
            () => (None, Body::from(self.plain())),
        };
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        *response.body_mut() = body;
        response
    }

    fn plain(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        GzDecoder::new(self.gzip).read_to_end(&mut plain).expect("the build compressed it");
        plain
    }
}

fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
}

fn takes(asked: &HeaderMap, encoding: &str) -> bool {
    let accepted = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
        is_it && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests;
