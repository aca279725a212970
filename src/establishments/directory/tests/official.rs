//! The ministry's file of November 2024 for Occitanie, when it lies beside the repository.

use super::{assert_accounts_for_every_line, codes};
use crate::error::Code;
use crate::establishments::directory::{Directory, Record, read};
use std::collections::BTreeMap;

// Counted in Python, with rules written anew.
const KINDS: [(&str, usize); 12] = [
    ("administrative_service", 185),
    ("elementary_school", 1313),
    ("erea", 5),
    ("general_technological_high_school", 188),
    ("medico_social", 195),
    ("middle_school", 653),
    ("nursery_school", 1133),
    ("other", 17),
    ("polyvalent_high_school", 100),
    ("post_secondary", 56),
    ("primary_school", 2133),
    ("vocational_high_school", 259),
];
const SECTORS: [(&str, usize); 4] = [("private_under_contract", 743), ("private_without_contract", 400), ("public", 4941), ("unknown", 153)];
const LEVELS: [(Option<&str>, usize); 3] = [(None, 5863), (Some("rep"), 199), (Some("rep_plus"), 175)];
const PHONES: usize = 6073;
const DISTRICTS: usize = 4779;

fn sample() -> Option<String> {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/annuaire_education_occitanie_2024-11.csv")).ok()
}

fn count<K: Ord>(directory: &Directory, key: impl Fn(&Record) -> K) -> BTreeMap<K, usize> {
    directory.records.iter().fold(BTreeMap::new(), |mut counts, record| {
        *counts.entry(key(record)).or_default() += 1;
        counts
    })
}

#[test]
fn it_has_the_figures_that_were_counted_apart() {
    let Some(text) = sample() else { return };
    let directory = read(text.as_bytes()).unwrap();
    assert_accounts_for_every_line(&directory);
    assert_eq!((directory.read, directory.records.len(), directory.absent.len()), (6240, 6237, 0));
    assert_eq!(directory.records.iter().map(|record| record.attributes.sites.len()).sum::<usize>(), 3);
    let warned = |code| directory.lines.iter().flat_map(|line| codes(&line.warnings)).filter(|found| *found == code).count();
    assert_eq!((directory.lines.len(), warned(Code::SiretLuhn), warned(Code::ValueIgnored)), (13, 6, 7));
    assert!(!directory.lines.iter().any(|line| line.is_rejected()));
    let kinds = count(&directory, |record| record.attributes.kind.as_str());
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), KINDS);
    let sectors = count(&directory, |record| record.attributes.sector.as_str());
    assert_eq!(sectors.into_iter().collect::<Vec<_>>(), SECTORS);
    let levels = count(&directory, |record| record.priority.map(|level| level.as_str()));
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), LEVELS);
    assert_eq!(directory.records.iter().filter(|record| record.attributes.phone.is_some()).count(), PHONES);
    assert_eq!(directory.records.iter().filter(|record| record.attributes.district.is_some()).count(), DISTRICTS);
}

#[test]
fn the_order_of_its_lines_changes_no_record() {
    let Some(text) = sample() else { return };
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    let header = lines.remove(0);
    // A shuffle that is the same every time: by the reversed line.
    lines.sort_by_cached_key(|line| line.chars().rev().collect::<String>());
    let shuffled = read(format!("{header}\n{}\n", lines.join("\n")).as_bytes()).unwrap();
    let records = |directory: Directory| -> Vec<Record> { directory.records.into_iter().map(|record| Record { lines: vec![], ..record }).collect() };
    assert_eq!(records(shuffled), records(read(text.as_bytes()).unwrap()));
}
