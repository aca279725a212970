//! From the cells of one line to what it says of a person, of a period of membership and of a post.

use super::header::{Cells, Columns, Header};
use super::said::{Period, Person, Post, Said};
use super::values::{choice, day, flag, money, optional_choice};
use super::words::{CHANNELS, CIVILITIES, EMPLOYERS, OCCUPATIONS, STATUSES};
use crate::error::{Code, Flaw};
use crate::establishments::directory::codes;
use crate::imports::reading::{Column, Line, Raw, Repair, Restored, Sound, phones, width_flaw};
use crate::members::memberships::model::{Dues, SubscriptionChannel};
use crate::members::model::{ExternalId, ExternalSystem, MemberNumber, birth_flaw};
use crate::values::{Day, DepartmentCode, TerritoryCode};
use std::str::FromStr;

/// Reads one line: what it says, unless it is to be rejected, and the remarks on it.
pub fn read(raw: &Raw<'_>, header: &Header<'_>, today: Day) -> (Line, Option<Said>) {
    let mut cells = Cells::new(&raw.cells, &header.columns);
    let said = match width_flaw(raw, header.width) {
        None => Reader { cells: &mut cells, today }.said(raw.number),
        Some(flaw) => {
            cells.refuse(None, flaw);
            None
        }
    };
    let (errors, warnings) = (cells.errors, cells.warnings);
    let said = said.filter(|_| errors.is_empty());
    let key = said.as_ref().and_then(Said::key).or_else(|| number_of(raw, &header.columns));
    (Line { number: raw.number, key, raw: (!errors.is_empty()).then(|| printable(raw, &header.columns)), errors, warnings }, said)
}

/// The number as it stands, if it is one: never what is refused as a national number.
fn number_of(raw: &Raw<'_>, columns: &Columns) -> Option<String> {
    let cell = raw.cells.get(columns.number.as_ref()?.at)?;
    cell.trim().parse::<MemberNumber>().ok().map(|number| number.to_string())
}

/// The line as it stands, but for national numbers, which are kept nowhere.
fn printable(raw: &Raw<'_>, columns: &Columns) -> String {
    let named = [&columns.number, &columns.maif, &columns.mgen, &columns.federation, &columns.other, &columns.contract];
    let cells = named.into_iter().flatten().filter_map(|column| raw.cells.get(column.at));
    let national = |cell: &&str| cell.parse::<MemberNumber>().is_err_and(|flaw| flaw.code == Code::NationalNumberRefused);
    cells.map(|cell| cell.trim()).filter(national).fold(raw.text.to_owned(), |text, number| text.replace(number, ""))
}

/// Where a value stands.
type At = fn(&Columns) -> &Option<Column>;

/// A value that is taken as it stands or not at all.
type Strict<T> = Result<T, Flaw>;

struct Reader<'c, 'r> {
    cells: &'c mut Cells<'r>,
    today: Day,
}

impl Reader<'_, '_> {
    /// A value that keeps the line out when it is wrong; none where the cell is empty.
    fn strict<T>(&mut self, column: At, read: impl FnOnce(&str) -> Strict<T>) -> Option<T> {
        let column = column(self.cells.columns).as_ref();
        match self.cells.cell(column)? {
            Sound(text) | Restored(text) => read(&text).map_err(|flaw| self.cells.refuse(column, flaw)).ok(),
            _ => {
                self.cells.refuse(column, Code::LineDamaged);
                None
            }
        }
    }

    /// A value that is left out, with a remark, when it cannot be read.
    fn lenient<T>(&mut self, column: At, read: impl FnOnce(&str) -> Repair<T>) -> Option<T> {
        self.cells.optional(column(self.cells.columns).as_ref(), read)
    }

    fn plain<T: FromStr>(&mut self, column: At) -> Option<T> {
        self.lenient(column, |text| Repair::from(text.parse()))
    }

    fn refuse(&mut self, column: At, flaw: impl Into<Flaw>) {
        self.cells.refuse(column(self.cells.columns).as_ref(), flaw);
    }

    fn said(&mut self, line: u64) -> Option<Said> {
        let number = self.strict(|columns| &columns.number, str::parse);
        let external_ids = self.external_ids();
        if number.is_none() && external_ids.is_empty() && self.cells.errors.is_empty() {
            self.refuse(|columns| &columns.number, Code::LineKeyMissing);
        }
        let (person, period) = (self.person(), self.period());
        let post = self.post(period.as_ref());
        Some(Said { line, number, external_ids, person, period, post })
    }

    fn external_ids(&mut self) -> Vec<ExternalId> {
        let columns: [(ExternalSystem, At); 4] = [
            (ExternalSystem::Maif, |columns| &columns.maif),
            (ExternalSystem::Mgen, |columns| &columns.mgen),
            (ExternalSystem::Federation, |columns| &columns.federation),
            (ExternalSystem::Other, |columns| &columns.other),
        ];
        columns.into_iter().filter_map(|(system, column)| self.external_id(system, "member", column)).collect()
    }

    fn external_id(&mut self, system: ExternalSystem, kind: &str, column: At) -> Option<ExternalId> {
        let value = self.strict(column, str::parse)?;
        Some(ExternalId { system, kind: kind.parse().ok()?, value })
    }

    fn person(&mut self) -> Person {
        let today = self.today;
        let territory = self.strict(|columns| &columns.department, department);
        let department_code = territory.as_ref().and_then(|territory| {
            let code = territory.as_str().parse::<DepartmentCode>();
            code.map_err(|flaw| self.refuse(|columns| &columns.department, flaw)).ok()
        });
        Person {
            department_code,
            civility: self.lenient(|columns| &columns.civility, |text| optional_choice(text, CIVILITIES)),
            last_name: self.strict(|columns| &columns.last_name, str::parse),
            first_name: self.strict(|columns| &columns.first_name, str::parse),
            birth_name: self.strict(|columns| &columns.birth_name, str::parse),
            birth_date: self.strict(|columns| &columns.birth_date, |text| day(text).and_then(|date| birth_flaw(date, today).map_or(Ok(date), Err))),
            email: self.plain(|columns| &columns.email),
            phone: self.lenient(|columns| &columns.phone, |text| phones::phone(text, territory.as_ref())),
            line1: self.plain(|columns| &columns.line1),
            line2: self.plain(|columns| &columns.line2),
            line3: self.plain(|columns| &columns.line3),
            postal_code: self.lenient(|columns| &columns.postal_code, |text| codes::postal_code(text, territory.as_ref())),
            city: self.plain(|columns| &columns.city),
            commune_code: self.lenient(|columns| &columns.commune_code, |text| codes::commune(text, territory.as_ref())),
            // Whether it is safe to call is never left out.
            safe_contact: self.strict(|columns| &columns.safe_contact, |text| choice(text, &[])),
            safe_contact_instructions: self.strict(|columns| &columns.instructions, str::parse),
        }
    }

    fn past(&mut self, column: At) -> Option<Day> {
        let today = self.today;
        self.strict(column, |text| day(text).and_then(|day| if day > today { Err(Code::DayInFuture.into()) } else { Ok(day) }))
    }

    /// The period of the line: of a whole year where it tells the year alone, else from the day that it tells.
    fn period(&mut self) -> Option<Period> {
        let year = self.strict(|columns| &columns.year, year);
        let (subscribed_on, registered_on) = (self.past(|columns| &columns.subscribed_on), self.past(|columns| &columns.registered_on));
        let starts_on = self.strict(|columns| &columns.starts_on, day);
        let ends_on = self.strict(|columns| &columns.ends_on, day);
        let dues = self.dues();
        let channel = self.strict(|columns| &columns.channel, |text| choice(text, CHANNELS)).unwrap_or(SubscriptionChannel::Post);
        let insurer_holder = self.strict(|columns| &columns.insurer_holder, flag).unwrap_or(false);
        let contract = self.external_id(ExternalSystem::Maif, "contract", |columns| &columns.contract);
        let starts_on = starts_on.or_else(|| first_day(year, subscribed_on))?;
        let ends_on = ends_on.unwrap_or_else(|| Day::last_of(starts_on.year()));
        if year.is_some_and(|year| year != starts_on.year()) {
            self.refuse(|columns| &columns.year, Code::YearMismatch);
        }
        if ends_on < starts_on {
            self.refuse(|columns| &columns.ends_on, Code::PeriodReversed);
        } else if ends_on.year() != starts_on.year() {
            self.refuse(|columns| &columns.ends_on, Code::YearMismatch);
        }
        let subscribed_on = subscribed_on.unwrap_or_else(|| starts_on.min(self.today));
        Some(Period { subscribed_on, starts_on, ends_on, registered_on, dues, channel, insurer_holder, external_ids: contract.into_iter().collect() })
    }

    fn dues(&mut self) -> Option<Dues> {
        let association = self.strict(|columns| &columns.association_dues, money);
        let insurance = self.strict(|columns| &columns.insurance_dues, money);
        if self.cells.errors.is_empty() && association.is_some() != insurance.is_some() {
            let column: At = if association.is_some() { |columns| &columns.insurance_dues } else { |columns| &columns.association_dues };
            self.refuse(column, Code::FieldRequired);
        }
        association.zip(insurance).map(|(association, insurance)| Dues { association, insurance })
    }

    fn post(&mut self, period: Option<&Period>) -> Option<Post> {
        let from = self.past(|columns| &columns.posted_on);
        let uai = self.lenient(|columns| &columns.uai, codes::optional_uai);
        let occupation = self.lenient(|columns| &columns.occupation, |text| optional_choice(text, OCCUPATIONS));
        let employment_status = self.lenient(|columns| &columns.employment_status, |text| optional_choice(text, STATUSES));
        let employer = self.lenient(|columns| &columns.employer, |text| optional_choice(text, EMPLOYERS));
        let told = uai.is_some() || occupation.is_some() || employment_status.is_some() || employer.is_some();
        told.then(|| Post { from: from.or(period.map(|period| period.starts_on)), uai, occupation, employment_status, employer })
    }
}

/// The first day of a period: that of the subscription where it lies in the year, else that of the year.
fn first_day(year: Option<i32>, subscribed_on: Option<Day>) -> Option<Day> {
    match (year, subscribed_on) {
        (Some(year), Some(day)) if day.year() == year => Some(day),
        (Some(year), _) => Some(Day::first_of(year)),
        (None, day) => day,
    }
}

fn year(text: &str) -> Strict<i32> {
    use crate::members::memberships::model::Year;
    use crate::values::Number;
    let number = text.parse::<i32>().map_err(|_| Flaw::new(Code::TypeInteger))?;
    Year::checked(number).map(Year::get)
}

fn department(text: &str) -> Strict<TerritoryCode> {
    match codes::territory(text) {
        Sound(code) | Restored(code) => Ok(code),
        _ => Err(Code::DepartmentUnknown.into()),
    }
}
