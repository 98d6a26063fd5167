use super::*;
use axum::body::to_bytes;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Method, Request};
use tower::ServiceExt;

async fn asked(page: Page, method: Method, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request =
        headers.iter().fold(Request::builder().method(method).uri(path), |r, (name, value)| r.header(*name, *value));
    let response = page.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

async fn got(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    asked(Page::local(), Method::GET, path, headers).await
}

fn sign_in(address: &str) -> SignIn {
    SignIn {
        issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE".into(),
        client_id: "client".into(),
        address: address.into(),
    }
}

const ADDRESS: &str = "https://stackseer-a1b2.auth.eu-west-1.amazoncognito.com";

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
    assert_eq!(asked(Page::local(), Method::POST, "/", &[]).await.0, StatusCode::METHOD_NOT_ALLOWED);
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
    assert!(headers.contains_key(CONTENT_SECURITY_POLICY));
    assert_eq!(got("/", &[("if-none-match", "\"other\"")]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_says_what_the_page_may_do() {
    let all = FILES.iter().map(File::route).chain(["/config.json", "/nothing"].map(str::to_owned));
    for path in all {
        let (_, headers, _) = got(&path, &[]).await;
        assert_eq!(
            headers[CONTENT_SECURITY_POLICY],
            "default-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; frame-ancestors 'none'; \
             base-uri 'none'; form-action 'none'",
            "{path}"
        );
        assert_eq!(
            (&headers[X_CONTENT_TYPE_OPTIONS], &headers[REFERRER_POLICY]),
            (&HeaderValue::from_static("nosniff"), &HeaderValue::from_static("no-referrer"))
        );
        // 127.0.0.1 has no TLS.
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}

#[tokio::test]
async fn where_it_is_hosted_the_page_may_ask_where_one_signs_in_and_nobody_else() {
    for path in ["/", "/config.json", "/nothing"] {
        let page = Page::hosted(&sign_in(ADDRESS)).unwrap();
        let (_, headers, _) = asked(page, Method::GET, path, &[]).await;
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'; ") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.ends_with(&format!("; form-action 'none'; connect-src 'self' {ADDRESS}")), "{policy}");
        assert_eq!(headers[STRICT_TRANSPORT_SECURITY], "max-age=31536000");
    }
}

#[tokio::test]
async fn the_page_learns_how_it_is_served() {
    let (status, headers, local) = got("/config.json", &[]).await;
    assert_eq!((status, &headers[CACHE_CONTROL]), (StatusCode::OK, &HeaderValue::from_static("no-cache")));
    assert_eq!(local, b"{}");
    let page = Page::hosted(&sign_in(ADDRESS)).unwrap();
    let (_, headers, hosted) = asked(page, Method::GET, "/config.json", &[]).await;
    assert_eq!(headers[CONTENT_TYPE], "application/json");
    let hosted: serde_json::Value = serde_json::from_slice(&hosted).unwrap();
    let SignIn { issuer, client_id, address } = sign_in(ADDRESS);
    assert_eq!(hosted, serde_json::json!({"SignIn": {"Issuer": issuer, "ClientId": client_id, "Address": address}}));
    assert!(has("/config.json") && !has("/config"));
}

#[test]
fn what_is_no_address_of_a_server_does_not_get_into_the_policy() {
    for wrong in [
        "",
        "stackseer.auth.eu-west-1.amazoncognito.com",
        "https://",
        "https://a.example/",
        "https://a.example https://attacker.example",
        "https://a.example; script-src *",
        "https://*.example",
        "javascript:alert(1)",
        "https://a.example\r\nx: y",
    ] {
        let refused = Page::hosted(&sign_in(wrong)).expect_err(wrong).to_string();
        assert!(refused.contains("https://HOST"), "{refused}");
    }
    assert!(Page::hosted(&sign_in("http://127.0.0.1:8080")).is_ok());
}
