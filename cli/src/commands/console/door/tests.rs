use super::*;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use std::time::SystemTime;

const PORT: u16 = 4848;
const HERE: &str = "127.0.0.1:4848";

fn keys() -> Keys {
    Keys { access_key_id: "STACKSEER0001".into(), secret_access_key: "secret".into() }
}

/// What is behind it says what arrived.
fn door() -> Door {
    let echo = |request: Request<Body>| async move {
        let names: Vec<String> = request.headers().keys().map(ToString::to_string).collect();
        format!("{} {} {}", request.method(), request.uri(), names.join(","))
    };
    Door::new(PORT, keys(), Answers::Held(Router::new().fallback(echo)))
}

fn asked(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header(HOST, HERE);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// The router, and a cookie that it takes.
async fn signed_in() -> (Router, String) {
    let door = door();
    let path = door.invitation().strip_prefix(&door.address()).unwrap().to_owned();
    let router = door.router();
    let response = of(router.clone(), asked("GET", &path, &[("sec-fetch-site", "none")], "")).await;
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    (router, cookie.split(';').next().unwrap().to_owned())
}

async fn status(router: &Router, request: Request<Body>) -> StatusCode {
    let response = of(router.clone(), request).await;
    assert!(response.headers().contains_key(CONTENT_SECURITY_POLICY));
    assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control-")));
    response.status()
}

#[tokio::test]
async fn the_token_lets_one_browser_in_and_its_session_does_the_rest() {
    let door = door();
    let path = door.invitation().strip_prefix(&door.address()).unwrap().to_owned();
    let router = door.router();
    assert_eq!(status(&router, asked("GET", "/?token=guessed", &[], "")).await, StatusCode::FORBIDDEN);
    let response = of(router.clone(), asked("GET", &path, &[], "")).await;
    assert_eq!(
        (response.status(), &response.headers()[LOCATION]),
        (StatusCode::SEE_OTHER, &HeaderValue::from_static("/"))
    );
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("stackseer-4848=") && cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();

    assert_eq!(status(&router, asked("GET", &path, &[], "")).await, StatusCode::FORBIDDEN, "a second browser");
    assert_eq!(
        status(&router, asked("GET", &path, &[("cookie", cookie)], "")).await,
        StatusCode::SEE_OTHER,
        "the same one"
    );
    let both = format!("other=1; {cookie}");
    let response =
        of(router.clone(), asked("POST", "/insights", &[("cookie", &both), ("origin", "http://127.0.0.1:4848")], "{}"))
            .await;
    assert_eq!(
        (response.status(), &response.headers()[CACHE_CONTROL]),
        (StatusCode::OK, &HeaderValue::from_static("no-store"))
    );
    // Neither session nor signature goes further than here.
    assert_eq!(text(response).await, "POST /insights host,origin");
}

#[tokio::test]
async fn without_a_session_there_is_the_page_and_nothing_else() {
    let router = door().router();
    assert_eq!(status(&router, asked("GET", "/", &[], "")).await, StatusCode::OK);
    for (method, path) in [
        ("GET", "/stackseer/status"),
        ("POST", "/insights"),
        ("PUT", "/feedback"),
        ("GET", "/nothing"),
        ("POST", "/"),
        ("DELETE", "/insights/x"),
    ] {
        let response =
            of(router.clone(), asked(method, path, &[("cookie", "stackseer-4848=; stackseer-4849=x")], "{}")).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{method} {path}");
        assert_eq!(response.headers()["x-amzn-errortype"], "AccessDeniedException");
        assert!(text(response).await.contains("open the address"));
    }
}

#[tokio::test]
async fn another_host_is_refused_whatever_it_brings() {
    let (router, cookie) = signed_in().await;
    for host in [
        "attacker.example:4848",
        "127.0.0.1",
        "127.0.0.1:4849",
        "localhost",
        "[::1]:4848",
        "127.0.0.1:4848.attacker.example",
        "0.0.0.0:4848",
        "",
    ] {
        let mut request = asked("GET", "/stackseer/status", &[("cookie", &cookie)], "");
        request.headers_mut().insert(HOST, HeaderValue::from_str(host).unwrap());
        assert_eq!(status(&router, request).await, StatusCode::FORBIDDEN, "{host}");
    }
    let mut nothing = asked("GET", "/", &[], "");
    nothing.headers_mut().remove(HOST);
    assert_eq!(status(&router, nothing).await, StatusCode::FORBIDDEN);
    assert_eq!(
        status(&router, asked("GET", "/", &[("host", "127.0.0.1:4848")], "")).await,
        StatusCode::FORBIDDEN,
        "two hosts"
    );
    let absolute = asked("GET", "http://attacker.example/stackseer/status", &[("cookie", &cookie)], "");
    assert_eq!(status(&router, absolute).await, StatusCode::FORBIDDEN);
    let mut other_name = asked("GET", "/stackseer/status", &[("cookie", &cookie)], "");
    other_name.headers_mut().insert(HOST, HeaderValue::from_static("localhost:4848"));
    assert_eq!(status(&router, other_name).await, StatusCode::OK);
}

#[tokio::test]
async fn another_page_can_send_nothing() {
    let (router, cookie) = signed_in().await;
    for (name, value) in [
        ("origin", "http://attacker.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:3000"),
        ("origin", "http://localhost:4848"),
        ("origin", "https://127.0.0.1:4848"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "anything"),
    ] {
        for method in ["GET", "DELETE"] {
            let request = asked(method, "/insights/x", &[("cookie", &cookie), (name, value)], "");
            assert_eq!(status(&router, request).await, StatusCode::FORBIDDEN, "{method} {name} {value}");
        }
    }
    let preflight = asked(
        "OPTIONS",
        "/insights",
        &[("origin", "http://attacker.example"), ("access-control-request-method", "POST")],
        "",
    );
    assert_eq!(status(&router, preflight).await, StatusCode::FORBIDDEN);
    for (site, taken) in [("same-origin", StatusCode::OK), ("none", StatusCode::OK)] {
        assert_eq!(
            status(&router, asked("GET", "/insights/x", &[("cookie", &cookie), ("sec-fetch-site", site)], "")).await,
            taken
        );
    }
}

#[tokio::test]
async fn a_link_elsewhere_leads_to_the_page_and_nothing_else_from_there_does() {
    let router = door().router();
    let from_chat = |mode, dest| [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
    assert_eq!(status(&router, asked("GET", "/", &from_chat("navigate", "document"), "")).await, StatusCode::OK);
    for (path, mode, dest) in [
        ("/", "navigate", "iframe"),
        ("/", "no-cors", "script"),
        ("/favicon.svg", "no-cors", "image"),
        ("/insights/x", "navigate", "document"),
    ] {
        assert_eq!(
            status(&router, asked("GET", path, &from_chat(mode, dest), "")).await,
            StatusCode::FORBIDDEN,
            "{path} {mode} {dest}"
        );
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_before_anybody_looks_at_it() {
    let (router, cookie) = signed_in().await;
    let session = ("cookie", cookie.as_str());
    let long = "x".repeat(MOST_BYTES + 1);
    let response = of(router.clone(), asked("POST", "/insights", &[session], &long)).await;
    assert_eq!(
        (response.status(), &response.headers()["x-amzn-errortype"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &HeaderValue::from_static("ValidationException"))
    );
    let announced = asked("POST", "/insights", &[session, ("content-length", "100000000000")], "");
    assert_eq!(status(&router, announced).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(status(&router, asked("POST", "/insights", &[session], &long[..MOST_BYTES])).await, StatusCode::OK);

    let header = "x".repeat(MOST_HEADER_BYTES);
    assert_eq!(
        status(&router, asked("GET", "/", &[("x-long", &header)], "")).await,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    let many = vec![("x-many", "1"); MOST_HEADERS];
    assert_eq!(status(&router, asked("GET", "/", &many, "")).await, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[tokio::test]
async fn a_path_is_taken_as_it_is() {
    let (router, cookie) = signed_in().await;
    for path in [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../Cargo.toml",
        "/assets/%2e%2e%2findex.html",
        "//etc/passwd",
        "/index.html",
    ] {
        let response = of(router.clone(), asked("GET", path, &[("cookie", &cookie)], "")).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    }
}

/// A request as an SDK signs it.
fn signed(keys: &Keys, service: &str, time: SystemTime, path: &str, body: &str) -> Request<Body> {
    let identity = Credentials::new(&keys.access_key_id, &keys.secret_access_key, None, None, "test").into();
    let settings = SigningSettings::default();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name(service)
        .time(time)
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let headers = [("content-type", "application/json")];
    let url = format!("http://{HERE}{path}");
    let signable =
        SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(body.as_bytes())).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    let mut request = asked("POST", path, &headers, body);
    for (name, value) in instructions.headers() {
        request
            .headers_mut()
            .insert(axum::http::HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    request
}

#[tokio::test]
async fn a_client_that_signs_with_the_console_s_keys_needs_no_session() {
    let router = door().router();
    let now = SystemTime::now();
    let request = || signed(&keys(), "devops-guru", now, "/insights?a=b%20c&A=", r#"{"StatusFilter": {}}"#);
    let response = of(router.clone(), request()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!text(response).await.contains("authorization"));

    let mut changed = request();
    *changed.body_mut() = Body::from("{}");
    let mut elsewhere = request();
    *elsewhere.uri_mut() = "/insights/search".parse().unwrap();
    let mut other_type = request();
    other_type.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    let stranger = Keys { access_key_id: "AKIAIOSFODNN7EXAMPLE".into(), ..keys() };
    let guessed = Keys { secret_access_key: "guessed".into(), ..keys() };
    let hour = std::time::Duration::from_secs(3600);
    let another = |keys: &Keys, service, time| signed(keys, service, time, "/insights", "{}");
    for (what, request) in [
        ("another body", changed),
        ("another path", elsewhere),
        ("another header", other_type),
        ("another key", another(&stranger, "devops-guru", now)),
        ("another secret", another(&guessed, "devops-guru", now)),
        ("another service", another(&keys(), "lambda", now)),
        ("an hour ago", another(&keys(), "devops-guru", now - hour)),
        ("in an hour", another(&keys(), "devops-guru", now + hour)),
    ] {
        let response = of(router.clone(), request).await;
        assert_eq!(
            (response.status(), &response.headers()["x-amzn-errortype"]),
            (StatusCode::FORBIDDEN, &HeaderValue::from_static("AccessDeniedException")),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_signature_that_says_nothing_is_none_even_with_a_session() {
    let (router, cookie) = signed_in().await;
    for header in [
        "",
        "Bearer x",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=STACKSEER0001/20260101/eu-west-1/devops-guru/aws4_request, SignedHeaders=host, Signature=",
    ] {
        let request = asked("POST", "/insights", &[("cookie", &cookie), ("authorization", header)], "{}");
        assert_eq!(status(&router, request).await, StatusCode::FORBIDDEN, "{header}");
    }
}
