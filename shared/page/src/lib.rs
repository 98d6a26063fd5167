//! The console's page, embedded: its files compressed, with the headers that keep it from being misused. It calls the API of its own
//! origin; whoever serves it serves that beside it, or behind it.

mod page;

pub use page::{Page, SignIn};

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use flate2::read::GzDecoder;
use std::io::Read;

/// Where the page reads how it is served.
const CONFIG: &str = "/config.json";

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

/// Whether the page's router answers this path.
pub fn has(path: &str) -> bool {
    path == CONFIG || FILES.iter().any(|file| file.route() == path)
}

impl File {
    fn route(&self) -> String {
        if self.path == "index.html" { "/".to_owned() } else { format!("/{}", self.path) }
    }

    fn answer(&'static self, asked: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
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
