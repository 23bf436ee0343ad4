//! Large inputs: memory is bounded, and what is too large is said.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::session::{Folder, found, unread};

/// Megabytes of the dump, and more than reading it may take: the larger the dump, the clearer the case, and the slower an unoptimised build.
const MEGABYTES: u64 = 110;

#[test]
fn yaml_of_a_gigabyte_is_refused_and_says_what_to_do() {
    let folder = Folder::new();
    File::create(folder.path().join("big.yaml")).unwrap().set_len(1 << 30).unwrap();
    let said = folder.unread(&["big.yaml"]);
    assert!(said.len() == 1 && said[0].contains("larger than 256 MiB") && said[0].contains("JSON"), "{said:?}");
}

/// Peak memory of a process in megabytes, watched until it ends.
#[cfg(target_os = "linux")]
fn peak(child: &mut Child) -> u64 {
    let path = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let kilobytes = status.lines().find_map(|it| it.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(10));
    }
    peak
}

/// A List of ConfigMaps with 1 MB each, whose values are not kept.
fn write_list(out: impl Write, items: u64) -> std::io::Result<()> {
    let mut out = BufWriter::new(out);
    let value = "x".repeat(1 << 20);
    out.write_all(b"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n")?;
    for at in 0..items {
        let comma = if at == 0 { "" } else { ",\n" };
        write!(
            out,
            "{comma}{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"m{at}\",\"namespace\":\"a\",\"uid\":\"{at}\"}},\"data\":{{\"k\":\"{value}\"}}}}"
        )?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}

#[cfg(target_os = "linux")]
#[test]
fn json_of_any_size_is_read_in_bounded_memory() {
    let folder = Folder::new();
    write_list(File::create(folder.path().join("dump.json")).unwrap(), MEGABYTES).unwrap();
    let run = |arguments: &[&str], feed: bool| {
        let started = Instant::now();
        let out = File::create(folder.path().join("out.txt")).unwrap();
        let mut child = folder.command(arguments).stdin(if feed { Stdio::piped() } else { Stdio::null() }).stdout(out).stderr(Stdio::null()).spawn().unwrap();
        let stdin = child.stdin.take();
        let writer = std::thread::spawn(move || stdin.map(|it| write_list(it, MEGABYTES).unwrap()));
        let peak = peak(&mut child);
        writer.join().unwrap();
        println!("{arguments:?}: {peak} MB, {} ms", started.elapsed().as_millis());
        let report: serde_json::Value = serde_json::from_str(&folder.read("out.txt")).unwrap();
        assert_eq!((report["coverage"]["objects"].as_u64(), unread(&report)), (Some(MEGABYTES), vec![]));
        assert!(peak > 0 && peak < MEGABYTES, "{peak} MB");
    };
    run(&["check", "dump.json", "--format", "json"], false);
    run(&["check", "-", "--format", "json"], true);
}

#[test]
fn a_long_yaml_list_is_parsed_once_for_its_places() {
    let mut text = String::from("apiVersion: v1\nkind: List\nitems:\n");
    for at in 0..1500 {
        text.push_str(&format!(
            "- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {{name: d{at}, namespace: a}}\n  spec:\n    replicas: 2\n    selector: {{matchLabels: {{app: d{at}}}}}\n    \
             template:\n      metadata: {{labels: {{app: d{at}}}}}\n      spec:\n        containers:\n        - name: c\n          image: x/y\n"
        ));
    }
    let folder = Folder::with(&[("list.yaml", &text)]);
    let started = Instant::now();
    let report = folder.report(&["list.yaml", "--only", "pdb-missing"]);
    assert_eq!(found(&report).len(), 1500);
    assert_eq!(report["findings"].as_array().unwrap().iter().filter(|it| it["locations"][0]["line"].as_u64() == Some(4 + 12 * 7 + 2)).count(), 1);
    println!("{} ms", started.elapsed().as_millis());
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}
