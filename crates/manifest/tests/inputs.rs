//! Several inputs become one snapshot, and what one of them says of itself is not lost beside another.

use seatrial_manifest::read::{FileRef, Options, Part, read_yaml};
use seatrial_model::{Scope, Snapshot, Version};

const SHOP: &str = "{apiVersion: seatrial.dev/v1alpha1, kind: Snapshot, scope: cluster, namespaces: [shop]}\n";
const PAY: &str = "{apiVersion: seatrial.dev/v1alpha1, kind: Snapshot, scope: cluster, serverVersion: '1.35', namespaces: [pay, shop]}\n";
const WHOLE: &str = "{apiVersion: seatrial.dev/v1alpha1, kind: Snapshot, scope: cluster}\n";
const PLAIN: &str = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n";

fn together(texts: &[&str]) -> Snapshot {
    let mut all = Part::default();
    for text in texts {
        all.append(read_yaml(FileRef { id: 0, path: "a.yaml" }, text, &Options::new(Version::minor(36))));
    }
    let mut snapshot = Snapshot::empty(Scope::Manifests, jiff::Timestamp::UNIX_EPOCH);
    all.into_snapshot(&mut snapshot);
    snapshot
}

#[test]
fn what_was_read_in_part_is_not_whole_beside_another_input() {
    let named = |texts: &[&str]| -> Vec<String> { together(texts).meta.namespaces.iter().map(ToString::to_string).collect() };
    for other in [WHOLE, PLAIN] {
        assert_eq!(named(&[SHOP, other]), ["shop"]);
        assert_eq!(named(&[other, SHOP]), ["shop"]);
    }
    for texts in [[SHOP, PAY], [PAY, SHOP]] {
        assert_eq!(named(&texts), ["pay", "shop"]);
        assert_eq!(together(&texts).meta.server_version, Some(Version::minor(35)));
    }
    assert_eq!(named(&[&format!("{SHOP}---\n{PAY}")]), ["pay", "shop"]);
    assert!(named(&[WHOLE, PLAIN]).is_empty());
}
