use super::*;
use axum::body::to_bytes;
use axum::http::{Method, Request};
use tower::ServiceExt;

async fn asked(method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request =
        headers.iter().fold(Request::builder().method(method).uri(path), |r, (name, value)| r.header(*name, *value));
    let response = router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

async fn got(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    asked(Method::GET, path, headers).await
}

fn script() -> &'static File {
    FILES
        .iter()
        .find(|file| file.path.starts_with("assets/index-") && file.path.ends_with(".js"))
        .expect("the page has a script")
}

#[tokio::test]
async fn the_page_and_what_it_refers_to_are_there_and_nothing_else() {
    let (status, headers, body) = got("/", &[]).await;
    assert_eq!(
        (status, &headers[CONTENT_TYPE]),
        (StatusCode::OK, &HeaderValue::from_static("text/html; charset=utf-8"))
    );
    let page = String::from_utf8(body).unwrap();
    let refers = |file: &File| page.contains(&format!("\"/{}\"", file.path));
    assert!(refers(script()), "{page}");
    assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("//cdn"), "{page}");
    for path in [
        "/index.html",
        "/assets",
        "/assets/",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/insights",
        "//",
        "/assets/x.js.br",
    ] {
        assert_eq!(got(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
        assert!(!has(path));
    }
    assert!(has("/") && has(&script().route()));
    assert_eq!(asked(Method::POST, "/", &[]).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_file_comes_in_the_form_that_is_taken() {
    let path = script().route();
    let (_, headers, plain) = got(&path, &[]).await;
    assert!(!headers.contains_key(CONTENT_ENCODING));
    for (accepted, encoding, bytes) in [
        ("gzip, deflate, br, zstd", Some("br"), script().brotli),
        ("br;q=0, GZIP;q=0.5", Some("gzip"), script().gzip),
        ("identity, br;q=0, gzip;q=0", None, plain.as_slice()),
    ] {
        let (status, headers, body) = got(&path, &[("accept-encoding", accepted)]).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers.get(CONTENT_ENCODING).map(|e| e.to_str().unwrap()), encoding, "{accepted}");
        assert!(body == bytes && headers[VARY] == "accept-encoding");
    }
    assert!(script().brotli.len() < plain.len() && script().gzip.len() < plain.len());
}

#[tokio::test]
async fn what_has_a_hash_in_its_name_is_kept_for_good_and_the_page_is_asked_for_again() {
    let (_, headers, _) = got(&script().route(), &[]).await;
    assert!(headers[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    let (_, headers, _) = got("/", &[]).await;
    assert_eq!(headers[CACHE_CONTROL], "no-cache");
    let tag = headers[ETAG].to_str().unwrap();
    let (status, headers, body) = got("/", &[("if-none-match", &format!("\"other\", W/{tag}"))]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(headers[CONTENT_SECURITY_POLICY], POLICY);
    assert_eq!(got("/", &[("if-none-match", "\"other\"")]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn every_file_says_what_it_may_do() {
    for file in FILES {
        let (status, headers, _) = got(&file.route(), &[]).await;
        assert_eq!(status, StatusCode::OK, "{}", file.path);
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(
            (&headers[X_CONTENT_TYPE_OPTIONS], &headers[REFERRER_POLICY]),
            (&HeaderValue::from_static("nosniff"), &HeaderValue::from_static("no-referrer"))
        );
    }
}
