//! The one registry of error codes: it generates the contract, `/problem-types` and the French and English texts.

use super::Params;

/// The language of texts; codes, keys and enumerations never change with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Fr,
    En,
}

macro_rules! codes {
    ($($variant:ident $name:literal $status:literal $fr:literal $en:literal;)+) => {
        /// A stable code: never translated, never removed. `{name}` in a text stands for a parameter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($variant),+ }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The HTTP status of a problem with this code, or of the problem that lists it among its errors.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            pub const fn template(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::Fr) => $fr, (Self::$variant, Language::En) => $en),+
                }
            }
        }
    };
}

codes! {
    // The request as a whole.
    InputInvalid "input.invalid" 400 "La demande contient des erreurs ; chacune est listée avec son emplacement." "The request has errors; each is listed with its place.";
    BodyNotJson "body.not_json" 400 "Le corps de la demande n'est pas du JSON lisible (ligne {line}, colonne {column})." "The request body is not readable JSON (line {line}, column {column}).";
    BodyTooDeep "body.too_deep" 400 "Le corps de la demande est imbriqué sur plus de {max} niveaux." "The request body is nested more than {max} levels deep.";
    BodyMissing "body.missing" 400 "Cette opération attend un corps de demande." "This operation needs a request body.";
    BodyUnexpected "body.unexpected" 400 "Cette opération ne prend pas de corps de demande." "This operation takes no request body.";
    BodyTooLarge "body.too_large" 413 "Le corps de la demande dépasse {max} octets." "The request body is larger than {max} bytes.";
    BodyTooSlow "body.too_slow" 408 "Le corps de la demande n'est pas arrivé dans le délai." "The request body did not arrive in time.";
    HeadersTooLarge "headers.too_large" 431 "Les en-têtes de la demande dépassent {max} octets." "The request headers are larger than {max} bytes.";
    HostUnknown "host.unknown" 421 "Ce serveur ne répond pas sous ce nom d'hôte." "This server does not answer under this host name.";
    RequestMalformed "request.malformed" 400 "La demande n'est pas une requête HTTP lisible." "The request is not readable HTTP.";
    MediaTypeUnsupported "media_type.unsupported" 415 "Cette opération attend un corps de type {expected}." "This operation takes a body of type {expected}.";
    FormMalformed "form.malformed" 400 "Le formulaire multipart/form-data n'est pas lisible." "The multipart/form-data form is not readable.";
    UploadCut "upload.cut" 400 "Le fichier n'est pas arrivé jusqu'à sa fin ; envoyez-le à nouveau." "The file did not arrive to its end; send it again.";
    RangeUnsatisfiable "range.unsatisfiable" 416 "Le fichier n'a que {size} octets ; aucun n'est dans la plage demandée." "The file has {size} bytes only; none lies in the range asked for.";
    NotAcceptable "media_type.not_acceptable" 406 "Cette opération répond en {offered}." "This operation answers in {offered}.";
    NotFound "not_found" 404 "Cette ressource n'existe pas ou ne vous est pas accessible." "This resource does not exist or is not yours to see.";
    RouteNotFound "route.not_found" 404 "Aucune opération ne répond à cette adresse." "No operation answers at this address.";
    MethodNotAllowed "method.not_allowed" 405 "Cette adresse n'accepte que : {allowed}." "This address only takes: {allowed}.";
    RateLimited "rate.limited" 429 "Trop de demandes ; réessayez après le délai indiqué." "Too many requests; try again after the delay given.";
    Timeout "request.timeout" 503 "La demande a pris trop de temps." "The request took too long.";
    Overloaded "server.overloaded" 503 "Le serveur est surchargé ; réessayez dans un instant." "The server is overloaded; try again in a moment.";
    DatabaseUnavailable "database.unavailable" 503 "La base de données ne répond pas ; réessayez dans un instant." "The database does not answer; try again in a moment.";
    ShuttingDown "server.shutting_down" 503 "Le serveur s'arrête." "The server is shutting down.";
    Internal "internal" 500 "Erreur interne ; communiquez l'identifiant de la demande à l'administrateur." "Internal error; give the request id to the administrator.";
    FileLost "file.lost" 500 "Le fichier manque ou n'est plus tel qu'il a été reçu ; communiquez l'identifiant de la demande à l'administrateur." "The file is missing or is no longer what was received; give the request id to the administrator.";

    // Who is calling.
    CredentialsMissing "credentials.missing" 401 "Cette opération demande un jeton d'accès." "This operation needs an access token.";
    TokenInvalid "token.invalid" 401 "Le jeton d'accès n'est pas valable." "The access token is not valid.";
    TokenExpired "token.expired" 401 "Le jeton d'accès a expiré ; renouvelez-le." "The access token has expired; refresh it.";
    SessionEnded "session.ended" 401 "La session est terminée ; reconnectez-vous." "The session has ended; log in again.";
    LoginRefused "login.refused" 401 "Identifiant ou mot de passe incorrect." "Wrong login or password.";
    FactorRequired "second_factor.required" 401 "Ce compte demande aussi un code de second facteur." "This account also needs a code of its second factor.";
    FactorRefused "second_factor.refused" 401 "Le code n'est pas valable ou a déjà servi." "The code is not valid or was used already.";
    EnrolmentRequired "second_factor.enrolment_required" 403 "Ce compte doit d'abord inscrire un second facteur ; le ticket joint le permet pendant cinq minutes." "This account has to enrol a second factor first; the ticket given lets it do so for five minutes.";
    RefreshRefused "refresh_token.refused" 401 "Le jeton de renouvellement n'est pas valable ; reconnectez-vous." "The refresh token is not valid; log in again.";
    LoginThrottled "login.throttled" 429 "Trop d'essais de connexion ; réessayez après le délai indiqué." "Too many login attempts; try again after the delay given.";
    TokenForeign "token.other_environment" 401 "Ce jeton d'accès a été émis par un autre serveur ou pour un autre." "This access token was made by or for another server.";
    FunctionNotGranted "function.not_granted" 403 "Vos droits ne couvrent pas cette opération." "Your grants do not cover this operation.";
    OutOfPerimeter "perimeter.exceeded" 403 "Vos droits ne couvrent pas ce département." "Your grants do not cover this department.";
    AcademyBeyond "academy.beyond_your_grants" 403 "Vos droits ne couvrent pas cette académie." "Your grants do not cover this academy.";
    OriginRefused "origin.refused" 403 "Cette origine n'est pas autorisée." "This origin is not allowed.";

    FieldMasked "field.masked" 403 "Ce champ vous est masqué : il ne peut être ni filtré, ni trié, ni demandé ; le jour n'est connu que par mois entiers." "This field is hidden from you: it cannot be filtered, sorted or asked for; days are known by whole months only.";
    ActivityNotYours "activity.not_yours" 403 "Seul l'auteur d'une activité la modifie." "Only the author of an activity changes it.";
    AidOwnRequest "aid_request.own" 403 "Nul ne traite sa propre demande d'aide." "Nobody sees to their own request for aid.";
    DocumentPrivileged "document.privileged" 403 "Ce document est couvert par le secret : seuls l'équipe du dossier et ses avocats en lisent le contenu." "This document is privileged: only the team of the dossier and its lawyers read its content.";
    ConfidentialityFixed "confidentiality.not_yours" 403 "Le référent relève la confidentialité dans la limite de ses droits ; seul le responsable l'abaisse." "The referent raises the level within their own; only the head lowers it.";
    CommandNotGranted "command.not_granted" 403 "Vos droits ne couvrent pas cette commande." "Your grants do not cover this command.";
    AccountOwn "account.own" 403 "Nul ne fait cela pour son propre compte." "Nobody does this to their own account.";
    AccountBeyond "account.beyond_your_grants" 403 "Ce compte a des droits que vous n'accordez pas ; un administrateur s'en charge." "This account holds rights that are not yours to grant; an administrator sees to it.";
    ResetAtConsole "account.reset_at_console" 403 "Ce compte a des droits étendus : son lien se fait à la console (entraide user reset-password)." "This account has far-reaching rights: its link is made at the console (entraide user reset-password).";
    RoleBeyond "role.not_yours_to_grant" 403 "Vos droits ne permettent de donner ou de retirer que : {known}." "Your grants let you give or take only: {known}.";
    ApproverSame "grant.same_approver" 403 "Qui a demandé ce droit ne l'approuve pas : un autre administrateur ou la console le fait." "Whoever asked for this right does not approve it: another administrator or the console does.";

    // Machines.
    ClientRefused "client.refused" 401 "Ce client est inconnu ou ce qui l'authentifie n'est pas juste." "The client is unknown or what it proves itself with is wrong.";
    ClientDisabled "client.disabled" 401 "Ce client est désactivé." "This client is disabled.";
    ClientExpired "client.expired" 401 "L'accès de ce client a pris fin ; un administrateur le prolonge." "The access of this client has ended; an administrator prolongs it.";
    ClientMethodRefused "client.method_refused" 401 "Ce client ne s'authentifie que par : {known}." "This client proves itself only by: {known}.";
    ClientAddressRefused "client.address_refused" 401 "Ce client n'est pas admis depuis cette adresse." "This client is not admitted from this address.";
    ClientSecretExpired "client_secret.expired" 401 "Ce secret a expiré ; un administrateur en crée un autre." "This secret has expired; an administrator makes another one.";
    ClientAssertionRefused "client_assertion.refused" 401 "L'assertion ne convient pas : {expected}." "The assertion does not do: {expected}.";
    ClientAssertionReused "client_assertion.reused" 401 "Cette assertion a déjà servi ; chacune a son propre jti." "This assertion was used already; each has a jti of its own.";
    ClientTwoMethods "client.two_methods" 400 "Un client s'authentifie d'une seule manière à la fois." "A client proves itself in one way at a time.";
    ClientSecretInUrl "client_secret.in_url" 400 "Un secret ne se met jamais dans une adresse, que des journaux retiennent : remplacez-le, et envoyez-le dans l'en-tête ou le corps." "A secret never stands in an address, which logs keep: replace it, and send it in the header or the body.";
    GrantTypeUnsupported "grant_type.unsupported" 400 "Seul le type client_credentials est proposé." "Only client_credentials is offered.";
    ScopeNotGranted "scope.not_granted" 400 "Ce client n'a que ces portées : {known}." "This client has these scopes only: {known}.";

    // Versions and repeats.
    PreconditionRequired "precondition.required" 428 "Cette opération demande l'en-tête {header}." "This operation needs the {header} header.";
    VersionStale "version.stale" 412 "La ressource a changé depuis cette version ; relisez-la." "The resource has changed since this version; read it again.";
    IdempotencyKeyReused "idempotency.key_reused" 409 "Cette clé d'idempotence a déjà servi pour une autre demande." "This idempotency key was used for another request.";
    IdempotencyInProgress "idempotency.in_progress" 409 "La même demande est en cours de traitement." "The same request is being processed.";
    HeaderInvalid "header.invalid" 400 "L'en-tête n'a pas la forme attendue : {expected}." "The header does not have the expected form: {expected}.";

    // One value.
    FieldRequired "field.required" 400 "Ce champ est obligatoire." "This field is required.";
    FieldUnknown "field.unknown" 400 "Ce champ n'existe pas ; le plus proche est « {nearest} »." "This field does not exist; the nearest one is \"{nearest}\".";
    FieldNotNull "field.not_null" 400 "Ce champ ne peut pas être vidé." "This field cannot be cleared.";
    FieldReadOnly "field.read_only" 400 "Ce champ est calculé par le serveur." "This field is set by the server.";
    FieldDerived "field.derived" 400 "Ce champ est déduit d'autres informations ; il ne se modifie pas." "This field follows from other facts; it cannot be changed.";
    FieldState "field.state" 400 "Ce champ tient à l'état de la ressource ; il change par une transition." "This field belongs to the state of the resource; a transition changes it.";
    FieldRepeated "field.repeated" 400 "Ce champ est donné plusieurs fois." "This field is given more than once.";
    ParameterUnknown "parameter.unknown" 400 "Ce paramètre n'existe pas ; le plus proche est « {nearest} »." "This parameter does not exist; the nearest one is \"{nearest}\".";
    ParameterRepeated "parameter.repeated" 400 "Ce paramètre est donné plusieurs fois." "This parameter is given more than once.";
    ParameterExcluded "parameter.excluded" 400 "Ce paramètre ne va pas avec {other}." "This parameter does not go with {other}.";
    TypeString "type.string" 400 "Un texte est attendu." "A string is expected.";
    TypeInteger "type.integer" 400 "Un nombre entier est attendu." "An integer is expected.";
    TypeNumber "type.number" 400 "Un nombre est attendu." "A number is expected.";
    TypeBoolean "type.boolean" 400 "La valeur true ou false est attendue." "true or false is expected.";
    TypeArray "type.array" 400 "Une liste est attendue." "An array is expected.";
    TypeObject "type.object" 400 "Un objet est attendu." "An object is expected.";
    TextEmpty "text.empty" 400 "Ce texte ne peut pas être vide." "This text cannot be empty.";
    TextTooShort "text.too_short" 400 "Ce texte a moins de {min} caractères." "This text has fewer than {min} characters.";
    TextTooLong "text.too_long" 400 "Ce texte dépasse {max} caractères." "This text has more than {max} characters.";
    TextControl "text.control_character" 400 "Ce texte contient un caractère de contrôle." "This text contains a control character.";
    TextUnicode "text.not_unicode" 400 "Ce texte n'est pas de l'Unicode valable." "This text is not valid Unicode.";
    PatternMismatch "pattern.mismatch" 400 "La valeur n'a pas la forme attendue : {expected}." "The value does not have the expected form: {expected}.";
    NumberRange "number.out_of_range" 400 "La valeur doit être comprise entre {min} et {max}." "The value must lie between {min} and {max}.";
    ChoiceUnknown "choice.unknown" 400 "Valeur inconnue ; valeurs possibles : {known}." "Unknown value; possible values: {known}.";
    ListTooLong "list.too_long" 400 "La liste dépasse {max} éléments." "The list has more than {max} items.";
    ListRepeats "list.repeats" 400 "La liste contient deux fois la même valeur." "The list has the same value twice.";
    ListEmpty "list.empty" 400 "La liste doit contenir au moins un élément." "The list must have at least one item.";
    IdInvalid "id.invalid" 400 "Un identifiant UUID est attendu." "A UUID is expected.";
    DateInvalid "date.invalid" 400 "Une date AAAA-MM-JJ est attendue." "A date YYYY-MM-DD is expected.";
    DateOutOfRange "date.out_of_range" 400 "La date doit être comprise entre {min} et {max}." "The date must lie between {min} and {max}.";
    DateUnreadable "date.unreadable" 400 "La date est illisible ; elle s'écrit JJ/MM/AAAA ou AAAA-MM-JJ." "The date is unreadable; it is written DD/MM/YYYY or YYYY-MM-DD.";
    InstantInvalid "instant.invalid" 400 "Un instant RFC 3339 est attendu, comme 2026-11-22T09:30:00Z." "A moment in the form of RFC 3339 is expected, such as 2026-11-22T09:30:00Z.";
    TimeInvalid "time.invalid" 400 "Une heure HH:MM est attendue." "A time HH:MM is expected.";
    IntervalInvalid "interval.invalid" 400 "Un intervalle AAAA-MM-JJ/AAAA-MM-JJ est attendu, « .. » pour une borne ouverte." "An interval YYYY-MM-DD/YYYY-MM-DD is expected, \"..\" for an open end.";
    IntervalReversed "interval.reversed" 400 "La fin précède le début." "The end comes before the beginning.";
    PeriodReversed "period.reversed" 400 "La fin de la période précède son début." "The period ends before it starts.";
    PeriodOverlap "period.overlap" 400 "Deux périodes se chevauchent." "Two periods overlap.";
    PhoneInvalid "phone.invalid" 400 "Un numéro de téléphone est attendu, au format E.164 ou français." "A phone number is expected, in E.164 or French form.";
    EmailInvalid "email.invalid" 400 "Une adresse électronique est attendue." "An email address is expected.";
    UrlInvalid "url.invalid" 400 "Une adresse web http ou https est attendue." "An http or https web address is expected.";
    UaiForm "uai.form" 400 "Un code UAI a 7 chiffres et une lettre-clé." "A UAI code has 7 digits and a key letter.";
    UaiKey "uai.key" 400 "La lettre-clé du code UAI ne correspond pas à ses chiffres." "The key letter of the UAI code does not match its digits.";
    SiretForm "siret.form" 400 "Un numéro SIRET a 14 chiffres." "A SIRET number has 14 digits.";
    DepartmentUnknown "department.unknown" 400 "Ce code de département n'existe pas." "This department code does not exist.";
    DepartmentWithoutAssociation "department.without_association" 400 "Ce territoire n'a pas d'association départementale." "This territory has no departmental association.";
    DepartmentRequired "department.required" 400 "Ce rôle s'exerce dans un département ; indiquez lequel." "This role is held in a department; name it.";
    DepartmentNotTaken "department.not_taken" 400 "Ce rôle ne se limite pas à un département." "This role is not held in a department.";
    AcademyRequired "academy.required" 400 "Indiquez l'académie." "Name the academy.";
    AcademyNotTaken "academy.not_taken" 400 "Il ne faut pas d'académie ici." "No academy belongs here.";
    EstablishmentRequired "establishment.required" 400 "Ce rôle s'exerce dans un établissement ; indiquez lequel." "This role is held in an establishment; name it.";
    EstablishmentNotTaken "establishment.not_taken" 400 "Ce rôle ne se limite pas à un établissement." "This role is not held in an establishment.";
    MemberLinkRequired "member_link.required" 400 "Ce rôle demande un compte lié à une fiche d'adhérent ; indiquez laquelle." "This role needs an account that is linked to a member; name the member.";
    RoleOff "role.turned_off" 400 "Aucune association n'a ouvert les comptes d'adhérents." "No association has turned accounts of members on.";
    AcademyUnknown "academy.unknown" 400 "Ce code d'académie n'existe pas." "This academy code does not exist.";
    CommuneForm "commune.form" 400 "Un code commune INSEE a 5 caractères." "An INSEE commune code has 5 characters.";
    PostalCodeForm "postal_code.form" 400 "Un code postal a 5 chiffres." "A postal code has 5 digits.";
    TimeZoneUnknown "time_zone.unknown" 400 "Ce fuseau horaire n'est pas dans la base IANA." "This time zone is not in the IANA database.";
    ReferenceNotFound "reference.not_found" 400 "La ressource désignée n'existe pas ou ne vous est pas accessible." "The resource named does not exist or is not yours to see.";
    ReferenceCycle "reference.cycle" 400 "Cette désignation formerait une boucle." "This reference would close a loop.";
    SuccessorRequired "successor.required" 400 "Un établissement fusionné désigne son successeur." "A merged establishment names its successor.";
    MemberOrCard "member.required" 400 "Désignez l'adhérent, soit par son identifiant, soit par son numéro et sa date de naissance." "Name the member, either by id or by number and date of birth.";
    ReferentOwnCase "referent.own_case" 400 "Nul n'est référent de son propre dossier." "Nobody is the referent of their own case.";
    AssigneeUnfit "assignee.cannot_read" 400 "Aucun compte de cet identifiant ne lit ce dossier." "No account with this id reads this dossier.";
    CoordinatorUnfit "coordinator.not_of_academy" 400 "Aucun compte de cet identifiant n'est responsable de la formation de cette académie." "No account with this id coordinates training in this academy.";
    SlotNotBegun "training_slot.not_begun" 400 "Ce créneau n'a pas encore commencé." "This slot has not begun yet.";
    RegistrationNotConfirmed "training_registration.not_confirmed" 400 "Cette inscription n'est pas confirmée." "This registration is not confirmed.";
    AttendanceCertified "attendance.certified" 400 "Une attestation repose sur cette présence ; révoquez-la d'abord." "A certificate rests on this attendance; revoke it first.";
    ContextOfOtherDays "context.of_other_days" 400 "Les faits ne sont pas de la période de ce contexte, du {min} au {max}." "The facts are not of the days of this context, from {min} to {max}.";
    VisibilityEmpty "visibility.empty" 400 "Indiquez au moins un destinataire ; author seul garde l'activité pour son auteur." "Name at least one audience; author alone keeps the activity to its author.";
    VisibilityPrivileged "visibility.privileged" 400 "Ce qu'écrit un avocat n'est que pour lui et, s'il le veut, pour le référent." "What a lawyer writes is for themselves and, if they wish, for the referent.";
    FileNameIsPath "file_name.path" 400 "Un nom de fichier ne contient ni « / », ni « \\ », ni « .. », ni signe invisible ; ce n'est pas un chemin." "A file name has no \"/\", no \"\\\", no \"..\" and no invisible sign; it is no path.";
    DocumentEmpty "document.empty" 400 "Ce fichier est vide." "This file is empty.";
    DocumentFormatRefused "document.format_refused" 400 "Ce que contient ce fichier n'est d'aucun format accepté : {known}." "What this file contains is of no format that is taken: {known}.";
    DocumentTypeLies "document.type_lies" 400 "Ce fichier n'est pas du type annoncé ; il contient : {found}." "This file is not of the type that it is declared as; what it contains is: {found}.";
    DocumentDigestDiffers "document.digest_differs" 400 "Les octets reçus n'ont pas cette empreinte SHA-256 ; envoyez le fichier à nouveau." "The bytes received do not have this SHA-256 digest; send the file again.";
    MotiveUnknown "motive.unknown" 400 "Ce motif n'existe pas ; le plus proche est « {nearest} »." "This motive does not exist; the nearest one is \"{nearest}\".";
    MotiveRetired "motive.retired" 400 "Ce motif appartient à une nomenclature antérieure ; il est remplacé par : {known}." "This motive belongs to an earlier nomenclature; in its place: {known}.";
    MotiveRepeated "motive.repeated" 400 "Ce motif est déjà le motif principal." "This is the main motive already.";
    WarningUnexplained "warning.unexplained" 400 "Ce dossier est inhabituel ({warnings}) ; indiquez pourquoi il est ouvert malgré tout." "This dossier is unusual ({warnings}); say why it is opened all the same.";
    ConfidentialityCeiling "confidentiality.above_ceiling" 400 "Vos droits vont jusqu'au niveau « {max} »." "Your grants go up to the level \"{max}\".";
    DayNotToCome "day.not_to_come" 400 "Un jour à venir est attendu." "A day to come is expected.";
    MandateLawyer "mandate.lawyer_required" 400 "Désignez un avocat et un seul, partenaire ou extérieur." "Name one lawyer and one only, a partner or an external one.";
    MandateChoice "mandate.choice_required" 400 "Indiquez soit que l'adhérent a choisi l'avocat, soit le jour où il a demandé par écrit un nom." "Say either that the member chose the lawyer, or on which day they asked in writing for a name.";
    LinkOfHouse "link.kind_of_house" 400 "Ce lien ne se pose pas à la main : il découle d'une scission ou d'une fusion." "This link is not made by hand: it follows from splitting or merging.";
    OutcomeByMerge "outcome.by_merge" 400 "Un doublon se clôt par la commande « merge », qui désigne le dossier conservé." "A duplicate is closed by the command \"merge\", which names the dossier that is kept.";
    MandateConsultationOnly "mandate.consultation_only" 400 "Ce champ n'appartient qu'à une consultation d'orientation." "This field belongs to an orientation consultation only.";
    ParticipantOne "participant.one_required" 400 "Désignez un adhérent, par son identifiant ou par son numéro et sa date de naissance, ou une personne extérieure." "Name a member, by id or by number and date of birth, or somebody from outside.";
    StaffOrMembers "registration.members_or_establishment" 400 "Indiquez des adhérents ou un établissement, l'un des deux." "Name members or an establishment, one of the two.";
    AssociationNotTaken "association.not_taken" 400 "Il ne faut pas d'association ici." "No association belongs here.";
    ModuleRetired "training_module.retired" 400 "Ce module n'est plus proposé." "This module is no longer given.";
    SlotOutside "training_slot.outside_session" 400 "Un créneau se tient aux jours de la session, du {min} au {max}." "A slot lies within the days of its session, from {min} to {max}.";
    TrainerOne "trainer.one_required" 400 "Désignez un avocat partenaire, un compte ou un nom, et un seul des trois." "Name a lawyer partner, an account or a name, and one of the three only.";
    KindUnchanged "kind.unchanged" 400 "Le dossier est déjà de ce type." "The dossier is of this kind already.";
    PurposeRequired "purpose.required" 400 "Indiquez l'étude pour laquelle les dossiers sont lus sous pseudonymes." "Name the study for which dossiers are read under pseudonyms.";
    InsurerRequired "insurer.required" 400 "Indiquez l'assureur." "Name the insurer.";
    InsurerNotTaken "insurer.not_taken" 400 "Cette étendue n'est pas celle d'un assureur." "This row scope is not that of an insurer.";
    InsurerNotAsked "insurer.not_asked" 400 "La solidarité nationale n'est pas un assureur." "National solidarity is no insurer.";
    InformedAfterwards "information.after_request" 400 "L'adhérent est informé, ou donne son accord, avant que les faits ne partent." "The member is told, or agrees, before the facts leave.";
    ScopePseudonymsOnly "scope.pseudonyms_only" 400 "Les dossiers ne se lisent par une machine que sous pseudonymes." "A machine reads dossiers under pseudonyms only.";
    ScopeNotForInsurers "scope.not_for_insurers" 400 "Un assureur ne lit pas les dossiers." "An insurer reads no dossiers.";
    NetworkForm "network.form" 400 "Un réseau s'écrit adresse/préfixe, IPv4 ou IPv6, sans bits au-delà du préfixe." "A network is written address/prefix, IPv4 or IPv6, without bits beyond the prefix.";
    PublicKeyForm "public_key.form" 400 "Une clé publique JWK est attendue, Ed25519 (OKP) ou P-256 (EC)." "A public key in JWK form is expected, Ed25519 (OKP) or P-256 (EC).";
    PublicKeyPrivate "public_key.private" 400 "C'est une clé privée : ne l'envoyez à personne, remplacez-la, et donnez sa partie publique." "This is a private key: send it to nobody, replace it, and give its public half.";
    PublicKeyRequired "public_key.required" 400 "L'authentification private_key_jwt demande une clé publique." "private_key_jwt needs a public key.";
    AmountInvalid "amount.invalid" 400 "Un montant s'écrit en euros et deux chiffres de centimes, comme 45.50." "An amount is written in euros and two digits of cents, such as 45.50.";
    AmountNotPositive "amount.not_positive" 400 "Un montant supérieur à zéro est attendu." "An amount above zero is expected.";
    AmountTooLarge "amount.too_large" 400 "Ce montant dépasse {max} euros." "This amount is above {max} euros.";
    IbanForm "iban.form" 400 "Un IBAN commence par deux lettres de pays et deux chiffres de clé, suivis de lettres et de chiffres." "An IBAN begins with two letters of the country and two check digits; letters and digits follow.";
    IbanCountry "iban.country" 400 "Aucun IBAN ne commence par ce code de pays." "No IBAN begins with this country code.";
    IbanLength "iban.length" 400 "Un IBAN de ce pays a {expected} caractères." "An IBAN of this country has {expected} characters.";
    IbanKey "iban.key" 400 "La clé de cet IBAN ne correspond pas à ses autres caractères." "The check digits of this IBAN do not match its other characters.";
    DossierOfOther "dossier.other_member" 400 "Ce dossier n'est pas celui de l'adhérent." "This dossier is not the member's.";
    AidRepayableNature "aid_request.repayable_nature" 400 "Un prêt se rembourse, un don ou une aide en nature non ; seule une avance d'honoraires peut être l'un ou l'autre." "A loan is paid back, a grant or aid in kind is not; an advance of fees alone may be either.";
    AidAboveAsked "aid_request.above_asked" 400 "Il a été demandé {max} euros : une aide ne dépasse pas la demande." "What was asked for is {max} euros: no aid goes beyond it.";
    BirthDateInvalid "birth_date.implausible" 400 "La date de naissance doit être comprise entre {min} et {max}." "The date of birth must lie between {min} and {max}.";
    NationalNumberRefused "national_number.refused" 400 "Un numéro de sécurité sociale (NIR) ou un NUMEN ne s'enregistre jamais ici." "A social security number (NIR) or a NUMEN is never stored here.";
    CriterionMissing "criterion.missing" 400 "La recherche demande au moins un critère." "The search needs at least one criterion.";
    YearMismatch "period.other_year" 400 "Une période d'adhésion tient dans une année civile, de son premier à son dernier jour." "A period of membership lies within one calendar year, from its first to its last day.";
    PredecessorLater "period.before_predecessor" 400 "La période commence avant la fin de celle qu'elle prolonge." "The period starts before the end of the one that it continues.";
    TariffMissing "tariff.missing" 400 "Aucun tarif n'est fixé pour {year} ; indiquez les cotisations ou le tarif." "No tariff is set for {year}; give the dues or the tariff.";
    DayInFuture "date.in_future" 400 "Cette date est dans l'avenir." "This date is in the future.";
    DayInPast "date.in_past" 400 "Cette date est passée." "This date is in the past.";
    GrantProlonged "grant.not_prolonged" 400 "Un droit ne se prolonge pas ; donnez-en un nouveau." "A right is not prolonged; give a new one.";
    AssociationNational "association.national" 400 "Une association départementale est attendue." "A departmental association is expected.";
    SortUnknown "sort.unknown" 400 "Tri inconnu ; tris possibles : {known}." "Unknown sort; possible sorts: {known}.";
    ExpandUnknown "expand.unknown" 400 "Développement inconnu ; possibles : {known}." "Unknown expansion; possible ones: {known}.";
    FieldsUnknown "fields.unknown" 400 "Champ inconnu ; champs possibles : {known}." "Unknown field; possible ones: {known}.";
    CursorInvalid "cursor.invalid" 400 "Le curseur n'est pas valable ; reprenez au début de la liste." "The cursor is not valid; start the list again.";
    CursorExpired "cursor.expired" 400 "Le curseur a expiré ; reprenez au début de la liste." "The cursor has expired; start the list again.";
    CursorFilterMismatch "cursor.filter_mismatch" 400 "Le curseur appartient à une liste dont les filtres ou le tri sont autres." "The cursor belongs to a list with other filters or another sort.";
    PasswordTooWeak "password.too_weak" 400 "Le mot de passe est trop facile à deviner ou a moins de {min} caractères." "The password is too easy to guess or has fewer than {min} characters.";
    PasswordWrong "password.wrong" 400 "Ce n'est pas le mot de passe actuel." "This is not the current password.";
    TicketRefused "ticket.refused" 400 "Ce ticket n'est pas valable, a expiré ou a déjà servi ; reconnectez-vous." "This ticket is not valid, has expired or was used already; log in again.";
    TotpWrong "totp.wrong" 400 "Ce n'est pas le code attendu ; vérifiez l'heure de l'appareil." "This is not the code expected; check the clock of the device.";
    ResetRefused "reset_token.refused" 400 "Ce lien n'est pas valable, a expiré ou a déjà servi ; demandez-en un autre." "This link is not valid, has expired or was used already; ask for another one.";
    LoginForm "login.form" 400 "Un identifiant a 3 à 80 caractères : lettres sans accent, chiffres, « . _ @ - »." "A login has 3 to 80 characters: unaccented letters, digits, \". _ @ -\".";

    // The state of a resource.
    UaiTaken "uai.taken" 409 "Un établissement porte déjà ce code UAI." "An establishment already has this UAI code.";
    LoginTaken "login.taken" 409 "Un compte porte déjà cet identifiant." "An account already has this login.";
    FactorNone "second_factor.none" 409 "Ce compte n'a pas de second facteur." "This account has no second factor.";
    FactorEnrolled "second_factor.enrolled" 409 "Ce compte a déjà un second facteur." "This account has a second factor already.";
    ClientSecretsTwo "client_secret.two_already" 409 "Ce client a déjà deux secrets ; supprimez-en un." "This client has two secrets already; delete one.";
    StillReferenced "resource.still_referenced" 409 "D'autres ressources en dépendent encore." "Other resources still depend on it.";
    CorrespondentInOffice "correspondent.in_office" 409 "Un correspondant est déjà en fonction sur cette période ; marquez-les co-correspondants." "A correspondent is already in office in this period; mark them as co-correspondents.";
    CorrespondentPeriodOverlap "correspondent.period_overlap" 409 "Cette personne est déjà correspondante sur une partie de cette période." "This person is already a correspondent in part of this period.";
    MemberNumberTaken "member_number.taken" 409 "Un adhérent porte déjà ce numéro." "A member already has this number.";
    ExternalIdTaken "external_id.taken" 409 "Cet identifiant externe désigne déjà une autre ligne." "This external identifier already names another row.";
    MembershipOverlap "membership.overlap" 409 "Une période d'adhésion en vigueur couvre déjà une partie de ces jours." "A membership in force already covers some of these days.";
    EmploymentOverlap "employment.overlap" 409 "Un poste principal couvre déjà une partie de cette période ; marquez celui-ci comme secondaire." "A main post already covers part of this period; mark this one as secondary.";
    TrainingCommissionTaken "training_commission.taken" 409 "Cette académie a déjà une commission de formation." "This academy has a training commission already.";
    TrainingPlanTaken "training_plan.taken" 409 "Cette commission a déjà un plan pour cette année scolaire." "This commission has a plan for this school year already.";
    AttendanceNotTaken "attendance.not_taken" 409 "La présence se relève une fois la session commencée." "Attendance is taken once the session was started.";
    CertificateTooEarly "certificate.session_not_completed" 409 "Une attestation se délivre une fois la session terminée." "A certificate is given once the session is completed.";
    CertificateBelowMinimum "certificate.below_minimum" 409 "{attended} créneaux suivis sur {held} : il en faut {min} %." "{attended} slots attended of {held}: {min} % are needed.";
    CertificateIssued "certificate.issued_already" 409 "Une attestation est déjà délivrée pour cette inscription ; révoquez-la d'abord." "A certificate stands for this registration already; revoke it first.";
    CertificateHolderForgotten "certificate.holder_forgotten" 409 "La personne de cette inscription a été anonymisée ; l'attestation ne s'imprime plus." "Whose registration it was, was forgotten; the certificate can no longer be printed.";
    AbsenceOverlap "absence.overlap" 409 "Une absence déjà enregistrée couvre une partie de ces jours." "An absence already covers some of these days.";
    TariffTaken "tariff.taken" 409 "Un tarif est déjà fixé pour cette année." "A tariff is already set for this year.";
    TransferToItself "transfer.same_association" 409 "L'adhérent appartient déjà à cette association." "The member already belongs to this association.";
    MergeWithItself "merge.with_itself" 400 "Une fiche ne se fusionne pas avec elle-même." "A record is not merged with itself.";
    MergeDone "merge.already_merged" 409 "Cette fiche a déjà été fusionnée." "This record has been merged already.";
    MergeBothAccounts "merge.both_have_accounts" 409 "Les deux fiches sont liées chacune à un compte ; détachez d'abord l'un des deux." "Both records are linked to an account; unlink one of them first.";
    MergeTooLate "merge.too_late" 409 "Une fusion s'annule dans les {days} jours." "A merge is undone within {days} days.";
    MergeSurvivorGone "merge.survivor_gone" 409 "La fiche conservée a été fusionnée à son tour ou retirée ; annulez d'abord cette autre fusion." "The record that stayed was merged in its turn or taken away; undo that other merge first.";
    OperationUnfinished "operation.unfinished" 409 "L'opération n'est pas terminée." "The operation has not finished.";
    ReferentMissing "referent.missing" 409 "Aucun référent n'est désigné." "No referent is named.";
    DerogationNeeded "derogation.needed" 409 "Les faits ne sont pas couverts ; la protection demande une dérogation motivée." "The facts are not covered; protection needs a derogation with its reason.";
    DossierOnHold "dossier.on_hold" 409 "Une mise en conservation empêche cette opération." "A legal hold stands in the way.";
    DossierNotOpen "dossier.not_open" 409 "Ce dossier n'est plus ouvert ; rouvrez-le pour le modifier." "This dossier is no longer open; reopen it to change it.";
    DossierAnonymised "dossier.anonymised" 409 "Ce dossier est anonymisé." "This dossier is anonymised.";
    PartyIsMember "party.is_the_member" 409 "L'adhérent du dossier n'y est pas une partie adverse." "The member of the dossier is no opponent in it.";
    ConflictBarred "conflict.barred" 409 "Cette personne ne peut pas être chargée de ce dossier." "This person cannot be in charge of this dossier.";
    AidNotOpen "aid_request.not_open" 409 "Cette demande a été déposée ; elle ne se modifie plus, sauf quand un complément est demandé." "This request was submitted; it is changed no more, unless more information is asked for.";
    AidOver "aid_request.over" 409 "Cette demande est terminée : aucun document ne s'y ajoute ni n'y change plus." "This request is over: documents are neither sent for it nor changed any more.";
    AidSheetMissing "aid_request.sheet_missing" 409 "La fiche de ressources et de charges manque." "The sheet of resources and charges is missing.";
    AidNotUrgent "aid_request.not_urgent" 409 "Cette demande n'est pas urgente ; une commission en décide." "This request is not urgent; a committee decides on it.";
    AidNotPayable "aid_request.not_payable" 409 "Aucune aide n'est accordée sur cette demande, ou tout est déjà réglé." "No aid is granted on this request, or everything is settled already.";
    AidGrantExceeded "aid_request.grant_exceeded" 409 "Il reste {left} euros à verser de l'aide accordée." "Of the aid granted, {left} euros are left to pay.";
    AidPaymentsOrdered "aid_request.payments_ordered" 409 "Des paiements ordonnés attendent encore leur exécution." "Payments that are ordered are still to be executed.";
    AidRepaymentOpen "aid_request.repayment_open" 409 "Le remboursement n'est pas terminé." "The repayment has not come to its end.";
    AidNotRepayable "aid_request.not_repayable" 409 "Rien n'est à rembourser de cette aide." "Nothing of this aid is to be paid back.";
    AidScheduled "aid_request.scheduled_already" 409 "L'échéancier de remboursement est déjà fixé." "The repayment schedule is set already.";
    AidSeniority "aid_rule.seniority" 409 "L'ancienneté d'adhésion n'atteint pas {threshold} mois." "The membership has lasted less than {threshold} months.";
    AidDues "aid_rule.dues_up_to_date" 409 "La cotisation n'est pas à jour." "The dues are not up to date.";
    AidCooldown "aid_rule.cooldown" 409 "La dernière aide accordée date de moins de {threshold} mois." "The last aid was granted less than {threshold} months ago.";
    AidCeiling "aid_rule.ceiling" 409 "Le montant dépasse le plafond de {threshold} euros." "The amount is above the ceiling of {threshold} euros.";
    AidRuleNotFailed "aid_rule.not_failed" 409 "Cette règle ne fait pas obstacle à la demande." "This rule does not stand in the way of the request.";
    AidRulesTaken "aid_rules.taken" 409 "Les règles de cette association sont déjà fixées pour cette année." "The rules of this association are set for this year already.";
    EnvelopeTaken "aid_envelope.taken" 409 "L'enveloppe de cette association est déjà fixée pour cette année." "The envelope of this association is set for this year already.";
    EnvelopeMissing "aid_envelope.missing" 409 "Aucune enveloppe n'est fixée pour {year}." "No envelope is set for {year}.";
    EnvelopeExhausted "aid_envelope.exhausted" 409 "L'enveloppe n'y suffit pas : il y reste {left} euros." "The envelope does not suffice: {left} euros are left in it.";
    EnvelopeCommitted "aid_envelope.committed" 409 "{min} euros de cette enveloppe sont déjà engagés." "Of this envelope, {min} euros are committed already.";
    PaymentHandedOver "payment.handed_over" 409 "Ce paiement a été remis à la banque ; seul un rejet de la banque y met fin." "This payment was handed to the bank; only the bank's rejection ends it.";
    PaymentBatchEmpty "payment_batch.empty" 409 "Aucun paiement ordonné n'attend d'être remis à la banque." "No ordered payment waits to be handed to the bank.";
    TaskOfConflict "task.of_conflict" 409 "Cette tâche signale un conflit ; elle se termine ou s'annule, et ne se modifie pas." "This task tells of a conflict; it is completed or cancelled, and not changed.";
    TaskNotOpen "task.not_open" 409 "Cette tâche n'est plus ouverte ; rouvrez-la pour la modifier." "This task is no longer open; reopen it to change it.";
    LawyerOutOfAgreement "lawyer.out_of_agreement" 409 "Aucune convention ne lie cet avocat ce jour." "This lawyer is under no agreement on this day.";
    LawyerElsewhere "lawyer.other_department" 409 "Cet avocat ne plaide pas dans le département du dossier." "This lawyer does not plead in the department of the dossier.";
    LawyerUnavailable "lawyer.unavailable" 409 "Cet avocat n'est pas disponible ce jour." "This lawyer is not available on this day.";
    LawyerOutOfCapacity "lawyer.out_of_capacity" 409 "Cet avocat a accepté cette année tous les mandats qu'il peut prendre." "This lawyer has accepted all the mandates that they take this year.";
    LawyerAccountTaken "lawyer.account_taken" 409 "Ce compte est déjà celui d'un autre avocat." "This account is another lawyer's already.";
    LawyerMandatesRunning "lawyer.mandates_running" 409 "Des mandats sont en cours ; le compte de l'avocat ne change pas avant leur fin." "Mandates are under way; the account of the lawyer does not change before they end.";
    ContactRequestSettled "contact_request.settled" 409 "Cet appel a déjà été traité ; il ne se modifie plus." "This call was seen to already; it can no longer be changed.";
    SolidarityPending "solidarity.pending" 409 "La solidarité nationale est demandée et n'a pas encore été décidée." "National solidarity is requested and not yet decided.";
    // Told until decisions on cover had a life of their own.
    SolidarityNotRequested "solidarity.not_requested" 409 "Aucune demande de solidarité nationale n'attend de décision." "No request for national solidarity waits for a decision.";
    SolidarityBeforeInsurer "solidarity.before_insurer" 409 "La solidarité nationale se demande après un refus ou un accord partiel de l'assureur." "National solidarity is asked for after the insurer's refusal or partial grant.";
    CoverRequestedAlready "cover_decision.requested_already" 409 "Cette instance a déjà été saisie pour ce dossier." "This instance was asked for this dossier already.";
    ClaimReferenceTaken "claim_reference.taken" 409 "Cet assureur a déjà un sinistre sous ce numéro." "This insurer has a claim under this number already.";
    DossierAidKept "dossier.aid_kept" 409 "Des demandes d'aide de ce dossier courent encore, ou se conservent plus longtemps que lui : {open}." "Requests for aid under this dossier are not over, or are kept longer than it: {open}.";
    DossierOpenBeneath "dossier.open_beneath" 409 "Ce dossier ne peut se terminer ; restent ouverts : {open}." "This dossier cannot end; still open under it: {open}.";
    ProtectionNotOwed "protection.not_owed" 409 "L'employeur du jour des faits relève du droit privé : il ne doit pas de protection fonctionnelle." "The employer of the day of the facts is one of private law: no protection is owed.";
    ProtectionPlannedAlready "protection_request.planned_already" 409 "La protection est déjà demandée, ou à demander, pour cette étape." "Protection is requested, or to be requested, for this stage already.";
    ProceedingNotOpen "proceeding.not_open" 409 "Cette procédure est terminée ; rouvrez-la pour la modifier." "This proceeding is over; reopen it to change it.";
    StepOfOtherNature "proceeding_step.other_nature" 400 "Cette étape n'existe pas dans une procédure de cette nature." "This step is not taken in proceedings of this nature.";
    OutcomeOfOtherNature "proceeding_outcome.other_nature" 400 "Une procédure de cette nature ne se termine pas ainsi." "Proceedings of this nature do not end so.";
    ConciliationNotUnderWay "conciliation.not_under_way" 409 "Cette conciliation n'est pas en cours." "This conciliation is not under way.";
    ConciliationNotAgreed "conciliation.not_agreed" 409 "Un engagement se vérifie une fois l'accord trouvé, et avant que celui-ci ne soit vérifié." "A commitment is checked once the sides have agreed, and before the agreement is verified.";
    CommitmentsUnchecked "conciliation.commitments_unchecked" 409 "Des engagements restent à vérifier : {open}." "Commitments are still to be checked: {open}.";
    CommitmentChecked "commitment.checked" 409 "Cet engagement a été vérifié ; il ne se modifie plus." "This commitment was checked; it can no longer be changed.";
    LinkKept "link.kept" 409 "Ce lien découle d'une scission ou d'une fusion ; il ne se retire pas." "This link follows from splitting or merging; it is not withdrawn.";
    DossierIsDuplicate "dossier.is_duplicate" 409 "Le dossier désigné est lui-même un doublon ; désignez celui qui a été conservé." "The dossier named is a duplicate itself; name the one that was kept.";
    DossierHasDuplicates "dossier.has_duplicates" 409 "D'autres dossiers sont les doublons de celui-ci ; rouvrez-les d'abord." "Other dossiers are duplicates of this one; reopen them first.";
    LinkStanding "link.standing" 409 "Un lien de ce type existe déjà entre ces deux dossiers." "A link of this kind stands between these two dossiers already.";
    SilenceRunning "silence.running" 409 "Le silence ne vaut refus qu'à partir du {due}." "Silence is a refusal from {due} on only.";
    DeadlineNotOver "deadline.not_over" 409 "Cette échéance court jusqu'au {due} : elle n'est pas manquée." "This deadline runs until {due}: it is not missed.";
    DeadlineDerived "deadline.derived" 409 "Les faits du dossier disent eux-mêmes que cette échéance est tenue ; corrigez-les." "The facts of the dossier themselves tell that this deadline is met; correct these.";
    CommitteeTermOverlap "aid_committee.term_overlap" 409 "Cette personne siège déjà dans la commission sur une partie de cette période." "This person is in office in the committee already in part of this period.";
    AidSessionAhead "aid_session.ahead" 409 "Cette séance se tient le {day} ; elle ne s'ouvre pas avant." "This session is held on {day}; it is not opened before.";
    AidSessionConvened "aid_session.convened" 409 "Les membres sont convoqués à cette séance : sa date ne change plus ; annulez-la et prévoyez-en une autre." "The members are called to this session: its day no longer changes; cancel it and plan another.";
    AidSessionBegun "aid_session.begun" 409 "Cette séance a été ouverte ou annulée ; elle ne se modifie plus." "This session was opened or cancelled; it can no longer be changed.";
    AidSessionNotOpen "aid_session.not_open" 409 "Cette séance n'est pas ouverte." "This session is not open.";
    AidSessionNotClosed "aid_session.not_closed" 409 "Le procès-verbal est établi à la clôture de la séance." "Minutes are made once the session is closed.";
    AidSessionOver "aid_session.over" 409 "Cette séance est terminée : rien ne s'y inscrit plus." "This session is over: nothing more is put before it.";
    AidSessionQuorum "aid_session.no_quorum" 409 "Le quorum n'est pas atteint : {present} présents, il en faut {quorum}." "There is no quorum: {present} are present and {quorum} are needed.";
    AidSessionUndecided "aid_session.undecided" 409 "Des demandes restent à trancher ou à ajourner : {open}." "Requests are still to be decided or adjourned: {open}.";
    DocketListed "aid_docket_item.listed_already" 409 "Cette demande est déjà inscrite à cette séance." "This request stands before this session already.";
    DocketFull "aid_docket.full" 409 "Une séance examine au plus {max} demandes." "A session takes at most {max} requests.";
    DocketItemDecided "aid_docket_item.decided" 409 "Cette demande est tranchée, ajournée ou retirée." "This request is decided, adjourned or taken back.";
    DocketOtherKind "aid_docket_item.other_kind" 409 "Une aide urgente se ratifie ou non ; une demande s'accorde ou se refuse." "Urgent aid is ratified or not; a request is granted or refused.";
    DocketMajority "aid_docket_item.no_majority" 409 "La majorité des votes ne le dit pas : {for} pour, {against} contre, la présidence départageant l'égalité." "The majority of the votes does not say so: {for} for, {against} against, the chair deciding where they are equal.";
    DocketVoted "aid_docket_item.voted" 409 "Des votes sont exprimés : la demande se tranche ou s'ajourne." "Votes are cast: the request is decided or adjourned.";
    VoteCast "aid_vote.already_cast" 409 "Vous avez déjà voté ; un vote ne se change pas." "You have voted already; a vote is not changed.";
    VoterAbsent "aid_vote.not_present" 409 "Seuls votent les membres notés présents à la séance." "Only members who are marked as present vote.";
    VoterRecused "aid_vote.recused" 409 "Vous êtes déporté de cette demande." "You are recused from this request.";
    RecusedAlready "aid_recusal.recorded_already" 409 "Cette personne est déjà déportée de cette demande." "This person is recused from this request already.";
    RetentionRunning "retention.running" 409 "Le délai de conservation court jusqu'au {due}." "The retention delay runs until {due}.";
    SessionSlotsMissing "training_session.slots_missing" 409 "Aucun créneau n'est fixé." "No slot is set.";
    SessionPlaceMissing "training_session.place_missing" 409 "Il manque : {missing}." "Still missing: {missing}.";
    SessionNotBegun "training_session.not_begun" 409 "La session commence le {due}." "The session begins on {due}.";
    SessionNotEnded "training_session.not_ended" 409 "La session se termine le {due}." "The session ends on {due}.";
    SessionOver "training_session.over" 409 "Cette session est terminée ou annulée." "This session is over or cancelled.";
    SessionFull "training_session.full" 409 "Il n'y a plus de place." "There is no seat left.";
    SessionSeatsLeft "training_session.seats_left" 409 "Il reste des places : {left}." "There are seats left: {left}.";
    CapacityBelowConfirmed "capacity.below_confirmed" 409 "{confirmed} inscriptions sont déjà confirmées." "{confirmed} registrations are confirmed already.";
    SlotBegun "training_slot.begun" 409 "Ce créneau a commencé ; il ne se modifie plus." "This slot has begun; it can no longer be changed.";
    RegistrationClosed "registration.closed" 409 "Les inscriptions ne sont pas ouvertes." "Registration is not open.";
    RegistrationOutsideWindow "registration.outside_window" 409 "Les inscriptions sont ouvertes du {min} au {max}." "Registration is open from {min} to {max}.";
    RegisteredAlready "registration.already" 409 "Cette personne est déjà inscrite à cette session." "This person is registered for this session already.";
    RegistrationToCome "registration.still_counts" 409 "Cette inscription compte encore ; elle s'anonymise une fois la session terminée, ou l'inscription annulée ou refusée." "This registration still counts; it is anonymised once the session is over, or the registration cancelled or refused.";
    RegistrationAnonymised "registration.anonymised" 409 "Cette inscription est anonymisée." "This registration is anonymised.";
    RegistrationOfMember "registration.of_member" 409 "Cette inscription est celle d'un adhérent : corrigez sa fiche." "This registration is a member's: correct the member's record.";
    RegistrationCertified "registration.certified" 409 "Une attestation porte ce nom ; révoquez-la d'abord." "A certificate bears this name; revoke it first.";
    ModuleCodeTaken "training_module.code_taken" 409 "Un module de formation porte déjà ce code." "A training module already has this code.";
    TransitionNotAllowed "transition.not_allowed" 409 "L'état actuel ne permet pas cette commande ; il permet : {allowed}." "The current state does not allow this command; it allows: {allowed}.";
    MemberHasAccount "member.has_account" 409 "Cet adhérent a déjà un compte." "This member has an account already.";
    AccountUnlinked "account.not_linked" 409 "Ce rôle demande un compte lié à une fiche d'adhérent ; liez-le d'abord." "This role needs an account that is linked to a member; link it first.";
    ConstraintViolated "constraint.violated" 409 "Une autre modification a rendu celle-ci impossible." "Another change has made this one impossible.";

    // A file to import, as a whole or line by line.
    FileEmpty "file.empty" 400 "Le fichier ne contient aucune ligne." "The file has no line.";
    FileNotText "file.not_text" 400 "Le fichier n'est pas un fichier de texte." "The file is not a text file.";
    FileHeaderMissing "file.header_missing" 400 "La première ligne n'est pas un en-tête connu ; colonnes absentes : {missing}." "The first line is not a known header; missing columns: {missing}.";
    FileTooLarge "file.too_large" 413 "Le fichier dépasse {max} octets." "The file is larger than {max} bytes.";
    LineCut "line.cut" 400 "La ligne a {found} colonnes au lieu de {expected}." "The line has {found} columns instead of {expected}.";
    LineConflict "line.conflict" 400 "Une autre ligne de la même clé la contredit : {columns}." "Another line with the same key contradicts it: {columns}.";
    LineKeyMissing "line.key_missing" 400 "La ligne ne donne ni numéro d'adhérent ni identifiant externe." "The line gives neither a member number nor an external identifier.";
    LineDepartmentMissing "line.department_missing" 400 "La ligne ne dit pas de quel département est l'adhérent." "The line does not say of which department the member is.";
    LineRepeated "line.repeated" 400 "La ligne répète la ligne {line}." "The line repeats line {line}.";
    LineLookalike "line.lookalike" 400 "La ligne {line} porte le même nom et la même date de naissance sous un autre numéro." "Line {line} has the same name and date of birth under another number.";
    MemberUnknown "member.unknown" 400 "Personne n'est connu sous ce numéro, et la ligne ne donne pas de nom et de prénom." "Nobody is known by this number, and the line gives no last and first name.";
    MemberElsewhere "member.other_department" 400 "L'adhérent relève d'un autre département ; un import ne le transfère pas." "The member belongs to another department; an import does not transfer anybody.";
    MemberLikelyDuplicate "member.likely_duplicate" 400 "Peut-être déjà connu : {candidates}." "Perhaps known already: {candidates}.";
    MembershipKept "membership.kept" 400 "La période est déjà enregistrée ; un import ne la modifie pas." "The period is recorded already; an import does not change it.";
    MembershipWithdrawn "membership.withdrawn" 400 "Cette période a été annulée ou déclarée nulle ; un import ne la rétablit pas." "This period was cancelled or declared void; an import does not bring it back.";
    EstablishmentUnknown "establishment.unknown" 400 "L'établissement {uai} n'est pas dans l'annuaire ; le poste est enregistré sans lui." "The establishment {uai} is not in the directory; the post is recorded without it.";
    LineDamaged "line.damaged" 400 "La valeur a été abîmée par un tableur et ne peut être rétablie avec certitude." "The value was damaged by a spreadsheet and cannot be restored with certainty.";
    LineRestored "line.restored" 400 "La valeur, abîmée par un tableur ou une conversion, a été rétablie." "The value, damaged by a spreadsheet or a conversion, was restored.";
    LineSuperseded "line.superseded" 400 "La ligne n'a pas été enregistrée car une autre ligne du fichier est rejetée (mode atomique)." "The line was not stored because another line of the file is rejected (atomic mode).";
    LineQuoteUnclosed "line.quote_unclosed" 400 "Un guillemet ouvert sur cette ligne n'est pas refermé." "A quote opened on this line is never closed.";
    TerritoryMismatch "territory.mismatch" 400 "Le département contredit le code UAI, qui désigne {expected}." "The department contradicts the UAI code, which names {expected}.";
    DistrictNameUnknown "district.name_unknown" 400 "Aucune ligne ne nomme cette circonscription ; le champ est laissé vide." "No line names this district; the field is left empty.";
    SiretLuhn "siret.luhn" 400 "Le numéro SIRET ne respecte pas sa clé ; il est gardé tel quel." "The SIRET number fails its check digit; it is kept as it is.";
    TerritoryWithoutAssociation "territory.without_association" 400 "Ce territoire n'a pas d'association ; le premier contact est l'association nationale." "This territory has no association; the first contact is the national one.";
    ValueIgnored "value.ignored" 400 "La valeur est illisible ; le champ est laissé vide." "The value is unreadable; the field is left empty.";
}

impl Code {
    /// The last part of the address under `/problem-types/`.
    pub fn slug(self) -> String {
        self.name().replace(['.', '_'], "-")
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.slug() == slug)
    }

    /// Whether the same request may succeed later without being changed.
    pub fn retryable(self) -> bool {
        matches!(self.status(), 408 | 429 | 503) || matches!(self, Self::IdempotencyInProgress | Self::TokenExpired)
    }

    /// The text in a language, its parameters filled in.
    pub fn text(self, language: Language, params: &Params) -> String {
        params.iter().fold(self.template(language).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}
