use super::*;

#[tokio::test]
async fn the_scopes_are_known_and_the_last_one_comes_first() {
    let (store, _) = plain();
    assert_eq!(store.scopes().await.unwrap(), []);
    let (one, other) = (scope(), Scope::new("210987654321", "us-east-1"));
    for (scope, second) in [(&one, NOW), (&other, NOW + 1), (&one, NOW + 2)] {
        store.keep_scope(scope, at(second)).await.unwrap();
    }
    assert_eq!(store.scopes().await.unwrap(), [one.clone(), other.clone()]);
    store.keep_scope(&other, at(NOW + 3)).await.unwrap();
    assert_eq!(store.scopes().await.unwrap(), [other, one]);
}
