//! Nothing secret is in a snapshot: not in any field, not in any encoding.

use seatrial_testbed::{canary, here};

use crate::{request, snapshot};

#[test]
fn no_canary_is_in_the_snapshot() {
    let Some(kubeconfig) = here::plane() else { return };
    let snapshot = snapshot(&request(kubeconfig));
    let planted = |namespace: &str| snapshot.cluster.handles().filter(|it| it.meta.namespace.as_deref() == Some(namespace)).count();
    assert!(planted("canaries") > 15, "the places where they were planted were read");
    let text = serde_json::to_vec(&snapshot).expect("a snapshot is JSON");
    assert_eq!(canary::leaks(&text), Vec::<String>::new());
}
