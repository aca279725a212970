//! Which territory an establishment belongs to, out of three witnesses: the column, the UAI, the commune.

use super::codes;
use super::header::Cells;
use crate::error::{Code, Flaw};
use crate::establishments::model::{CommuneCode, Uai};
use crate::imports::reading::repair::{Damaged, Repair, Restored, Sound, Unreadable};
use crate::values::TerritoryCode;

/// The territory of a line; none, with an error, if its witnesses leave a doubt: a wrong one would show it to the wrong association.
pub fn territory(cells: &mut Cells<'_>, uai: &Uai, commune: Option<&Repair<CommuneCode>>) -> Option<TerritoryCode> {
    let column = cells.columns.department_code.as_ref();
    let stated = cells.cell(column).map(|text| text.and_then(|text| codes::territory(&text)));
    let of_commune = match commune {
        Some(Sound(code) | Restored(code)) => codes::territory_of(code),
        _ => None,
    };
    match settled(stated, uai.territory(), of_commune) {
        Ok((territory, warning)) => {
            let without = territory.department().is_none().then(|| Code::TerritoryWithoutAssociation.into());
            warning.into_iter().chain(without).for_each(|flaw: Flaw| cells.warn(column, flaw));
            Some(territory)
        }
        Err(flaw) => {
            cells.refuse(column, flaw);
            None
        }
    }
}

type Witness = Option<TerritoryCode>;

fn settled(stated: Option<Repair<TerritoryCode>>, of_uai: Witness, of_commune: Witness) -> Result<(TerritoryCode, Option<Flaw>), Flaw> {
    let restored = Some(Flaw::new(Code::LineRestored));
    let (code, warning) = match (stated, of_uai) {
        (Some(Sound(code)), of_uai) => return agreed(code, None, of_uai, of_commune),
        (Some(Restored(code)), of_uai) => return agreed(code, restored, of_uai, of_commune),
        (None, Some(of_uai)) => (of_uai, None),
        (Some(Damaged), Some(of_uai)) => (of_uai, restored),
        (Some(Unreadable), Some(of_uai)) if of_commune.as_ref() == Some(&of_uai) => (of_uai, restored),
        _ => return Err(Code::DepartmentUnknown.into()),
    };
    Ok((code, warning))
}

/// The code the column states, if another witness agrees; the two others' if they agree against it.
fn agreed(code: TerritoryCode, warning: Option<Flaw>, of_uai: Witness, of_commune: Witness) -> Result<(TerritoryCode, Option<Flaw>), Flaw> {
    let by_commune = of_commune.as_ref() == Some(&code);
    match of_uai {
        Some(of_uai) if of_uai == code || left_guadeloupe(&code, &of_uai) => Ok((code, warning)),
        Some(of_uai) if by_commune => Ok((code, Some(mismatch(&of_uai)))),
        Some(of_uai) if of_commune.as_ref() == Some(&of_uai) => Ok((of_uai, Some(Code::LineRestored.into()))),
        Some(of_uai) => Err(mismatch(&of_uai)),
        None if by_commune => Ok((code, warning)),
        None => Err(Code::DepartmentUnknown.into()),
    }
}

/// Schools of Saint-Martin and Saint-Barthélemy keep the UAIs they had before these islands left Guadeloupe in 2007.
fn left_guadeloupe(code: &TerritoryCode, of_uai: &TerritoryCode) -> bool {
    matches!(code.as_str(), "977" | "978") && of_uai.as_str() == "971"
}

fn mismatch(of_uai: &TerritoryCode) -> Flaw {
    Flaw::new(Code::TerritoryMismatch).with("expected", of_uai)
}
