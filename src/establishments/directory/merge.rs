//! Several lines of one UAI: one establishment, its main line, and its other lines as sites.

use super::header::Columns;
use super::rows::{Read, Row};
use super::{Record, districts};
use crate::error::{Code, Flaw};
use crate::establishments::model::{Address, Attributes, EstablishmentName, Sector, Site};
use crate::imports::reading::{KnownColumns, Line, LineIssue};
use crate::values::fold::fold;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

/// The establishments of the rows, and the lines with something to say about them.
pub fn establishments(mut rows: Vec<Row<'_>>, columns: &Columns) -> (Vec<Record>, Vec<Line>) {
    districts::name(&mut rows, columns);
    let (mut read, mut lines) = (Vec::with_capacity(rows.len()), Vec::new());
    for Row { line, text, read: found } in rows {
        match found {
            Some(found) => read.push(Candidate { line, text, read: found }),
            None => lines.push(line),
        }
    }
    read.sort_by_cached_key(|candidate| candidate.read.attributes.uai.clone());
    let mut records = Vec::with_capacity(read.len());
    let mut rest = read.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut group = vec![first];
        while let Some(next) = rest.next_if(|next| group.first().is_some_and(|first| first.read.attributes.uai == next.read.attributes.uai)) {
            group.push(next);
        }
        records.extend(establishment(group, columns, &mut lines));
    }
    lines.sort_by_key(|line| line.number);
    (records, lines)
}

/// A line that could be read.
struct Candidate<'a> {
    line: Line,
    text: &'a str,
    read: Read,
}

impl Candidate<'_> {
    /// The least of these is the main line, whatever the order of the file: its type is the one of the UAI's nature, it is
    /// called no annexe, its mailbox is named after the UAI, it is the newest, it says most; then by its text.
    fn rank(&self) -> impl Ord + use<> {
        let Read { attributes, as_of, kind_here, .. } = &self.read;
        let uai = attributes.uai.as_str().to_ascii_lowercase();
        let own_mail = attributes.email.as_ref().is_some_and(|email| email.as_str().to_ascii_lowercase().contains(&uai));
        (*kind_here != attributes.kind, is_annexe(&attributes.name), !own_mail, Reverse(*as_of), Reverse(told(attributes)), self.text.to_owned())
    }

    fn refused(mut self, issue: LineIssue) -> Line {
        self.line.errors.push(issue);
        self.line.raw = Some(self.text.to_owned());
        self.line
    }

    fn site(&self) -> Site {
        let attributes = &self.read.attributes;
        Site {
            name: attributes.name.clone(),
            kind: self.read.kind_here,
            address: attributes.address.clone(),
            phone: attributes.phone.clone(),
            email: attributes.email.clone(),
        }
    }

    /// What tells the house a line is about from another site.
    fn place(&self) -> impl Eq + Hash + use<> {
        let Attributes { name, address, .. } = &self.read.attributes;
        let Address { line1, postal_code, commune_code, .. } = address.clone();
        (fold(name.as_str()), line1.map(|line| fold(line.as_str())), postal_code, commune_code, self.read.kind_here)
    }
}

fn is_annexe(name: &EstablishmentName) -> bool {
    fold(name.as_str()).split(' ').any(|word| matches!(word, "annexe" | "annexes" | "antenne" | "site"))
}

/// How many attributes the line tells.
fn told(attributes: &Attributes) -> usize {
    let Attributes { address, phone, email, website, pupils, siret, latitude, opened_on, district, .. } = attributes;
    [
        address.line1.is_some(),
        address.line2.is_some(),
        address.line3.is_some(),
        phone.is_some(),
        email.is_some(),
        website.is_some(),
        pupils.is_some(),
        siret.is_some(),
        latitude.is_some(),
        opened_on.is_some(),
        district.is_some(),
    ]
    .iter()
    .filter(|told| **told)
    .count()
}

/// The record of the lines of one UAI; none if they contradict each other on what cannot differ.
fn establishment(mut group: Vec<Candidate<'_>>, columns: &Columns, lines: &mut Vec<Line>) -> Option<Record> {
    if group.len() > 1 {
        group.sort_by_cached_key(|candidate| candidate.rank());
    }
    if let Some(names) = group.split_first().and_then(|(main, others)| others.iter().find_map(|other| contradiction(main, other))) {
        lines.extend(group.into_iter().map(|candidate| candidate.refused(conflict(&names, columns))));
        return None;
    }
    let (mut places, mut numbers, mut known) = (HashMap::new(), Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
    let alone = group.len() == 1;
    for mut candidate in group {
        numbers.push(candidate.line.number);
        // Two lines about one place are one; a line alone need not be compared.
        let twin = if alone { None } else { places.insert(candidate.place(), known.len()) };
        match twin.and_then(|twin| Some((twin, known.get(twin)?))) {
            None => known.push(candidate),
            Some((twin, kept)) => {
                let names = differences(kept, &candidate);
                candidate.line.warnings.extend((!names.is_empty()).then(|| conflict(&names, columns)));
                places.insert(candidate.place(), twin);
                keep(candidate.line, lines);
            }
        }
    }
    let mut known = known.into_iter();
    let Candidate { line, read: Read { mut attributes, priority, as_of, unread, .. }, .. } = known.next()?;
    keep(line, lines);
    for site in known {
        attributes.sites.push(site.site());
        keep(site.line, lines);
    }
    Some(Record { attributes, priority, as_of, lines: numbers, unread })
}

fn keep(line: Line, lines: &mut Vec<Line>) {
    if !line.errors.is_empty() || !line.warnings.is_empty() {
        lines.push(line);
    }
}

/// Attributes on which two lines of one UAI cannot both be right, unless one is an older version of the same place.
fn contradiction(main: &Candidate<'_>, other: &Candidate<'_>) -> Option<Vec<&'static str>> {
    if main.read.as_of > other.read.as_of {
        return None;
    }
    let (one, two) = (&main.read.attributes, &other.read.attributes);
    let same_place = main.place() == other.place();
    let sectors = [one.sector, two.sector];
    let names = [
        ("department_code", one.department_code != two.department_code),
        ("sector", one.sector != two.sector && !sectors.contains(&Sector::Unknown)),
        ("status", same_place && one.status != two.status),
        ("nature_code", same_place && one.nature_code != two.nature_code),
    ];
    Some(names.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()).filter(|names: &Vec<_>| !names.is_empty())
}

/// Attributes in which a second line about the same place differs from the first, which prevails.
fn differences(kept: &Candidate<'_>, other: &Candidate<'_>) -> Vec<&'static str> {
    let (one, two) = (&kept.read.attributes, &other.read.attributes);
    let names = [
        ("sector", one.sector != two.sector),
        ("status", one.status != two.status),
        ("nature_code", one.nature_code != two.nature_code),
        ("address.line2", one.address.line2 != two.address.line2),
        ("address.line3", one.address.line3 != two.address.line3),
        ("address.city", one.address.city != two.address.city),
        ("academy_code", one.academy_code != two.academy_code),
        ("phone", one.phone != two.phone),
        ("email", one.email != two.email),
        ("website", one.website != two.website),
        ("pupils", one.pupils != two.pupils),
        ("position", (one.latitude, one.longitude) != (two.latitude, two.longitude)),
        ("siret", one.siret != two.siret),
        ("opened_on", one.opened_on != two.opened_on),
        ("parent_uai", one.parent_uai != two.parent_uai),
        ("district", one.district != two.district),
        ("priority", kept.read.priority != other.read.priority),
    ];
    names.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
}

fn conflict(names: &[&str], columns: &Columns) -> LineIssue {
    let titles: Vec<&str> = names.iter().map(|name| columns.of(name).map_or(*name, |column| column.title.as_str())).collect();
    LineIssue { column: None, flaw: Flaw::new(Code::LineConflict).with("columns", titles.join(", ")) }
}
