//! Lines of one member put together, and lines that contradict or repeat each other put aside.

use super::header::{Columns, Header};
use super::rows;
use super::said::{Period, Person, Said};
use crate::error::{Code, Error, Flaw};
use crate::imports::reading::{self, KnownColumns, Line, LineIssue, text};
use crate::imports::run::{self, Loaded};
use crate::members::model::ExternalId;
use crate::values::Day;
use crate::values::fold::fold;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What the lines of a file say of one member.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub said: Vec<Said>,
}

impl run::Record for Record {
    fn key(&self) -> Option<String> {
        self.said.iter().find(|said| said.number.is_some()).or(self.said.first()).and_then(Said::key)
    }

    fn lines(&self) -> Vec<u64> {
        self.said.iter().map(|said| said.line).collect()
    }
}

/// Reads a file of members; fails only when it names none.
pub fn read(bytes: &[u8], today: Day) -> Result<Loaded<Record>, Error> {
    let text = text::decode(bytes)?;
    let (header, body): (Header<'_>, &str) = reading::header::find(&text)?;
    let (mut said, mut lines) = (Vec::new(), BTreeMap::new());
    for raw in reading::lines(&header, body) {
        let (line, told) = rows::read(&raw, &header, today);
        lines.insert(line.number, line);
        said.extend(told);
    }
    let read = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let mut report = Report { lines, texts: reading::lines(&header, body).map(|raw| (raw.number, raw.text.to_owned())).collect(), columns: &header.columns };
    let said = report.without_disputed(said);
    let mut records: Vec<Record> = groups(said).into_iter().filter_map(|group| report.settled(group)).collect();
    records.sort_by_key(|record| record.said.first().map(|said| said.line));
    report.lookalikes(&records);
    let lines = report.lines.into_values().filter(|line| line.is_rejected() || !line.warnings.is_empty()).collect();
    Ok(Loaded { header: header.text.to_owned(), read, records, lines })
}

/// Lines by the member they name: by number, or by an external identifier, with which another line may give the number.
fn groups(said: Vec<Said>) -> Vec<Vec<Said>> {
    let mut groups: Vec<Vec<Said>> = Vec::new();
    let (mut by_number, mut by_id) = (HashMap::new(), HashMap::new());
    // Lines with a number first: an identifier then leads to it, wherever the line stands.
    let (numbered, others): (Vec<Said>, Vec<Said>) = said.into_iter().partition(|said| said.number.is_some());
    for said in numbered.into_iter().chain(others) {
        let known = said.number.as_ref().and_then(|number| by_number.get(number)).or_else(|| said.external_ids.iter().find_map(|id| by_id.get(id))).copied();
        let at = known.unwrap_or(groups.len());
        by_number.extend(said.number.clone().map(|number| (number, at)));
        by_id.extend(said.external_ids.iter().map(|id| (id.clone(), at)));
        match groups.get_mut(at) {
            Some(group) => group.push(said),
            None => groups.push(vec![said]),
        }
    }
    groups
}

struct Report<'h> {
    lines: BTreeMap<u64, Line>,
    texts: HashMap<u64, String>,
    columns: &'h Columns,
}

impl Report<'_> {
    fn title(&self, attribute: &str) -> String {
        self.columns.of(attribute).map_or_else(|| attribute.to_owned(), |column| column.title.clone())
    }

    fn refuse(&mut self, line: u64, flaw: impl Into<Flaw>) {
        let raw = self.texts.get(&line).cloned();
        if let Some(line) = self.lines.get_mut(&line) {
            line.errors.push(LineIssue { column: None, flaw: flaw.into() });
            line.raw = line.raw.take().or(raw);
        }
    }

    fn conflict(&self, attributes: &BTreeSet<&str>) -> Flaw {
        let titles: Vec<String> = attributes.iter().map(|attribute| self.title(attribute)).collect();
        Flaw::new(Code::LineConflict).with("columns", titles.join(", "))
    }

    /// Refuses the lines whose external identifier other lines give to another number.
    fn without_disputed(&mut self, said: Vec<Said>) -> Vec<Said> {
        let mut numbers: HashMap<&ExternalId, HashSet<&str>> = HashMap::new();
        for (id, number) in
            said.iter().filter_map(|said| Some((&said.external_ids, said.number.as_ref()?))).flat_map(|(ids, number)| ids.iter().map(move |id| (id, number)))
        {
            numbers.entry(id).or_default().insert(number.as_str());
        }
        let disputed: HashSet<ExternalId> = numbers.into_iter().filter(|(_, numbers)| numbers.len() > 1).map(|(id, _)| id.clone()).collect();
        let (refused, kept): (Vec<Said>, Vec<Said>) = said.into_iter().partition(|said| said.external_ids.iter().any(|id| disputed.contains(id)));
        for said in refused {
            let attributes = said.external_ids.iter().filter(|id| disputed.contains(id)).map(|id| attribute_of(id)).collect();
            let flaw = self.conflict(&attributes);
            self.refuse(said.line, flaw);
        }
        kept
    }

    /// The lines of one member that do not contradict each other: none where they disagree about the person.
    fn settled(&mut self, mut group: Vec<Said>) -> Option<Record> {
        group.sort_by_key(|said| said.line);
        let contradictions = contradictions(group.iter().map(|said| &said.person));
        if !contradictions.is_empty() {
            let flaw = self.conflict(&contradictions);
            group.iter().for_each(|said| self.refuse(said.line, flaw.clone()));
            return None;
        }
        let mut kept: Vec<Said> = Vec::new();
        let mut disputed: HashSet<(Day, Day)> = HashSet::new();
        for said in group {
            match said.period.clone() {
                None => match kept.iter().find(|other| other.period.is_none() && other.post == said.post) {
                    Some(first) => self.refuse(said.line, Flaw::new(Code::LineRepeated).with("line", first.line)),
                    None => kept.push(said),
                },
                Some(period) => match kept.iter().find(|other| other.period.as_ref().is_some_and(|other| days(other) == days(&period))) {
                    Some(first) if first.period.as_ref() == Some(&period) => self.refuse(said.line, Flaw::new(Code::LineRepeated).with("line", first.line)),
                    Some(_) => {
                        disputed.insert(days(&period));
                        self.refuse(said.line, Flaw::new(Code::LineConflict).with("columns", self.title("starts_on")));
                    }
                    None => kept.push(said),
                },
            }
        }
        // Of two lines that say different things of the same days, neither is believed.
        let (refused, kept): (Vec<Said>, Vec<Said>) =
            kept.into_iter().partition(|said| said.period.as_ref().is_some_and(|period| disputed.contains(&days(period))));
        for said in refused {
            self.refuse(said.line, Flaw::new(Code::LineConflict).with("columns", self.title("starts_on")));
        }
        let kept = self.apart(kept);
        (!kept.is_empty()).then_some(Record { said: kept })
    }

    /// Refuses periods that share a day with one that begins earlier.
    fn apart(&mut self, said: Vec<Said>) -> Vec<Said> {
        let mut periods: Vec<(Day, Day, u64)> =
            said.iter().filter_map(|said| said.period.as_ref().map(|period| (period.starts_on, period.ends_on, said.line))).collect();
        periods.sort_unstable();
        let (mut end, mut refused) = (None, HashSet::new());
        for (starts_on, ends_on, line) in periods {
            if end.is_some_and(|end| starts_on <= end) {
                refused.insert(line);
                self.refuse(line, Code::MembershipOverlap);
            } else {
                end = Some(ends_on);
            }
        }
        said.into_iter().filter(|said| !refused.contains(&said.line)).collect()
    }

    /// Remarks on members of one name and one date of birth under two numbers.
    fn lookalikes(&mut self, records: &[Record]) {
        let mut seen: HashMap<(String, Day), u64> = HashMap::new();
        for record in records {
            let person = record.person();
            let (Some(last), Some(first), Some(birth_date), Some(line)) = (person.last_name, person.first_name, person.birth_date, record.said.first()) else {
                continue;
            };
            let key = (fold(&format!("{last} {first}")), birth_date);
            match seen.get(&key) {
                None => drop(seen.insert(key, line.line)),
                Some(other) => {
                    let issue = LineIssue { column: None, flaw: Flaw::new(Code::LineLookalike).with("line", other) };
                    if let Some(line) = self.lines.get_mut(&line.line) {
                        line.warnings.push(issue);
                    }
                }
            }
        }
    }
}

impl Record {
    /// What all lines together say of the person.
    pub fn person(&self) -> Person {
        self.said.iter().fold(Person::default(), |person, said| person.or(&said.person))
    }
}

fn days(period: &Period) -> (Day, Day) {
    (period.starts_on, period.ends_on)
}

fn attribute_of(id: &ExternalId) -> &'static str {
    use crate::members::model::ExternalSystem;
    match id.system {
        ExternalSystem::Maif => "external_ids.maif",
        ExternalSystem::Mgen => "external_ids.mgen",
        ExternalSystem::Federation => "external_ids.federation",
        ExternalSystem::Other => "external_ids.other",
    }
}

fn contradictions<'p>(people: impl Iterator<Item = &'p Person>) -> BTreeSet<&'static str> {
    let (mut found, mut known) = (BTreeSet::new(), Person::default());
    for person in people {
        found.extend(known.contradictions(person));
        known = known.or(person);
    }
    found
}
