//! Whether a request was signed with the console's keys: AWS Signature Version 4, made once more and compared. Key, service, time,
//! method, path, query, the signed headers and the body are held to it.

use super::keys::Keys;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::time::{Duration, UNIX_EPOCH};
use subtle::ConstantTimeEq;

const SERVICE: &str = "devops-guru";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: &str = "x-amz-date";
/// As AWS has it.
const MOST_SECONDS_APART: i64 = 15 * 60;

/// What an `Authorization` header says.
struct Said<'a> {
    key: &'a str,
    day: &'a str,
    region: &'a str,
    service: &'a str,
    headers: Vec<&'a str>,
    signature: &'a str,
}

/// An error says what is wrong, to somebody who may not be who they say they are.
pub fn verify(asked: &Parts, body: &[u8], keys: &Keys, now: Timestamp) -> Result<(), &'static str> {
    let header = |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok());
    let said =
        header(AUTHORIZATION.as_str()).and_then(said).ok_or("The Authorization header is not a version 4 signature")?;
    if !is_same(said.key, &keys.access_key_id) {
        return Err("The access key is not the console's: `stackseer console` says how a profile gets it");
    }
    if said.service != SERVICE {
        return Err("The request is signed for another service");
    }
    let date = header(DATE)
        .filter(|date| date.starts_with(said.day))
        .and_then(time)
        .ok_or("The request has no x-amz-date of its day")?;
    if (now.as_second() - date.as_second()).abs() > MOST_SECONDS_APART {
        return Err("The request was signed at another time: is the clock right?");
    }
    if [HOST.as_str(), DATE].iter().any(|needed| !said.headers.contains(needed)) {
        return Err("The signature leaves out the host or the date");
    }
    match signature(asked, body, keys, &said, date) {
        Some(expected) if is_same(said.signature, &expected) => Ok(()),
        _ => Err("The signature does not match"),
    }
}

fn said(header: &str) -> Option<Said<'_>> {
    let mut parts = header.strip_prefix(ALGORITHM)?.split(',').map(str::trim);
    let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
    let (credential, headers, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
    let scope: Vec<&str> = credential.split('/').collect();
    let [key, day, region, service, "aws4_request"] = scope[..] else { return None };
    Some(Said { key, day, region, service, headers: headers.split(';').collect(), signature })
}

fn time(date: &str) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok()?).ok()
}

fn signature(asked: &Parts, body: &[u8], keys: &Keys, said: &Said<'_>, date: Timestamp) -> Option<String> {
    let identity = Credentials::new(&keys.access_key_id, &keys.secret_access_key, None, None, "console").into();
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(said.region)
        .name(SERVICE)
        .time(UNIX_EPOCH + Duration::from_secs(date.as_second().try_into().ok()?))
        .settings(settings)
        .build()
        .ok()?;
    let host = asked.headers.get(HOST)?.to_str().ok()?;
    let url = format!("http://{host}{}", asked.uri.path_and_query()?);
    // Those two it takes from what it is told.
    let others = said.headers.iter().filter(|name| ![HOST.as_str(), DATE].contains(name));
    let headers: Vec<(&str, &str)> =
        others.map(|name| Some((*name, asked.headers.get(*name)?.to_str().ok()?))).collect::<Option<_>>()?;
    let request =
        SignableRequest::new(asked.method.as_str(), url, headers.into_iter(), SignableBody::Bytes(body)).ok()?;
    Some(sign(request, &params.into()).ok()?.into_parts().1)
}

/// Without telling by the time that it takes how much of it is right.
pub fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
