//! One operation of the API after the other.

use crate::args::Place;
use crate::commands::console::{Answers, answers};
use anyhow::{Context, Result, bail};
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use serde_json::Value;
use stackseer_api::wire::GetStatusResponse;

pub struct Asked {
    answers: Answers,
}

impl Asked {
    pub async fn of(place: &Place) -> Result<Self> {
        Ok(Self { answers: answers(place).await?.0 })
    }

    #[cfg(test)]
    pub fn over(answers: Answers) -> Self {
        Self { answers }
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, Value::Null).await
    }

    /// What it says when it says no is the error.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value> {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder().method(method).uri(path).body(body)?;
        let response = self.answers.answer(request).await;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await?;
        let answer: Value = match bytes.is_empty() {
            true => Value::Object(serde_json::Map::new()),
            false => serde_json::from_slice(&bytes).context("the answer is not JSON")?,
        };
        if !status.is_success() {
            bail!("{}", answer["Message"].as_str().unwrap_or("the API gave no reason"));
        }
        Ok(answer)
    }

    /// A list to its end, by POST, as one answer.
    pub async fn all(&self, path: &str, mut body: Value) -> Result<Value> {
        let mut whole = Value::Null;
        loop {
            let page = self.ask(Method::POST, path, body.clone()).await?;
            let next = page["NextToken"].as_str().map(str::to_owned);
            add(&mut whole, page);
            match next {
                Some(token) => body["NextToken"] = token.into(),
                None => return Ok(whole),
            }
        }
    }

    /// The same by GET. `path` has a query.
    pub async fn all_of(&self, path: &str) -> Result<Value> {
        let mut whole = Value::Null;
        let mut next = String::new();
        loop {
            let page = self.get(&format!("{path}{next}")).await?;
            let token = page["NextToken"].as_str().map(|token| format!("&NextToken={token}"));
            add(&mut whole, page);
            match token {
                Some(token) => next = token,
                None => return Ok(whole),
            }
        }
    }

    pub async fn status(&self) -> Result<GetStatusResponse> {
        Ok(serde_json::from_value(self.get("/stackseer/status").await?)?)
    }
}

/// A page's lists behind those of the pages before.
fn add(whole: &mut Value, page: Value) {
    let Value::Object(page) = page else { return };
    for (name, value) in page {
        match (value, whole.get_mut(&name).and_then(Value::as_array_mut)) {
            (Value::Array(more), Some(known)) => known.extend(more),
            (_, _) if name == "NextToken" => {}
            (value, _) => whole[name] = value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_become_one_answer() {
        let mut whole = Value::Null;
        for page in
            [json!({"Events": [1, 2], "NextToken": "x"}), json!({"Events": [3], "Others": []}), json!({"Events": []})]
        {
            add(&mut whole, page);
        }
        assert_eq!(whole, json!({"Events": [1, 2, 3], "Others": []}));
    }
}
