//! The fuzz targets' entry points on their seeds, on changes of these, and on arbitrary bytes.

mod entry;

use proptest::prelude::*;

fn seeds() -> Vec<Vec<u8>> {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let targets = ["read_yaml", "read_json", "edit", "snippet"];
    let files = targets.iter().flat_map(|it| std::fs::read_dir(corpus.join(it)).expect("seeds are kept").flatten());
    files.map(|it| std::fs::read(it.path()).expect("a seed")).collect()
}

fn enter(data: &[u8]) {
    entry::read_yaml(data);
    entry::read_json(data);
    entry::edit(data);
    entry::snippet(data);
}

/// What makes YAML and JSON turn.
const TOKENS: [&str; 30] = [
    "\n",
    " ",
    "  ",
    "\t",
    "- ",
    ": ",
    "---\n",
    "...\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: ",
    "# ",
    "!!str ",
    "? ",
    "%YAML",
    "\r\n",
    "\u{feff}",
    "é",
    "\\ud83d",
    "kind: Secret",
    "null",
];

fn changed(mut seed: Vec<u8>, changes: &[(usize, usize, usize)]) -> Vec<u8> {
    for &(at, cut, token) in changes {
        let from = at % (seed.len() + 1);
        let to = (from + cut).min(seed.len());
        seed.splice(from..to, TOKENS[token % TOKENS.len()].bytes());
    }
    seed
}

#[test]
fn seeds_are_read() {
    seeds().iter().for_each(|it| enter(it));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_seeds_do_not_panic(seed in any::<prop::sample::Index>(), changes in prop::collection::vec((0usize..2000, 0usize..12, 0usize..30), 1..8)) {
        let seeds = seeds();
        enter(&changed(seed.get(&seeds).clone(), &changes));
    }

    #[test]
    fn tokens_in_any_order_do_not_panic(tokens in prop::collection::vec(0usize..30, 0..60)) {
        let text: String = tokens.into_iter().map(|it| TOKENS[it]).collect();
        enter(text.as_bytes());
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        enter(&bytes);
    }
}
