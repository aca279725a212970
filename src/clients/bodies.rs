//! What callers send to make and change a machine, and what must hold of it as a whole.

use super::model::KEYS_MAX;
use super::store::ApiClientRow;
use crate::audit::Tx;
use crate::auth::Confidentiality;
use crate::auth::jwk::{self, Jwk};
use crate::auth::machine::{ClientAuthMethod, ClientScope, InsurerCode, Network, RowScope};
use crate::db::{Id, Json};
use crate::error::{Code, Error, Flaw, Issue, Place, Result};
use crate::values::input::Change;
use crate::values::{AcademyCode, Day, DisplayName, body};

body! {
    /// Makes a machine. It has no secret until one is asked for.
    pub struct CreateApiClient {
        /// Name shown to others.
        name: DisplayName,
        /// How it may prove who it is.
        auth_methods: Vec<ClientAuthMethod>,
        /// One or two public keys, for `private_key_jwt`.
        public_keys: Option<Vec<Jwk>>,
        /// What it may do.
        scopes: Vec<ClientScope>,
        /// Whose rows it reaches.
        row_scope: RowScope,
        /// The academy, where the rows are those of one.
        academy_code: Option<AcademyCode>,
        /// The insurer, where the rows are those of one.
        insurer_code: Option<InsurerCode>,
        /// Whether people are known to it under pseudonyms only, as they are by default.
        pseudonymised: Option<bool>,
        /// The most confidential dossiers it reads, `standard` by default.
        max_confidentiality: Option<Confidentiality>,
        /// The last day on which it is let in, `null` while that is not known.
        expires_on: Option<Day>,
        /// The networks it calls from; none for any.
        networks: Option<Vec<Network>>,
    }
}

body! {
    /// Changes a machine: absent fields stay. Its tokens stop counting.
    pub struct UpdateApiClient {
        /// Name shown to others.
        name: Change<DisplayName>,
        /// How it may prove who it is.
        auth_methods: Change<Vec<ClientAuthMethod>>,
        /// One or two public keys, for `private_key_jwt`.
        public_keys: Change<Vec<Jwk>>,
        /// What it may do.
        scopes: Change<Vec<ClientScope>>,
        /// Whose rows it reaches.
        row_scope: Change<RowScope>,
        /// The academy, where the rows are those of one.
        academy_code: Change<Option<AcademyCode>>,
        /// The insurer, where the rows are those of one.
        insurer_code: Change<Option<InsurerCode>>,
        /// Whether people are known to it under pseudonyms only.
        pseudonymised: Change<bool>,
        /// The most confidential dossiers it reads.
        max_confidentiality: Change<Confidentiality>,
        /// The last day on which it is let in, `null` while that is not known.
        expires_on: Change<Option<Day>>,
        /// The networks it calls from; none for any.
        networks: Change<Vec<Network>>,
    } refuse {
        status: FieldState, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, last_used_at: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

body! {
    /// Makes a secret.
    pub struct CreateClientSecret {
        /// The last day on which it is taken, `null` while that is not known.
        expires_on: Option<Day>,
    }
}

impl CreateApiClient {
    pub fn into_row(self, tx: &Tx<'_>) -> Result<ApiClientRow> {
        let Self { name, auth_methods, public_keys, scopes, row_scope, academy_code, insurer_code, pseudonymised, max_confidentiality, .. } = self;
        let row = ApiClientRow {
            id: Id::new(),
            name,
            enabled: true,
            auth_methods: Json(auth_methods),
            public_keys: Json(public_keys.unwrap_or_default()),
            scopes: Json(scopes),
            row_scope,
            academy_code,
            insurer_code,
            pseudonymised: pseudonymised.unwrap_or(true),
            max_confidentiality: max_confidentiality.unwrap_or(Confidentiality::Standard),
            expires_on: self.expires_on,
            networks: Json(self.networks.unwrap_or_default()),
            auth_version: 1,
            version: 1,
            last_used_at: None,
            created_at: tx.now,
            updated_at: tx.now,
        };
        fits(row)
    }
}

impl UpdateApiClient {
    pub fn apply(self, mut row: ApiClientRow) -> Result<ApiClientRow> {
        let Self { name, auth_methods, public_keys, scopes, row_scope, academy_code, insurer_code, pseudonymised, max_confidentiality, .. } = self;
        name.apply(&mut row.name);
        auth_methods.apply(&mut row.auth_methods.0);
        public_keys.apply(&mut row.public_keys.0);
        scopes.apply(&mut row.scopes.0);
        row_scope.apply(&mut row.row_scope);
        academy_code.apply(&mut row.academy_code);
        insurer_code.apply(&mut row.insurer_code);
        pseudonymised.apply(&mut row.pseudonymised);
        max_confidentiality.apply(&mut row.max_confidentiality);
        self.expires_on.apply(&mut row.expires_on);
        self.networks.apply(&mut row.networks.0);
        fits(row)
    }
}

/// The row, if its parts go together.
fn fits(row: ApiClientRow) -> Result<ApiClientRow> {
    let keyed = row.auth_methods.0.contains(&ClientAuthMethod::PrivateKeyJwt);
    let (keys, reads_cases) = (&row.public_keys.0, row.scopes.0.contains(&ClientScope::CasesRead));
    let broken: [(bool, &str, Flaw); 9] = [
        (row.row_scope == RowScope::Academy && row.academy_code.is_none(), "/academy_code", Code::AcademyRequired.into()),
        (row.row_scope != RowScope::Academy && row.academy_code.is_some(), "/academy_code", Code::AcademyNotTaken.into()),
        (row.row_scope == RowScope::Insurer && row.insurer_code.is_none(), "/insurer_code", Code::InsurerRequired.into()),
        (row.row_scope != RowScope::Insurer && row.insurer_code.is_some(), "/insurer_code", Code::InsurerNotTaken.into()),
        (reads_cases && row.row_scope == RowScope::Insurer, "/scopes", Code::ScopeNotForInsurers.into()),
        (reads_cases && !row.pseudonymised, "/pseudonymised", Code::ScopePseudonymsOnly.into()),
        (keyed && keys.is_empty(), "/public_keys", Code::PublicKeyRequired.into()),
        (keys.len() > KEYS_MAX, "/public_keys", Flaw::new(Code::ListTooLong).with("max", KEYS_MAX)),
        (!jwk::have_names(keys), "/public_keys", Code::ListRepeats.into()),
    ];
    let issues: Vec<Issue> = broken.into_iter().filter(|(is, ..)| *is).map(|(_, at, flaw)| flaw.at(Place::Pointer(at.to_owned()))).collect();
    if issues.is_empty() { Ok(row) } else { Err(Error::invalid(issues)) }
}
