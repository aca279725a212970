//! Whole-house tables, compared with their copy in `tests/golden`; `UPDATE_GOLDEN=1` writes the copy anew.

use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", name].iter().collect()
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_default()
}

/// Fails unless the table is its copy.
pub fn same(name: &str, current: &str) {
    if updating() {
        std::fs::write(path(name), current).unwrap();
    }
    let copy = read(name);
    let missing: Vec<&str> = copy.lines().filter(|line| !current.lines().any(|other| other == *line)).collect();
    let added: Vec<&str> = current.lines().filter(|line| !copy.lines().any(|other| other == *line)).collect();
    assert!(copy == current, "tests/golden/{name} differs; no longer so: {missing:#?}, not yet so: {added:#?} (`make golden` takes the change over)");
}

/// Fails unless every line of the copy is still there and every line is in the copy; updating only ever adds.
pub fn never_shrinks(name: &str, current: &[String]) {
    let mut copy: Vec<String> = read(name).lines().map(str::to_owned).collect();
    let removed: Vec<&String> = copy.iter().filter(|line| !current.contains(line)).collect();
    assert!(removed.is_empty(), "clients rely on what tests/golden/{name} lists; gone: {removed:#?}");
    if updating() {
        copy.extend(current.iter().cloned());
        copy.sort();
        copy.dedup();
        std::fs::write(path(name), copy.join("\n") + "\n").unwrap();
    }
    let added: Vec<&String> = current.iter().filter(|line| !copy.contains(line)).collect();
    assert!(added.is_empty(), "not in tests/golden/{name} yet: {added:#?} (`make golden` adds them)");
}
