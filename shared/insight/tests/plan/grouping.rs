use crate::scene::*;

/// a → b → c → d
fn chain(of: [&str; 2]) -> Scene {
    let mut scene = Scene::new(&["a -> b", "b -> c", "c -> d"]);
    for resource in of {
        scene.during(resource, "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    }
    scene
}

#[test]
fn symptoms_near_each_other_are_one_insight() {
    let mut scene = chain(["a", "c"]);
    scene.tick(5);
    assert_eq!(scene.insight().anomalies.len(), 2);
}

#[test]
fn symptoms_far_from_each_other_are_two() {
    let mut scene = chain(["a", "d"]);
    scene.tick(5);
    assert_eq!(scene.known.len(), 2, "{:?}", scene.names());
}

#[test]
fn a_symptom_between_them_joins_what_is_far() {
    let mut scene = chain(["a", "d"]);
    scene.during("b", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.tick(5);
    assert_eq!(scene.insight().anomalies.len(), 3);
}

#[test]
fn near_in_topology_but_hours_apart_are_two() {
    let mut scene = Scene::new(&["a -> b"]);
    scene.during("a", "Errors", "Sum", 0.0, &[strong(-170, -140, 30.0)]);
    scene.during("b", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.tick(-150);
    scene.tick(5);
    assert_eq!(scene.known.len(), 2, "{:?}", scene.names());
}

#[test]
fn hours_apart_but_the_first_still_goes_on_are_one() {
    let mut scene = Scene::new(&["a -> b"]);
    scene.during("a", "Errors", "Sum", 0.0, &[strong(-170, LATER, 30.0)]);
    scene.during("b", "Errors", "Sum", 0.0, &[strong(0, LATER, 30.0)]);
    scene.tick(5);
    assert_eq!(scene.insight().anomalies.len(), 2);
}
