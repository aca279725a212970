//! Names of districts: medico-social establishments only carry their district's UAI.

use super::header::Columns;
use super::rows::Row;
use crate::error::Code;
use crate::establishments::model::{District, EstablishmentName, Uai};
use crate::imports::reading::LineIssue;
use std::collections::HashMap;

/// A name, after whether it is only the one of the district's own line.
type Found = Option<(bool, EstablishmentName)>;

/// Gives the lines that have the bare UAI of their district its name, as other lines or the district's own line have it.
pub fn name(rows: &mut [Row<'_>], columns: &Columns) {
    let names = names(rows);
    for row in rows {
        let Some((read, uai)) = row.read.as_mut().and_then(|read| read.unnamed_district.take().map(|uai| (read, uai))) else { continue };
        match names.get(&uai).cloned().flatten() {
            Some((_, name)) => read.attributes.district = Some(District { uai: Some(uai), name }),
            None => {
                let column = columns.district_code.as_ref().map(|column| column.title.clone());
                row.line.warnings.push(LineIssue { column, flaw: Code::DistrictNameUnknown.into() });
                read.unread.push("district");
            }
        }
    }
}

fn names(rows: &[Row<'_>]) -> HashMap<Uai, Found> {
    let read = || rows.iter().filter_map(|row| row.read.as_ref());
    let mut names: HashMap<Uai, Found> = read().filter_map(|read| Some((read.unnamed_district.clone()?, None))).collect();
    for attributes in read().map(|read| &read.attributes) {
        let told = attributes.district.as_ref().and_then(|district| Some((district.uai.as_ref()?, (false, &district.name))));
        for (uai, (own, name)) in told.into_iter().chain([(&attributes.uai, (true, &attributes.name))]) {
            // The least of them, so that the order of the lines does not matter.
            if let Some(found) = names.get_mut(uai)
                && found.as_ref().is_none_or(|(found_own, found)| (own, name) < (*found_own, found))
            {
                *found = Some((own, name.clone()));
            }
        }
    }
    names
}
