//! The columns of a file of members: in French as associations name them, in English as this API does, and as our own exports do.

use crate::imports::reading::columns;

/// The header of such a file, and one of its lines being read.
pub type Header<'a> = crate::imports::reading::Header<'a, Columns>;
pub type Cells<'r> = crate::imports::reading::Cells<'r, Columns>;

// `openapi/imports.md` lists them for whoever makes a file; the first alias is the one it recommends.
columns! {
    missing: missing;
    number of "member_number": "numero adherent", "numero d adherent", "n adherent", "no adherent", "num adherent", "numero", "member number";
    civility of "civility": "civilite", "titre", "civility";
    last_name of "last_name": "nom", "nom usage", "nom d usage", "nom de famille", "last name";
    first_name of "first_name": "prenom", "prenoms", "first name";
    birth_name of "birth_name": "nom naissance", "nom de naissance", "nom de jeune fille", "nom patronymique", "birth name";
    birth_date of "birth_date": "date naissance", "date de naissance", "ne le", "nee le", "birth date";
    email of "email": "courriel", "email", "e mail", "mail", "mel", "adresse electronique", "adresse mail", "adresse email";
    phone of "phone": "telephone", "tel", "portable", "telephone portable", "mobile", "numero de telephone", "phone";
    line1 of "address.line1": "adresse", "adresse 1", "rue", "address line1", "address";
    line2 of "address.line2": "adresse 2", "complement adresse", "complement d adresse", "address line2";
    line3 of "address.line3": "adresse 3", "lieu dit", "address line3";
    postal_code of "address.postal_code": "code postal", "cp", "address postal code", "postal code";
    city of "address.city": "commune", "ville", "localite", "address city", "city";
    commune_code of "address.commune_code": "code commune", "code insee", "address commune code", "commune code";
    department of "department_code": "departement", "code departement", "dept", "department code", "department";
    safe_contact of "safe_contact": "contact sans risque", "contact sur", "safe contact";
    instructions of "safe_contact_instructions": "consignes contact", "consignes de contact", "safe contact instructions";
    maif of "external_ids.maif": "id externe maif", "numero maif", "numero societaire", "external id maif";
    mgen of "external_ids.mgen": "id externe mgen", "numero mgen", "external id mgen";
    federation of "external_ids.federation": "id externe federation", "numero federal", "external id federation";
    other of "external_ids.other": "id externe autre", "id externe", "external id other", "external id";
    uai of "establishment_id": "uai", "code uai", "numero uai", "rne", "code rne", "etablissement";
    occupation of "occupation": "fonction", "metier", "profession", "corps", "occupation";
    employment_status of "employment_status": "statut", "statut emploi", "employment status";
    employer of "employer": "employeur", "employer";
    posted_on of "employment_starts_on": "date affectation", "date d affectation", "affecte depuis", "employment starts on";
    year of "year": "annee", "annee adhesion", "annee d adhesion", "millesime", "year";
    subscribed_on of "subscribed_on": "date adhesion", "date d adhesion", "adhesion le", "subscribed on";
    registered_on of "insurer_registered_on": "date enregistrement assureur", "date enregistrement", "enregistre le", "insurer registered on";
    starts_on of "starts_on": "date debut", "date de debut", "debut", "starts on";
    ends_on of "ends_on": "date fin", "date de fin", "fin", "ends on";
    association_dues of "association_dues": "cotisation association", "part association", "association dues", "association dues amount";
    insurance_dues of "insurance_dues": "cotisation assurance", "part assurance", "insurance dues", "insurance dues amount";
    channel of "channel": "canal", "mode adhesion", "mode d adhesion", "channel";
    insurer_holder of "insurer_holder": "societaire maif", "assure maif", "insurer holder";
    contract of "membership_external_id": "contrat maif", "numero contrat", "numero de contrat", "membership external id";
}

/// What names a member: without it no line can be told from another.
fn missing(columns: &Columns) -> Vec<&'static str> {
    let keys = [&columns.number, &columns.maif, &columns.mgen, &columns.federation, &columns.other];
    if keys.iter().any(|column| column.is_some()) { Vec::new() } else { vec!["numero_adherent"] }
}
