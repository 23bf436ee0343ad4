//! Every rule with one object that breaks it and one that does not.

mod config;
mod pods;
mod traffic;
mod workloads;

use seatrial_model::Version;

use crate::schema::{Definitions, validate};
use crate::tree::parse;

/// What is wrong with an object, one line each.
fn findings(yaml: &str, version: Version) -> Vec<String> {
    let (trees, error) = parse(yaml);
    assert_eq!(error, None, "{yaml}");
    trees.iter().flat_map(|it| validate(it, version, &Definitions::new())).map(|it| format!("{}: {}", it.path, it.message)).collect()
}

/// Runs cases of (path, what breaks the rule there, what keeps it), each put in place of `$` in an object.
fn table(object: &str, cases: &[(&str, &str, &str)]) {
    for (path, bad, good) in cases {
        let refused = object.replace('$', bad);
        // Shown with --nocapture, so that the same objects can be put to a real server.
        println!("# refused {path}\n{refused}");
        let found = findings(&refused, Version::minor(36));
        assert!(found.iter().any(|it| it.starts_with(&format!("{path}: "))), "{path} is refused in\n{refused}\nfound {found:#?}");
        let accepted = object.replace('$', good);
        println!("# accepted {path}\n{accepted}");
        assert_eq!(findings(&accepted, Version::minor(36)), Vec::<String>::new(), "{accepted}");
    }
}
