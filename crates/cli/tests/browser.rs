//! The HTML report in a real browser: nothing fetched, no console error, no accessibility violation, readable on a phone.

use std::path::PathBuf;
use std::process::Command;

fn browser() -> Option<String> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(|name| {
        let output = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    })
}

#[test]
fn the_html_report_is_sound_in_a_real_browser() {
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testbed/browser");
    let Some(chromium) = browser().filter(|_| scripts.join("node_modules/axe-core").is_dir()) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "with CI=true the browser may not be missing: run `cargo xtask test`");
        eprintln!("skipped: no chromium, or `npm ci` was not run in testbed/browser");
        return;
    };
    let page = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("report.html");
    let made = Command::new(env!("CARGO_BIN_EXE_seatrial")).args(["check", "--demo", "--format", "html", "-o"]).arg(&page).output().expect("seatrial runs");
    assert_eq!(made.status.code(), Some(1), "{}", String::from_utf8_lossy(&made.stderr));
    let looked = Command::new("node").arg(scripts.join("check.mjs")).arg(chromium).arg(&page).output().expect("node runs");
    assert!(looked.status.success(), "{}{}", String::from_utf8_lossy(&looked.stdout), String::from_utf8_lossy(&looked.stderr));
}
