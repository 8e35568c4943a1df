-- Errors, queues and histories of the people hub.

CREATE TABLE people.people_errors (
    error_id          uuid DEFAULT gen_random_uuid(),
    outreach_id       uuid NOT NULL,
    slot_id           uuid,
    person_id         uuid,
    error_stage       text NOT NULL,
    error_type        text NOT NULL,
    error_code        text NOT NULL,
    error_message     text NOT NULL,
    source_hints_used jsonb,
    raw_payload       jsonb NOT NULL,
    retry_strategy    text NOT NULL,
    retry_after       timestamptz,
    status            text NOT NULL DEFAULT 'open',
    created_at        timestamptz NOT NULL DEFAULT now(),
    last_updated_at   timestamptz NOT NULL DEFAULT now(),
    disposition       public.error_disposition DEFAULT 'RETRY',
    retry_count       integer DEFAULT 0,
    max_retries       integer DEFAULT 3,
    archived_at       timestamptz,
    parked_at         timestamptz,
    parked_by         text,
    park_reason       text,
    escalation_level  integer DEFAULT 0,
    escalated_at      timestamptz,
    ttl_tier          public.ttl_tier DEFAULT 'MEDIUM',
    last_retry_at     timestamptz,
    next_retry_at     timestamptz,
    retry_exhausted   boolean DEFAULT false,
    CONSTRAINT people_errors_pkey PRIMARY KEY (error_id),
    CONSTRAINT chk_error_stage
        CHECK (error_stage IN (
            'slot_creation', 'slot_fill', 'movement_detect', 'enrichment', 'promotion')),
    CONSTRAINT chk_error_type
        CHECK (error_type IN (
            'validation', 'ambiguity', 'conflict', 'missing_data', 'stale_data',
            'external_fail')),
    CONSTRAINT chk_retry_strategy CHECK (retry_strategy IN ('manual_fix', 'auto_retry', 'discard')),
    CONSTRAINT chk_status CHECK (status IN ('open', 'fixed', 'replayed', 'abandoned')),
    CONSTRAINT chk_people_errors_escalation CHECK (escalation_level BETWEEN 0 AND 3),
    CONSTRAINT chk_people_errors_max_retries CHECK (max_retries >= 1)
);

CREATE TABLE people.people_invalid (
    id                  bigserial,
    unique_id           text NOT NULL,
    full_name           text,
    first_name          text,
    last_name           text,
    email               text,
    phone               text,
    title               text,
    company_name        text,
    company_unique_id   text,
    linkedin_url        text,
    city                text,
    state               text,
    validation_status   text DEFAULT 'FAILED',
    reason_code         text NOT NULL,
    validation_errors   jsonb NOT NULL,
    validation_warnings jsonb,
    failed_at           timestamp DEFAULT now(),
    reviewed            boolean DEFAULT false,
    batch_id            text,
    source_table        text DEFAULT 'marketing.people_raw_wv',
    created_at          timestamp DEFAULT now(),
    updated_at          timestamp DEFAULT now(),
    promoted_to         text,
    promoted_at         timestamp,
    enrichment_data     jsonb,
    CONSTRAINT people_invalid_pkey PRIMARY KEY (id),
    CONSTRAINT people_invalid_unique_id_key UNIQUE (unique_id)
);

CREATE TABLE people.people_resolution_queue (
    queue_id               serial,
    company_unique_id      text NOT NULL,
    company_slot_unique_id text NOT NULL,
    slot_type              text,
    existing_email         text,
    issue_type             text NOT NULL,
    priority               integer DEFAULT 5,
    status                 text DEFAULT 'pending',
    resolved_contact_id    text,
    created_at             timestamp DEFAULT now(),
    last_touched_at        timestamp,
    resolved_at            timestamp,
    touched_by             text,
    assigned_to            text,
    notes                  text,
    error_details          jsonb,
    attempt_count          integer DEFAULT 0,
    CONSTRAINT people_resolution_queue_pkey PRIMARY KEY (queue_id),
    CONSTRAINT people_resolution_queue_status_check
        CHECK (status IN ('pending', 'in_progress', 'resolved', 'escalated', 'failed')),
    CONSTRAINT queue_issue_type_valid
        CHECK (issue_type IN (
            'missing_contact', 'bad_email', 'duplicate', 'invalid_data', 'unverified_email',
            'incomplete_profile'))
);

CREATE TABLE people.paid_enrichment_queue (
    id                serial,
    source_url_id     uuid NOT NULL,
    company_unique_id text NOT NULL,
    company_name      varchar(255),
    source_url        text NOT NULL,
    url_type          varchar(50),
    failure_reason    text,
    empty_slots       text[],
    priority          integer DEFAULT 50,
    queued_at         timestamp DEFAULT now(),
    processed_at      timestamp,
    processed_via     varchar(50),
    status            varchar(20) DEFAULT 'queued',
    CONSTRAINT paid_enrichment_queue_pkey PRIMARY KEY (id)
);

CREATE TABLE people.people_promotion_audit (
    audit_id          serial,
    run_id            text NOT NULL,
    resolution_status text NOT NULL,
    role              text,
    count             integer DEFAULT 0,
    created_at        timestamptz DEFAULT now(),
    CONSTRAINT people_promotion_audit_pkey PRIMARY KEY (audit_id)
);

CREATE TABLE people.people_resolution_history (
    history_id         uuid DEFAULT gen_random_uuid(),
    outreach_id        uuid NOT NULL,
    slot_type          varchar(20) NOT NULL,
    person_identifier  text NOT NULL,
    resolution_outcome varchar(30) NOT NULL,
    rejection_reason   text,
    confidence_score   numeric(5,2),
    source             varchar(50),
    source_response    jsonb,
    checked_at         timestamptz DEFAULT now(),
    process_id         uuid,
    correlation_id     uuid,
    created_at         timestamptz DEFAULT now(),
    CONSTRAINT people_resolution_history_pkey PRIMARY KEY (history_id),
    CONSTRAINT uq_people_resolution UNIQUE (outreach_id, slot_type, person_identifier)
);

CREATE TABLE people.company_resolution_log (
    log_id            serial,
    person_intake_id  text NOT NULL,
    resolution_status text NOT NULL,
    company_id        text,
    normalized_role   text,
    reason            text,
    run_id            text NOT NULL,
    created_at        timestamptz DEFAULT now(),
    CONSTRAINT company_resolution_log_pkey PRIMARY KEY (log_id)
);

CREATE TABLE people.person_movement_history (
    id               serial,
    person_unique_id text NOT NULL,
    linkedin_url     text,
    company_from_id  text NOT NULL,
    company_to_id    text,
    title_from       text NOT NULL,
    title_to         text,
    movement_type    text NOT NULL,
    detected_at      timestamp NOT NULL DEFAULT now(),
    raw_payload      jsonb,
    created_at       timestamp DEFAULT now(),
    CONSTRAINT person_movement_history_pkey PRIMARY KEY (id),
    CONSTRAINT person_movement_history_movement_type_check
        CHECK (movement_type IN ('company_change', 'title_change', 'contact_lost'))
);

CREATE TABLE people.slot_assignment_history (
    history_id             bigserial,
    event_type             text NOT NULL,
    company_slot_unique_id text NOT NULL,
    company_unique_id      text NOT NULL,
    slot_type              text NOT NULL,
    person_unique_id       text,
    confidence_score       numeric(5,2),
    displaced_by_person_id text,
    displacement_reason    text,
    source_system          text NOT NULL DEFAULT 'people_pipeline',
    event_ts               timestamptz NOT NULL DEFAULT now(),
    created_at             timestamptz NOT NULL DEFAULT now(),
    original_filled_at     timestamptz,
    tenure_days            integer,
    event_metadata         jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT slot_assignment_history_pkey PRIMARY KEY (history_id),
    CONSTRAINT slot_assignment_history_event_type_check
        CHECK (event_type IN ('ASSIGNED', 'DISPLACED', 'VACATED'))
);
