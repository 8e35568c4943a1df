-- Rows that earlier clean-ups took from people and slots.

CREATE TABLE people.people_master_archive (
    unique_id                 text,
    company_unique_id         text,
    company_slot_unique_id    text,
    first_name                text,
    last_name                 text,
    full_name_stored          text,
    title                     text,
    seniority                 text,
    department                text,
    email                     text,
    work_phone_e164           text,
    personal_phone_e164       text,
    linkedin_url              text,
    twitter_url               text,
    facebook_url              text,
    bio                       text,
    skills                    text,
    education                 text,
    certifications            text,
    source_system             text,
    source_record_id          text,
    promoted_from_intake_at   timestamptz,
    promotion_audit_log_id    integer,
    created_at                timestamptz,
    updated_at                timestamptz,
    email_verified            boolean,
    message_key_scheduled     text,
    email_verification_source text,
    email_verified_at         timestamptz,
    validation_status_stored  text,
    last_verified_at          timestamptz,
    last_enrichment_attempt   timestamptz,
    archived_at               timestamptz DEFAULT now(),
    archive_reason            text DEFAULT 'sovereign_cleanup_2026-01-21'
);

CREATE TABLE people.company_slot_archive (
    slot_id           uuid DEFAULT gen_random_uuid(),
    outreach_id       uuid NOT NULL,
    company_unique_id text NOT NULL,
    slot_type         text NOT NULL,
    person_unique_id  text,
    is_filled         boolean DEFAULT false,
    filled_at         timestamptz,
    confidence_score  numeric(3,2),
    source_system     text,
    created_at        timestamptz DEFAULT now(),
    updated_at        timestamptz DEFAULT now(),
    archived_at       timestamptz DEFAULT now(),
    archive_reason    text DEFAULT 'sovereign_cleanup_2026-01-21',
    CONSTRAINT company_slot_archive_pkey PRIMARY KEY (slot_id),
    CONSTRAINT company_slot_archive_outreach_id_slot_type_key UNIQUE (outreach_id, slot_type)
);

CREATE TABLE people.slot_orphan_snapshot_r0_002 (
    snapshot_id            serial,
    company_slot_unique_id text NOT NULL,
    company_unique_id      text NOT NULL,
    slot_type              text NOT NULL,
    original_outreach_id   uuid,
    derived_outreach_id    uuid,
    derivation_status      text,
    snapshot_at            timestamptz DEFAULT now(),
    CONSTRAINT slot_orphan_snapshot_r0_002_pkey PRIMARY KEY (snapshot_id)
);

CREATE TABLE people.slot_quarantine_r0_002 (
    quarantine_id          serial,
    company_slot_unique_id text NOT NULL,
    company_unique_id      text NOT NULL,
    slot_type              text NOT NULL,
    quarantine_reason      text NOT NULL,
    quarantined_at         timestamptz DEFAULT now(),
    CONSTRAINT slot_quarantine_r0_002_pkey PRIMARY KEY (quarantine_id)
);
