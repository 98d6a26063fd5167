//! Files: what only the store on one machine has.

use super::*;
use std::path::Path;

fn engine(path: &Path) -> Result<stackseer_embedded::Engine, OpenError> {
    stackseer_embedded::Engine::open(path, &make_table())
}

fn store(path: &Path) -> DynamoStore {
    let engine = engine(path).unwrap();
    store_over(move |operation, request| engine.answer(operation, request))
}

#[tokio::test]
async fn what_was_kept_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    // The folder isn't there yet.
    let path = folder.path().join("state/stackseer.db");
    let app = application("shop");
    let kept = insight(&app, "duration", 3, 180);
    let learned = learning(20, 1);
    {
        let store = store(&path);
        store.commit(&app, 0, from_ref(&kept), &[message(&kept, 1)]).await.unwrap();
        store.keep_learning(&app, &learned).await.unwrap();
    }
    let store = store(&path);
    assert_eq!(open(&store, &app).await, from_ref(&kept));
    assert_eq!(store.messages(&app.id, 0).await.unwrap(), [message(&kept, 1)]);
    assert_eq!(store.learning(&app).await.unwrap(), Some(learned));
}

/// Also the guard against a `Scan`: it is none of the operations, so no test that calls one passes.
#[test]
fn the_store_uses_these_operations_and_no_other() {
    let engine = stackseer_embedded::Engine::in_memory();
    for name in ["Scan", "ExecuteStatement", "DeleteTable"] {
        let (status, error) = engine.answer(name, json!({"TableName": TABLE}));
        assert_eq!(status, 400);
        assert!(error.to_string().contains("not an operation of the embedded store"), "{error}");
    }
}

#[tokio::test]
async fn what_has_expired_goes_when_the_file_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    let app = application("shop");
    let (old, open) = (insight(&app, "old", 1, 5), insight(&app, "open", 1, 5));
    {
        let store = store(&path);
        let old = closed(&old, 1_500_000_000);
        store.commit(&app, 0, &[old.clone(), open.clone()], &[]).await.unwrap();
        assert_eq!(store.insight(&old.id).await.unwrap(), Some(old));
    }
    let store = store(&path);
    assert_eq!(store.insight(&old.id).await.unwrap(), None);
    assert_eq!(store.insight(&open.id).await.unwrap(), Some(open));
}

#[test]
fn a_file_is_one_process_s_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    let first = engine(&path).unwrap();
    let error = engine(&path).unwrap_err();
    assert!(matches!(&error, OpenError::InUse(used) if *used == path), "{error:?}");
    assert!(error.to_string().contains("in use by another stackseer"), "{error}");
    let copy = first.clone();
    drop(first);
    assert!(engine(&path).is_err(), "a copy of the store still has it");
    drop(copy);
    engine(&path).unwrap();
    engine(&folder.path().join("other.db")).unwrap();
}

#[test]
fn a_file_that_is_no_store_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    let text = "this is no database\n".repeat(500);
    std::fs::write(&path, &text).unwrap();
    let error = engine(&path).unwrap_err();
    assert!(matches!(&error, OpenError::Damaged { path: named, .. } if *named == path), "{error:?}");
    let said = error.to_string();
    assert!(said.contains(path.to_str().unwrap()) && said.contains("move it away"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    std::fs::rename(&path, folder.path().join("away")).unwrap();
    engine(&path).unwrap();
}

/// From somewhere on, as by a disk that fails.
#[tokio::test]
async fn a_store_that_was_damaged_later_is_not_taken_for_an_empty_one() {
    let app = application("shop");
    let one = insight(&app, "one", 3, 60);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stackseer.db");
    store(&path).commit(&app, 0, from_ref(&one), &[]).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    for from in [100, whole.len() / 4, whole.len() / 2] {
        let mut broken = whole.clone();
        broken[from..].fill(0xa5);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        std::fs::write(&path, broken).unwrap();
        let said = engine(&path).unwrap_err().to_string();
        assert!(said.contains(path.to_str().unwrap()) && said.contains("move it away"), "{from}: {said}");
    }
}

#[test]
fn a_folder_or_a_place_that_can_not_be_is_an_error_about_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [folder.path().to_owned(), file.join("below/stackseer.db")] {
        let error = engine(&path).unwrap_err();
        assert!(matches!(&error, OpenError::File { path: named, .. } if *named == path), "{error:?}");
        assert!(!error.to_string().contains("move it away"), "{error}");
    }
}

fn json_of(node: &saphyr::Yaml<'_>) -> Value {
    use saphyr::Yaml::{Mapping, Sequence, Tagged};
    match node {
        Tagged(_, inner) => json_of(inner),
        Mapping(pairs) => pairs.iter().map(|(k, v)| (k.as_str().unwrap().to_owned(), json_of(v))).collect(),
        Sequence(items) => items.iter().map(json_of).collect(),
        other => other.as_str().map_or(Value::Null, Value::from),
    }
}

#[test]
fn the_table_is_the_one_that_is_deployed() {
    use saphyr::LoadableYamlNode;
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let template = json_of(&saphyr::Yaml::load_from_str(&text).unwrap()[0]);
    let deployed = &template["Resources"]["Table"]["Properties"];
    let ours = table();
    for part in ["BillingMode", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes"] {
        assert_eq!(deployed[part], ours[part], "{part}");
    }
}
