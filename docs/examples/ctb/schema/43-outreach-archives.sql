-- Rows that earlier clean-ups took off the spine.

CREATE TABLE outreach.outreach_archive (
    outreach_id    uuid DEFAULT gen_random_uuid(),
    sovereign_id   uuid NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    domain         varchar(255),
    archived_at    timestamptz DEFAULT now(),
    archive_reason text DEFAULT 'sovereign_cleanup_2026-01-21',
    CONSTRAINT outreach_archive_pkey PRIMARY KEY (outreach_id)
);

CREATE TABLE outreach.outreach_orphan_archive (
    outreach_id    uuid,
    sovereign_id   uuid NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    domain         varchar,
    archived_at    timestamptz DEFAULT now(),
    archive_reason varchar DEFAULT 'PHASE6_INVALID_SOVEREIGN_ID',
    CONSTRAINT outreach_orphan_archive_pkey PRIMARY KEY (outreach_id)
);

CREATE TABLE outreach.company_target_archive (
    target_id          uuid DEFAULT gen_random_uuid(),
    company_unique_id  text,
    outreach_status    text NOT NULL DEFAULT 'queued',
    bit_score_snapshot integer,
    first_targeted_at  timestamptz,
    last_targeted_at   timestamptz,
    sequence_count     integer NOT NULL DEFAULT 0,
    active_sequence_id text,
    source             text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    outreach_id        uuid,
    email_method       varchar(100),
    method_type        varchar(50),
    confidence_score   numeric(5,4),
    execution_status   varchar(50) DEFAULT 'pending',
    imo_completed_at   timestamptz,
    is_catchall        boolean DEFAULT false,
    archived_at        timestamptz DEFAULT now(),
    archive_reason     text DEFAULT 'sovereign_cleanup_2026-01-21',
    CONSTRAINT company_target_archive_pkey PRIMARY KEY (target_id),
    CONSTRAINT company_target_outreach_status_check
        CHECK (outreach_status IN ('queued', 'active', 'paused', 'completed', 'disqualified')),
    CONSTRAINT company_target_bit_score_snapshot_check CHECK (bit_score_snapshot BETWEEN 0 AND 100),
    CONSTRAINT chk_execution_status
        CHECK (execution_status IN ('pending', 'ready', 'failed', 'blocked'))
);

CREATE TABLE outreach.company_target_orphaned_archive (
    archived_at        timestamptz NOT NULL DEFAULT now(),
    archive_reason     text DEFAULT 'sovereign_id not in CL - orphaned from cleanup',
    target_id          uuid NOT NULL,
    company_unique_id  text,
    outreach_id        uuid,
    email_method       varchar(255),
    method_type        varchar(50),
    confidence_score   numeric,
    execution_status   varchar(50),
    outreach_status    text,
    bit_score_snapshot integer,
    first_targeted_at  timestamptz,
    last_targeted_at   timestamptz,
    sequence_count     integer,
    active_sequence_id text,
    source             text,
    imo_completed_at   timestamptz,
    is_catchall        boolean,
    industry           varchar(100),
    employees          integer,
    country            varchar(100),
    state              varchar(100),
    city               varchar(100),
    postal_code        varchar(20),
    data_year          integer,
    created_at         timestamptz,
    updated_at         timestamptz,
    sovereign_id       uuid,
    domain             varchar(255),
    CONSTRAINT company_target_orphaned_archive_pkey PRIMARY KEY (archived_at, target_id)
);

CREATE TABLE outreach.people_archive (
    person_id            uuid DEFAULT gen_random_uuid(),
    target_id            uuid NOT NULL,
    company_unique_id    text NOT NULL,
    slot_type            text,
    email                text NOT NULL,
    email_verified       boolean NOT NULL DEFAULT false,
    email_verified_at    timestamptz,
    contact_status       text NOT NULL DEFAULT 'active',
    lifecycle_state      outreach.lifecycle_state NOT NULL DEFAULT 'SUSPECT',
    funnel_membership    outreach.funnel_membership NOT NULL DEFAULT 'COLD_UNIVERSE',
    email_open_count     integer NOT NULL DEFAULT 0,
    email_click_count    integer NOT NULL DEFAULT 0,
    email_reply_count    integer NOT NULL DEFAULT 0,
    current_bit_score    integer NOT NULL DEFAULT 0,
    last_event_ts        timestamptz,
    last_state_change_ts timestamptz,
    source               text,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    outreach_id          uuid,
    archived_at          timestamptz DEFAULT now(),
    archive_reason       text DEFAULT 'sovereign_cleanup_2026-01-21',
    CONSTRAINT people_archive_pkey PRIMARY KEY (person_id),
    CONSTRAINT people_slot_type_check
        CHECK (slot_type IN (
            'CHRO', 'HR_MANAGER', 'BENEFITS_LEAD', 'PAYROLL_ADMIN', 'HR_SUPPORT', 'OTHER')),
    CONSTRAINT people_contact_status_check
        CHECK (contact_status IN ('active', 'paused', 'bounced', 'unsubscribed', 'disqualified')),
    CONSTRAINT people_current_bit_score_check CHECK (current_bit_score BETWEEN 0 AND 100)
);
