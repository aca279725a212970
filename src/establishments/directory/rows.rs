//! From the cells of one line to the attributes of an establishment.

use super::header::{Cells, Columns, Header};
use super::kinds::{self, Signs};
use super::{codes, contact, place, territories};
use crate::error::Code;
use crate::establishments::model::{Address, Attributes, CommuneCode, District, EstablishmentKind, EstablishmentStatus, PriorityLevel, Sector, Siret, Uai};
use crate::imports::reading::days::{self, Order};
use crate::imports::reading::{Column, Line, Raw, Repair, Restored, Sound, lines, phones, repair, width_flaw};
use crate::values::{Day, TerritoryCode, Text};
use std::borrow::Cow;

/// A line that was read. Without attributes it is rejected, and `line` has the errors.
#[derive(Debug)]
pub struct Row<'a> {
    pub line: Line,
    pub text: &'a str,
    pub read: Option<Read>,
}

#[derive(Debug)]
pub struct Read {
    pub attributes: Attributes,
    pub priority: Option<PriorityLevel>,
    pub as_of: Option<Day>,
    pub unread: Vec<&'static str>,
    /// What stands at this address: the type of the line where it contradicts the nature, which is the UAI's.
    pub kind_here: EstablishmentKind,
    /// The district whose name another line may have.
    pub unnamed_district: Option<Uai>,
}

/// The rows of a file, and the number of its lines.
pub fn read_all<'a>(header: &Header<'_>, body: &'a str) -> (Vec<Row<'a>>, u64) {
    let (rows, month_first) = read_with(header, body, Order::DayFirst);
    let rows = if month_first { read_with(header, body, Order::Mixed).0 } else { rows };
    let read = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    (rows, read)
}

fn read_with<'a>(header: &Header<'_>, body: &'a str, order: Order) -> (Vec<Row<'a>>, bool) {
    let mut reader = Reader { columns: &header.columns, order, month_first: false };
    let rows = lines(header, body).map(|raw| reader.row(raw, header.width)).collect();
    (rows, reader.month_first)
}

struct Reader<'h> {
    columns: &'h Columns,
    order: Order,
    month_first: bool,
}

impl Reader<'_> {
    fn row<'a>(&mut self, raw: Raw<'a>, width: usize) -> Row<'a> {
        let mut cells = Cells::new(&raw.cells, self.columns);
        let read = match width_flaw(&raw, width) {
            None => self.read(&mut cells),
            Some(flaw) => {
                cells.refuse(None, flaw);
                None
            }
        };
        let uai: String = cells.raw(self.columns.uai.as_ref()).chars().take(20).collect();
        let rejected = (!cells.errors.is_empty()).then(|| raw.text.to_owned());
        let (errors, warnings) = (cells.errors, cells.warnings);
        let read = read.filter(|_| errors.is_empty());
        Row { line: Line { number: raw.number, key: (!uai.is_empty()).then_some(uai), raw: rejected, errors, warnings }, text: raw.text, read }
    }

    /// What the line says; none if it is to be rejected.
    fn read(&mut self, cells: &mut Cells<'_>) -> Option<Read> {
        let columns = self.columns;
        let uai = cells.required(columns.uai.as_ref(), codes::uai);
        let name = cells.required(columns.name.as_ref(), |text| text.parse().map(Sound));
        let (uai, name) = (uai?, name?);
        let commune_read = cells.cell(columns.commune_code.as_ref()).map(|text| text.and_then(|text| codes::commune(&text, uai.territory().as_ref())));
        let territory = territories::territory(cells, &uai, commune_read.as_ref())?;
        let commune = columns.commune_code.as_ref().zip(commune_read).and_then(|(column, code)| cells.settled(column, code));
        let here = Some(&territory);
        let (kind, kind_here) = kinds_of(cells);
        let (district, unnamed_district) = district(cells);
        let position = place::of(cells, here);
        let priority = cells.optional(columns.priority.as_ref(), kinds::priority).flatten();
        let attributes = Attributes {
            name,
            kind,
            sector: sector(cells),
            status: cells.optional(columns.status.as_ref(), kinds::status).unwrap_or(EstablishmentStatus::Open),
            address: address(cells, here, commune),
            academy_code: cells.optional(columns.academy_code.as_ref(), codes::academy),
            phone: cells.optional(columns.phone.as_ref(), |text| phones::phone(text, here)),
            email: plain(cells, |columns| columns.email.as_ref()),
            website: cells.optional(columns.website.as_ref(), contact::website),
            pupils: cells.optional(columns.pupils.as_ref(), codes::pupils),
            latitude: position.map(|(latitude, _)| latitude),
            longitude: position.map(|(_, longitude)| longitude),
            siret: siret(cells),
            nature_code: cells.optional(columns.nature_code.as_ref(), codes::nature),
            opened_on: self.day(cells, |columns| columns.opened_on.as_ref()),
            parent_uai: cells.optional(columns.parent_uai.as_ref(), codes::optional_uai).filter(|parent| *parent != uai),
            district,
            sites: Vec::new(),
            department_code: territory,
            uai,
        };
        let as_of = self.day(cells, |columns| columns.as_of.as_ref());
        Some(Read { attributes, priority, as_of, unread: std::mem::take(&mut cells.unread), kind_here, unnamed_district })
    }

    fn day(&mut self, cells: &mut Cells<'_>, column: fn(&Columns) -> Option<&Column>) -> Option<Day> {
        let order = self.order;
        let mut month_first = false;
        let day = cells.optional(column(cells.columns), |text| {
            let day = days::day(text, order);
            month_first = matches!(day, Restored(_));
            day
        });
        self.month_first |= month_first;
        day
    }
}

/// A text whose form its type checks.
fn plain<T: Text>(cells: &mut Cells<'_>, column: fn(&Columns) -> Option<&Column>) -> Option<T> {
    cells.optional(column(cells.columns), |text| Repair::from(text.parse()))
}

fn address(cells: &mut Cells<'_>, territory: Option<&TerritoryCode>, commune_code: Option<CommuneCode>) -> Address {
    Address {
        line1: plain(cells, |columns| columns.line1.as_ref()),
        line2: plain(cells, |columns| columns.line2.as_ref()),
        line3: plain(cells, |columns| columns.line3.as_ref()),
        postal_code: cells.optional(cells.columns.postal_code.as_ref(), |text| codes::postal_code(text, territory)),
        city: plain(cells, |columns| columns.city.as_ref()),
        commune_code,
    }
}

/// The kind of the establishment, and that of what stands at this address.
fn kinds_of(cells: &Cells<'_>) -> (EstablishmentKind, EstablishmentKind) {
    let columns = cells.columns;
    let nature = cells.hint(columns.nature_code.as_ref());
    let nature = if let Sound(code) | Restored(code) = repair::digits(&nature) { code } else { Cow::Borrowed("") };
    let (nature_label, kind, name) = (cells.hint(columns.nature_label.as_ref()), cells.hint(columns.kind.as_ref()), cells.hint(columns.name.as_ref()));
    let signs = Signs {
        nature: &nature,
        nature_label: &nature_label,
        kind: &kind,
        name: &name,
        nursery: cells.flag(columns.nursery.as_ref()),
        elementary: cells.flag(columns.elementary.as_ref()),
        general: cells.flag(columns.general.as_ref()) || cells.flag(columns.technological.as_ref()),
        vocational: cells.flag(columns.vocational.as_ref()),
    };
    let of_nature = kinds::kind(&signs);
    (of_nature, kinds::by_type(&signs).filter(|of_type| !kinds::agree(*of_type, of_nature)).unwrap_or(of_nature))
}

fn sector(cells: &Cells<'_>) -> Sector {
    let columns = cells.columns;
    let code = cells.hint(columns.contract_code.as_ref());
    let code = if let Sound(code) | Restored(code) = repair::digits(&code) { code } else { Cow::Borrowed("") };
    kinds::sector(&cells.hint(columns.sector.as_ref()), &code, &cells.hint(columns.contract.as_ref()))
}

fn siret(cells: &mut Cells<'_>) -> Option<Siret> {
    let column = cells.columns.siret.as_ref();
    let siret = cells.optional(column, codes::siret)?;
    if !siret.passes_luhn() {
        cells.warn(column, Code::SiretLuhn);
    }
    Some(siret)
}

/// The district, or its UAI if the line does not name it.
fn district(cells: &mut Cells<'_>) -> (Option<District>, Option<Uai>) {
    let uai = cells.optional(cells.columns.district_code.as_ref(), codes::optional_uai);
    match plain(cells, |columns| columns.district_name.as_ref()) {
        Some(name) => (Some(District { uai, name }), None),
        None => (None, uai),
    }
}
