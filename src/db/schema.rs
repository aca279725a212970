//! The tables, the same on both engines; columns that only one engine has (search) are left out.

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    users (id) {
        id -> Uuid,
        login -> Text,
        display_name -> Text,
        password_hash -> Text,
        enabled -> Bool,
        auth_version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        member_id -> Nullable<Uuid>,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    grants (id) {
        id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        department_code -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        status -> Text,
        requested_by -> Nullable<Uuid>,
        decided_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        academy_code -> Nullable<Text>,
        establishment_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Instant,
        expires_at -> Instant,
        ended_at -> Nullable<Instant>,
        used_generation -> Integer,
        refreshed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    refresh_tokens (digest) {
        digest -> Binary,
        session_id -> Uuid,
        issued_at -> Instant,
        generation -> Integer,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    password_resets (digest) {
        digest -> Binary,
        user_id -> Uuid,
        created_at -> Instant,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    second_factors (user_id) {
        user_id -> Uuid,
        secret -> Text,
        last_step -> BigInt,
        enrolled_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    recovery_codes (digest) {
        digest -> Binary,
        user_id -> Uuid,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    factor_tickets (digest) {
        digest -> Binary,
        user_id -> Uuid,
        secret -> Text,
        expires_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    login_failures (bucket) {
        bucket -> Binary,
        failures -> Integer,
        window_started_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    login_places (place) {
        place -> Binary,
        seen_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    auth_epoch (id) {
        id -> Integer,
        value -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    resource_versions (resource_id, version) {
        resource_id -> Uuid,
        version -> Integer,
        resource -> Text,
        action -> Text,
        recorded_at -> Instant,
        actor_id -> Nullable<Uuid>,
        request_id -> Uuid,
        snapshot -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    audit_events (id) {
        id -> Uuid,
        recorded_at -> Instant,
        origin -> Text,
        actor_id -> Nullable<Uuid>,
        request_id -> Uuid,
        operation -> Text,
        action -> Text,
        resource -> Text,
        resource_id -> Uuid,
        version -> Nullable<Integer>,
        client_id -> Nullable<Uuid>,
        on_behalf_of -> Nullable<Uuid>,
        rule -> Nullable<Text>,
        before_digest -> Nullable<Binary>,
        after_digest -> Nullable<Binary>,
        sequence -> Nullable<BigInt>,
        seal -> Nullable<Binary>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    idempotency_records (caller_id, operation, key) {
        caller_id -> Uuid,
        operation -> Text,
        key -> Text,
        body_digest -> Binary,
        status -> Nullable<Integer>,
        headers -> Nullable<Json>,
        body -> Nullable<Binary>,
        expires_at -> Instant,
        subject_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    associations (id) {
        id -> Uuid,
        level -> Text,
        department_code -> Nullable<Text>,
        name -> Text,
        name_key -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        time_zone -> Text,
        on_call_hours -> Json,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    team_members (id) {
        id -> Uuid,
        association_id -> Uuid,
        display_name -> Text,
        name_key -> Text,
        team_function -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    establishments (id) {
        id -> Uuid,
        uai -> Text,
        name -> Text,
        name_key -> Text,
        search_key -> Text,
        kind -> Text,
        sector -> Text,
        status -> Text,
        address_line1 -> Nullable<Text>,
        address_line2 -> Nullable<Text>,
        address_line3 -> Nullable<Text>,
        postal_code -> Nullable<Text>,
        city -> Nullable<Text>,
        commune_code -> Nullable<Text>,
        department_code -> Text,
        academy_code -> Nullable<Text>,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        website -> Nullable<Text>,
        pupils -> Nullable<Integer>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        siret -> Nullable<Text>,
        nature_code -> Nullable<Text>,
        opened_on -> Nullable<Date>,
        parent_uai -> Nullable<Text>,
        district_uai -> Nullable<Text>,
        district_name -> Nullable<Text>,
        successor_id -> Nullable<Uuid>,
        sites -> Json,
        priority_education -> Json,
        references_revision -> Integer,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    correspondents (id) {
        id -> Uuid,
        establishment_id -> Uuid,
        department_code -> Text,
        display_name -> Text,
        name_key -> Text,
        member_id -> Nullable<Uuid>,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        co_correspondent -> Bool,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    operations (id) {
        id -> Uuid,
        kind -> Text,
        mode -> Text,
        status -> Text,
        requested_by -> Uuid,
        leased_until -> Nullable<Instant>,
        started_at -> Nullable<Instant>,
        finished_at -> Nullable<Instant>,
        lines_total -> Integer,
        lines_done -> Integer,
        created_count -> Integer,
        updated_count -> Integer,
        unchanged_count -> Integer,
        rejected_count -> Integer,
        header -> Nullable<Text>,
        failure -> Nullable<Json>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    operation_files (operation_id, part) {
        operation_id -> Uuid,
        part -> Integer,
        bytes -> Binary,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    operation_lines (operation_id, line) {
        operation_id -> Uuid,
        line -> BigInt,
        outcome -> Text,
        natural_key -> Nullable<Text>,
        resource_id -> Nullable<Uuid>,
        issues -> Json,
        changes -> Json,
        raw -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    installation (id) {
        id -> Integer,
        demo -> Bool,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    members (id) {
        id -> Uuid,
        member_number -> Text,
        association_id -> Uuid,
        department_code -> Text,
        civility -> Nullable<Text>,
        last_name -> Text,
        first_name -> Text,
        birth_name -> Nullable<Text>,
        name_key -> Text,
        search_key -> Text,
        birth_date -> Nullable<Date>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        phone -> Nullable<Text>,
        address_line1 -> Nullable<Text>,
        address_line2 -> Nullable<Text>,
        address_line3 -> Nullable<Text>,
        postal_code -> Nullable<Text>,
        city -> Nullable<Text>,
        commune_code -> Nullable<Text>,
        safe_contact -> Text,
        safe_contact_instructions -> Nullable<Text>,
        external_ids -> Json,
        merged_into_id -> Nullable<Uuid>,
        references_revision -> Integer,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    external_ids (resource, system, kind, value) {
        resource -> Text,
        system -> Text,
        kind -> Text,
        value -> Text,
        owner_id -> Uuid,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    employments (id) {
        id -> Uuid,
        member_id -> Uuid,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        occupation -> Text,
        employment_status -> Nullable<Text>,
        employer -> Nullable<Text>,
        establishment_id -> Nullable<Uuid>,
        secondary -> Bool,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    member_transfers (id) {
        id -> Uuid,
        member_id -> Uuid,
        from_association_id -> Uuid,
        to_association_id -> Uuid,
        transferred_on -> Date,
        reason -> Nullable<Text>,
        transferred_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    member_merges (id) {
        id -> Uuid,
        survivor_id -> Uuid,
        absorbed_id -> Uuid,
        reason -> Text,
        moved -> Json,
        merged_by -> Nullable<Uuid>,
        undone_at -> Nullable<Instant>,
        undone_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    tariffs (id) {
        id -> Uuid,
        product -> Text,
        year -> Integer,
        association_cents -> BigInt,
        insurance_cents -> BigInt,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    memberships (id) {
        id -> Uuid,
        member_id -> Uuid,
        product -> Text,
        year -> Integer,
        subscribed_on -> Date,
        insurer_registered_on -> Nullable<Date>,
        starts_on -> Date,
        ends_on -> Date,
        predecessor_id -> Nullable<Uuid>,
        replaces_id -> Nullable<Uuid>,
        channel -> Text,
        insurer_holder -> Bool,
        association_cents -> BigInt,
        insurance_cents -> BigInt,
        external_ids -> Json,
        status -> Text,
        end_reason -> Nullable<Text>,
        status_reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    yearly_runs (name, year) {
        name -> Text,
        year -> Integer,
        leased_until -> Nullable<Instant>,
        finished_at -> Nullable<Instant>,
        figures -> Json,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    changes (position) {
        position -> BigInt,
        transaction_id -> BigInt,
        resource -> Text,
        resource_id -> Uuid,
        version -> Integer,
        action -> Text,
        origin -> Text,
        department_code -> Nullable<Text>,
        previous_department_code -> Nullable<Text>,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    status_transitions (id) {
        id -> Uuid,
        resource -> Text,
        resource_id -> Uuid,
        resource_version -> Integer,
        command -> Text,
        from_status -> Text,
        to_status -> Text,
        reason -> Nullable<Text>,
        details -> Json,
        recorded_at -> Instant,
        actor_id -> Nullable<Uuid>,
        request_id -> Uuid,
        whole_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    dossiers (id) {
        id -> Uuid,
        reference -> Text,
        association_id -> Uuid,
        department_code -> Text,
        school_year -> Integer,
        member_id -> Nullable<Uuid>,
        establishment_id -> Nullable<Uuid>,
        kind -> Text,
        member_quality -> Text,
        channel -> Text,
        urgency -> Text,
        confidentiality -> Text,
        status -> Text,
        referent_id -> Nullable<Uuid>,
        opened_on -> Date,
        case_order -> Text,
        facts_on -> Date,
        facts_end_on -> Nullable<Date>,
        place -> Nullable<Text>,
        summary -> Nullable<Text>,
        felt_as_aggression -> Bool,
        contexts -> Json,
        motive_code -> Text,
        secondary_motive_codes -> Json,
        nomenclature_version -> Integer,
        facts_snapshot -> Json,
        warnings -> Json,
        warning_reason -> Nullable<Text>,
        cover -> Nullable<Json>,
        derogation -> Nullable<Json>,
        outcome -> Nullable<Text>,
        outcome_for_member -> Nullable<Text>,
        closed_on -> Nullable<Date>,
        first_closed_on -> Nullable<Date>,
        review_on -> Nullable<Date>,
        retention_due_on -> Nullable<Date>,
        on_legal_hold -> Bool,
        unarchived_until -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        solidarity_status -> Nullable<Text>,
        complaint_filed -> Bool,
        counsel_involved -> Bool,
        judicialised -> Bool,
        path -> Text,
        incident_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    dossier_walls (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        kind -> Text,
        user_id -> Nullable<Uuid>,
        member_id -> Nullable<Uuid>,
        since -> Instant,
        version -> Integer,
        party_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    dossier_permits (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        user_id -> Uuid,
        kind -> Text,
        reason -> Nullable<Text>,
        expires_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    legal_holds (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        reason -> Nullable<Text>,
        placed_on -> Date,
        placed_by -> Nullable<Uuid>,
        lifted_on -> Nullable<Date>,
        lifted_by -> Nullable<Uuid>,
        lift_reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    dossier_parties (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        role -> Text,
        category -> Text,
        minor -> Nullable<Bool>,
        display_name -> Nullable<Text>,
        birth_date -> Nullable<Date>,
        member_id -> Nullable<Uuid>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::Uuid;
    use diesel::sql_types::*;

    party_digests (digest, party_id) {
        digest -> Binary,
        party_id -> Uuid,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    dossier_conflicts (id) {
        id -> Uuid,
        low_id -> Uuid,
        high_id -> Uuid,
        found_on -> Date,
        waived_on -> Nullable<Date>,
        waived_by -> Nullable<Uuid>,
        waive_reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        told_on -> Nullable<Date>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    contact_requests (id) {
        id -> Uuid,
        association_id -> Uuid,
        department_code -> Text,
        establishment_id -> Nullable<Uuid>,
        member_id -> Nullable<Uuid>,
        channel -> Text,
        caller_name -> Nullable<Text>,
        caller_phone -> Nullable<Text>,
        safe_contact -> Text,
        safe_contact_instructions -> Nullable<Text>,
        urgency -> Text,
        note -> Nullable<Text>,
        status -> Text,
        drop_reason -> Nullable<Text>,
        answer -> Nullable<Text>,
        dossier_id -> Nullable<Uuid>,
        created_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    access_log (id) {
        id -> Uuid,
        recorded_at -> Instant,
        actor_id -> Nullable<Uuid>,
        client_id -> Nullable<Uuid>,
        on_behalf_of -> Nullable<Uuid>,
        request_id -> Uuid,
        operation -> Text,
        rule -> Nullable<Text>,
        criteria_digest -> Nullable<Binary>,
        purpose -> Nullable<Text>,
        row_count -> Nullable<BigInt>,
        replayed -> Bool,
        batch_id -> Uuid,
        seal -> Binary,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    access_log_subjects (subject_id, recorded_at, entry_id) {
        subject_id -> Uuid,
        recorded_at -> Instant,
        entry_id -> Uuid,
        subject -> Text,
    }
}

diesel::table! {
    use crate::db::columns::sql::Instant;
    use diesel::sql_types::*;

    audit_cuts (sequence) {
        sequence -> BigInt,
        seal -> Binary,
        kept_from -> Text,
        cut_at -> Instant,
        cut_seal -> Binary,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    api_clients (id) {
        id -> Uuid,
        name -> Text,
        enabled -> Bool,
        auth_methods -> Json,
        public_keys -> Json,
        scopes -> Json,
        row_scope -> Text,
        academy_code -> Nullable<Text>,
        insurer_code -> Nullable<Text>,
        pseudonymised -> Bool,
        max_confidentiality -> Text,
        expires_on -> Nullable<Date>,
        networks -> Json,
        auth_version -> Integer,
        version -> Integer,
        last_used_at -> Nullable<Instant>,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    client_secrets (id) {
        id -> Uuid,
        client_id -> Uuid,
        place -> Integer,
        digest -> Binary,
        created_at -> Instant,
        expires_on -> Nullable<Date>,
        last_used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    client_assertions (client_id, digest) {
        client_id -> Uuid,
        digest -> Binary,
        expires_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    activities (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        kind -> Text,
        medium -> Nullable<Text>,
        started_at -> Instant,
        minutes -> Nullable<Integer>,
        author_id -> Uuid,
        summary -> Nullable<Text>,
        for_team -> Bool,
        for_lawyer -> Bool,
        for_member -> Bool,
        for_insurer -> Bool,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        referent_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    tasks (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        department_code -> Text,
        title -> Nullable<Text>,
        note -> Nullable<Text>,
        due_on -> Nullable<Date>,
        order_on -> Date,
        assignee_id -> Nullable<Uuid>,
        status -> Text,
        created_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        conflict_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    lawyer_partners (id) {
        id -> Uuid,
        name -> Text,
        name_key -> Text,
        bar -> Text,
        bar_key -> Text,
        firm -> Nullable<Text>,
        agreement_from -> Date,
        agreement_to -> Nullable<Date>,
        charter_signed_on -> Nullable<Date>,
        specialities -> Json,
        speciality_keys -> Text,
        departments -> Json,
        department_keys -> Text,
        yearly_capacity -> Nullable<Integer>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        user_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    lawyer_unavailabilities (id) {
        id -> Uuid,
        lawyer_id -> Uuid,
        starts_on -> Date,
        ends_on -> Date,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    lawyer_mandates (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        lawyer_id -> Nullable<Uuid>,
        external_lawyer -> Nullable<Json>,
        nature -> Text,
        purpose -> Nullable<Text>,
        chosen_by_member -> Bool,
        name_requested_on -> Nullable<Date>,
        status -> Text,
        proposed_by -> Nullable<Uuid>,
        proposed_on -> Date,
        expires_on -> Date,
        accepted_on -> Nullable<Date>,
        decline_reason -> Nullable<Text>,
        advice -> Nullable<Text>,
        ended_on -> Nullable<Date>,
        permit_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    cover_decisions (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        instance -> Text,
        status -> Text,
        insurer_code -> Nullable<Text>,
        claim_reference -> Nullable<Text>,
        member_informed_on -> Date,
        requested_on -> Date,
        requested_by -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        received_on -> Nullable<Date>,
        source -> Nullable<Text>,
        motivation -> Nullable<Text>,
        ceiling_cents -> Nullable<BigInt>,
        decided_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    protection_requests (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        stage -> Text,
        status -> Text,
        addressed_to -> Text,
        requested_on -> Nullable<Date>,
        received_on -> Nullable<Date>,
        received_estimated -> Bool,
        decided_on -> Nullable<Date>,
        appealed_on -> Nullable<Date>,
        silence_due_on -> Nullable<Date>,
        suit_due_on -> Nullable<Date>,
        reason -> Nullable<Text>,
        motivation -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    proceedings (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        nature -> Text,
        member_side -> Text,
        authority -> Nullable<Text>,
        case_number -> Nullable<Text>,
        opened_on -> Date,
        status -> Text,
        outcome -> Nullable<Text>,
        closed_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    proceeding_steps (id) {
        id -> Uuid,
        proceeding_id -> Uuid,
        dossier_id -> Uuid,
        kind -> Text,
        done_by -> Text,
        occurred_on -> Date,
        note -> Nullable<Text>,
        recorded_by -> Nullable<Uuid>,
        voided_at -> Nullable<Instant>,
        voided_by -> Nullable<Uuid>,
        void_reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    incidents (id) {
        id -> Uuid,
        association_id -> Uuid,
        department_code -> Text,
        establishment_id -> Uuid,
        occurred_on -> Date,
        occurred_time -> Nullable<Text>,
        place -> Nullable<Text>,
        natures -> Json,
        summary -> Nullable<Text>,
        created_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    conciliations (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        status -> Text,
        proposed_on -> Date,
        subject -> Nullable<Text>,
        agreed_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    conciliation_sessions (id) {
        id -> Uuid,
        conciliation_id -> Uuid,
        dossier_id -> Uuid,
        held_on -> Date,
        medium -> Text,
        venue -> Nullable<Text>,
        participants -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    commitments (id) {
        id -> Uuid,
        conciliation_id -> Uuid,
        dossier_id -> Uuid,
        side -> Text,
        promise -> Nullable<Text>,
        due_on -> Nullable<Date>,
        check_on -> Nullable<Date>,
        status -> Text,
        checked_on -> Nullable<Date>,
        checked_by -> Nullable<Uuid>,
        task_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    dossier_links (id) {
        id -> Uuid,
        from_id -> Uuid,
        to_id -> Uuid,
        kind -> Text,
        note -> Nullable<Text>,
        created_by -> Nullable<Uuid>,
        withdrawn_on -> Nullable<Date>,
        withdrawn_by -> Nullable<Uuid>,
        withdraw_reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    documents (id) {
        id -> Uuid,
        dossier_id -> Nullable<Uuid>,
        aid_request_id -> Nullable<Uuid>,
        document_type -> Text,
        file_name -> Nullable<Text>,
        privileged -> Bool,
        current_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    document_versions (id) {
        id -> Uuid,
        document_id -> Uuid,
        number -> Integer,
        sha256 -> Text,
        size -> BigInt,
        format -> Text,
        author_id -> Nullable<Uuid>,
        created_at -> Instant,
    }
}

diesel::joinable!(access_log_subjects -> access_log (entry_id));
diesel::joinable!(party_digests -> dossier_parties (party_id));
diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    deadline_events (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        kind -> Text,
        occurred_on -> Date,
        status -> Text,
        recorded_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    deadlines (id) {
        id -> Uuid,
        dossier_id -> Uuid,
        department_code -> Text,
        code -> Text,
        source -> Text,
        source_id -> Uuid,
        starts_on -> Date,
        due_on -> Date,
        status -> Text,
        met_on -> Nullable<Date>,
        done -> Nullable<Text>,
        run -> Integer,
        next_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::Uuid;
    use diesel::sql_types::*;

    deadline_alerts (deadline_id, run, days) {
        deadline_id -> Uuid,
        run -> Integer,
        days -> Integer,
        task_id -> Uuid,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    training_commissions (id) {
        id -> Uuid,
        academy_code -> Text,
        coordinator_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    commission_members (id) {
        id -> Uuid,
        commission_id -> Uuid,
        association_id -> Nullable<Uuid>,
        display_name -> Text,
        name_key -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    training_plans (id) {
        id -> Uuid,
        commission_id -> Uuid,
        school_year -> Text,
        orientation -> Text,
        objectives -> Json,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    calendar_feeds (id) {
        id -> Uuid,
        user_id -> Uuid,
        department_code -> Nullable<Text>,
        digest -> Binary,
        created_at -> Instant,
        last_used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    training_attendance (id) {
        id -> Uuid,
        session_id -> Uuid,
        slot_id -> Uuid,
        registration_id -> Uuid,
        status -> Text,
        recorded_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    training_certificates (id) {
        id -> Uuid,
        number -> Text,
        session_id -> Uuid,
        registration_id -> Uuid,
        slots_held -> Integer,
        slots_attended -> Integer,
        minutes_attended -> Integer,
        minimum_share -> Integer,
        digest -> Binary,
        status -> Text,
        issued_by -> Nullable<Uuid>,
        revoked_at -> Nullable<Instant>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    user_absences (id) {
        id -> Uuid,
        user_id -> Uuid,
        starts_on -> Date,
        ends_on -> Date,
        created_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    digests (id) {
        id -> Uuid,
        user_id -> Uuid,
        enabled -> Bool,
        email -> Nullable<Text>,
        language -> Text,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    digest_mails (id) {
        id -> Uuid,
        user_id -> Uuid,
        day -> Date,
        status -> Text,
        attempts -> Integer,
        next_at -> Instant,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::joinable!(proceeding_steps -> proceedings (proceeding_id));
diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    training_modules (id) {
        id -> Uuid,
        code -> Text,
        title -> Text,
        title_key -> Text,
        themes -> Json,
        objectives -> Nullable<Text>,
        hours -> Double,
        audiences -> Json,
        retired -> Bool,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        minimum_share -> Integer,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    training_sessions (id) {
        id -> Uuid,
        module_id -> Uuid,
        organiser_level -> Text,
        association_id -> Nullable<Uuid>,
        department_code -> Nullable<Text>,
        academy_code -> Nullable<Text>,
        format -> Text,
        delivery -> Text,
        audiences -> Json,
        venue -> Nullable<Text>,
        meeting_url -> Nullable<Text>,
        capacity -> Integer,
        opens_on -> Nullable<Date>,
        closes_on -> Nullable<Date>,
        on_approval -> Bool,
        starts_on -> Date,
        ends_on -> Date,
        agreement_reference -> Nullable<Text>,
        agreement_signed_on -> Nullable<Date>,
        agreement_partner -> Nullable<Text>,
        status -> Text,
        scheduled_on -> Nullable<Date>,
        confirmed_count -> Integer,
        waiting_count -> Integer,
        last_queued -> BigInt,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::Uuid;
    use diesel::sql_types::*;

    training_trainers (session_id, place) {
        session_id -> Uuid,
        place -> Integer,
        lawyer_id -> Nullable<Uuid>,
        user_id -> Nullable<Uuid>,
        name -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    training_slots (id) {
        id -> Uuid,
        session_id -> Uuid,
        starts_at -> Instant,
        ends_at -> Instant,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    training_registrations (id) {
        id -> Uuid,
        session_id -> Uuid,
        member_id -> Nullable<Uuid>,
        name -> Nullable<Text>,
        email -> Nullable<Text>,
        organisation -> Nullable<Text>,
        outsider_key -> Nullable<Text>,
        status -> Text,
        queue_number -> Nullable<BigInt>,
        created_by -> Nullable<Uuid>,
        anonymised_at -> Nullable<Instant>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_rules (id) {
        id -> Uuid,
        association_id -> Nullable<Uuid>,
        department_code -> Nullable<Text>,
        year -> Integer,
        seniority_months -> Nullable<Integer>,
        dues_up_to_date -> Bool,
        cooldown_months -> Nullable<Integer>,
        grant_ceiling_cents -> Nullable<BigInt>,
        loan_ceiling_cents -> Nullable<BigInt>,
        fee_advance_ceiling_cents -> Nullable<BigInt>,
        in_kind_ceiling_cents -> Nullable<BigInt>,
        ratification_days -> Integer,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_envelopes (id) {
        id -> Uuid,
        association_id -> Uuid,
        department_code -> Nullable<Text>,
        year -> Integer,
        amount_cents -> BigInt,
        committed_cents -> BigInt,
        paid_cents -> BigInt,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    financial_aid_requests (id) {
        id -> Uuid,
        number -> Text,
        association_id -> Uuid,
        department_code -> Text,
        member_id -> Nullable<Uuid>,
        dossier_id -> Nullable<Uuid>,
        nature -> Text,
        repayable -> Bool,
        reason -> Text,
        asked_cents -> BigInt,
        sheet -> Nullable<Json>,
        context -> Nullable<Text>,
        urgent -> Bool,
        purpose -> Nullable<Text>,
        status -> Text,
        submitted_on -> Nullable<Date>,
        question -> Nullable<Text>,
        information -> Nullable<Text>,
        instruction_note -> Nullable<Text>,
        instructed_by -> Nullable<Uuid>,
        waivers -> Json,
        session_id -> Nullable<Uuid>,
        granted_cents -> Nullable<BigInt>,
        motivation -> Nullable<Text>,
        decided_on -> Nullable<Date>,
        ratify_by -> Nullable<Date>,
        envelope_id -> Nullable<Uuid>,
        committed_cents -> BigInt,
        ordered_cents -> BigInt,
        paid_cents -> BigInt,
        created_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        retention_due_on -> Nullable<Date>,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_payment_batches (id) {
        id -> Uuid,
        association_id -> Uuid,
        department_code -> Text,
        payments_count -> Integer,
        total_cents -> BigInt,
        created_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_payments (id) {
        id -> Uuid,
        request_id -> Uuid,
        association_id -> Uuid,
        department_code -> Text,
        payee_kind -> Text,
        payee_name -> Nullable<Text>,
        iban -> Nullable<Text>,
        amount_cents -> BigInt,
        status -> Text,
        ordered_on -> Date,
        ordered_by -> Nullable<Uuid>,
        paid_on -> Nullable<Date>,
        batch_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_instalments (id) {
        id -> Uuid,
        request_id -> Uuid,
        number -> Integer,
        due_on -> Date,
        amount_cents -> BigInt,
        paid_on -> Nullable<Date>,
        remitted_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_committee_members (id) {
        id -> Uuid,
        committee_id -> Uuid,
        association_id -> Uuid,
        user_id -> Uuid,
        function -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    aid_committees (id) {
        id -> Uuid,
        association_id -> Uuid,
        department_code -> Text,
        name -> Text,
        quorum -> Integer,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_sessions (id) {
        id -> Uuid,
        committee_id -> Uuid,
        department_code -> Text,
        held_on -> Date,
        place -> Nullable<Text>,
        remote -> Bool,
        agenda -> Nullable<Text>,
        status -> Text,
        quorum -> Integer,
        present -> Integer,
        record -> Nullable<Json>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    aid_attendances (id) {
        id -> Uuid,
        session_id -> Uuid,
        committee_member_id -> Uuid,
        user_id -> Uuid,
        function -> Text,
        presence -> Text,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Json, Uuid};
    use diesel::sql_types::*;

    aid_docket_items (id) {
        id -> Uuid,
        session_id -> Uuid,
        committee_id -> Uuid,
        department_code -> Text,
        request_id -> Uuid,
        pseudonym -> Text,
        kind -> Text,
        status -> Text,
        brief -> Nullable<Json>,
        votes_for -> Integer,
        votes_against -> Integer,
        abstentions -> Integer,
        chair_choice -> Nullable<Text>,
        granted_cents -> Nullable<BigInt>,
        motivation -> Nullable<Text>,
        decided_on -> Nullable<Date>,
        decided_by -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    aid_votes (id) {
        id -> Uuid,
        item_id -> Uuid,
        committee_member_id -> Uuid,
        user_id -> Uuid,
        choice -> Text,
        cast_at -> Instant,
    }
}

diesel::table! {
    use crate::db::columns::sql::{Instant, Uuid};
    use diesel::sql_types::*;

    aid_recusals (id) {
        id -> Uuid,
        item_id -> Uuid,
        committee_member_id -> Uuid,
        user_id -> Uuid,
        kind -> Text,
        recorded_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    users,
    grants,
    user_absences,
    digests,
    digest_mails,
    sessions,
    factor_tickets,
    password_resets,
    recovery_codes,
    second_factors,
    refresh_tokens,
    login_failures,
    login_places,
    auth_epoch,
    resource_versions,
    audit_events,
    access_log,
    access_log_subjects,
    audit_cuts,
    api_clients,
    client_secrets,
    client_assertions,
    idempotency_records,
    associations,
    team_members,
    establishments,
    correspondents,
    operations,
    operation_files,
    operation_lines,
    counters,
    members,
    external_ids,
    employments,
    member_transfers,
    member_merges,
    tariffs,
    memberships,
    yearly_runs,
    changes,
    status_transitions,
    dossiers,
    dossier_walls,
    dossier_permits,
    legal_holds,
    dossier_parties,
    party_digests,
    dossier_conflicts,
    activities,
    tasks,
    lawyer_partners,
    lawyer_unavailabilities,
    lawyer_mandates,
    cover_decisions,
    protection_requests,
    documents,
    document_versions,
    deadline_events,
    deadlines,
    deadline_alerts,
    proceedings,
    proceeding_steps,
    incidents,
    conciliations,
    conciliation_sessions,
    commitments,
    dossier_links,
    aid_attendances,
    aid_committee_members,
    aid_committees,
    aid_docket_items,
    aid_envelopes,
    aid_instalments,
    aid_payment_batches,
    aid_payments,
    aid_recusals,
    aid_rules,
    aid_sessions,
    aid_votes,
    calendar_feeds,
    commission_members,
    contact_requests,
    financial_aid_requests,
    training_attendance,
    training_certificates,
    training_commissions,
    training_modules,
    training_plans,
    training_registrations,
    training_sessions,
    training_slots,
    training_trainers,
);
