-- People, the three slots of every company, and what is staged for them.

CREATE TABLE people.people_master (
    unique_id                 text,
    company_unique_id         text NOT NULL,
    company_slot_unique_id    text NOT NULL,
    first_name                text NOT NULL,
    last_name                 text NOT NULL,
    full_name                 text
        GENERATED ALWAYS AS (btrim(first_name || ' ' || last_name)) STORED,
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
    skills                    text[],
    education                 text,
    certifications            text[],
    source_system             text NOT NULL,
    source_record_id          text,
    promoted_from_intake_at   timestamptz NOT NULL DEFAULT now(),
    promotion_audit_log_id    integer,
    created_at                timestamptz DEFAULT now(),
    updated_at                timestamptz DEFAULT now(),
    email_verified            boolean DEFAULT false,
    message_key_scheduled     text,
    email_verification_source text,
    email_verified_at         timestamptz,
    validation_status         varchar
        GENERATED ALWAYS AS (CASE WHEN linkedin_url IS NOT NULL AND email IS NOT NULL THEN 'full'
                                  WHEN linkedin_url IS NOT NULL THEN 'linkedin_only'
                                  WHEN email IS NOT NULL THEN 'email_only'
                                  ELSE 'invalid' END) STORED,
    last_verified_at          timestamp NOT NULL DEFAULT now(),
    last_enrichment_attempt   timestamp,
    is_decision_maker         boolean DEFAULT false,
    CONSTRAINT people_master_pkey PRIMARY KEY (unique_id),
    CONSTRAINT people_master_barton_id_format
        CHECK (unique_id ~ '^04\.04\.02\.\d{2}\.\d{5,6}\.\d{3}$'),
    CONSTRAINT people_master_email_format
        CHECK (email IS NULL OR email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    CONSTRAINT chk_contact_required CHECK (linkedin_url IS NOT NULL OR email IS NOT NULL)
);

CREATE TABLE people.company_slot (
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
    CONSTRAINT company_slot_pkey PRIMARY KEY (slot_id),
    CONSTRAINT company_slot_outreach_id_slot_type_key UNIQUE (outreach_id, slot_type)
);

CREATE TABLE people.people_staging (
    id                serial,
    source_url_id     uuid,
    company_unique_id text NOT NULL,
    raw_name          text,
    first_name        varchar(100),
    last_name         varchar(100),
    raw_title         text,
    normalized_title  varchar(100),
    mapped_slot_type  varchar(20),
    linkedin_url      varchar(500),
    email             varchar(255),
    confidence_score  numeric(3,2),
    status            varchar(20) DEFAULT 'pending',
    created_at        timestamp DEFAULT now(),
    processed_at      timestamp,
    CONSTRAINT people_staging_pkey PRIMARY KEY (id)
);

CREATE TABLE people.people_candidate (
    candidate_id     uuid DEFAULT gen_random_uuid(),
    outreach_id      uuid NOT NULL,
    slot_type        varchar(20) NOT NULL,
    person_name      text,
    person_title     text,
    person_email     text,
    linkedin_url     text,
    confidence_score numeric(5,2),
    source           varchar(50) NOT NULL,
    status           varchar(20) NOT NULL DEFAULT 'pending',
    rejection_reason text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    processed_at     timestamptz,
    expires_at       timestamptz DEFAULT (now() + '7 days'::interval),
    CONSTRAINT people_candidate_pkey PRIMARY KEY (candidate_id),
    CONSTRAINT uq_candidate_outreach_slot_email UNIQUE (outreach_id, slot_type, person_email),
    CONSTRAINT people_candidate_slot_type_check
        CHECK (slot_type IN (
            'CEO', 'CFO', 'HR', 'BEN', 'CHRO', 'HR_MANAGER', 'BENEFITS_LEAD',
            'PAYROLL_ADMIN', 'HR_SUPPORT', 'OTHER')),
    CONSTRAINT people_candidate_status_check
        CHECK (status IN ('pending', 'accepted', 'rejected', 'expired', 'duplicate')),
    CONSTRAINT people_candidate_confidence_score_check CHECK (confidence_score BETWEEN 0 AND 100)
);

CREATE TABLE people.people_sidecar (
    person_unique_id     varchar(50),
    clay_insight_summary text,
    clay_segments        text[],
    social_profiles      jsonb,
    enrichment_payload   jsonb,
    last_enriched_at     timestamp,
    enrichment_source    text,
    confidence_score     numeric(5,2),
    created_at           timestamp DEFAULT now(),
    updated_at           timestamp DEFAULT now(),
    CONSTRAINT people_sidecar_pkey PRIMARY KEY (person_unique_id)
);

CREATE TABLE people.person_scores (
    id               serial,
    person_unique_id text NOT NULL,
    bit_score        integer,
    confidence_score integer,
    calculated_at    timestamp NOT NULL DEFAULT now(),
    score_factors    jsonb,
    created_at       timestamp DEFAULT now(),
    updated_at       timestamp DEFAULT now(),
    CONSTRAINT person_scores_pkey PRIMARY KEY (id),
    CONSTRAINT person_scores_person_unique_id_key UNIQUE (person_unique_id),
    CONSTRAINT person_scores_bit_score_check CHECK (bit_score BETWEEN 0 AND 100),
    CONSTRAINT person_scores_confidence_score_check CHECK (confidence_score BETWEEN 0 AND 100)
);

CREATE TABLE people.pressure_signals (
    signal_id         uuid DEFAULT gen_random_uuid(),
    company_unique_id text NOT NULL,
    signal_type       varchar(50) NOT NULL,
    pressure_domain   public.pressure_domain NOT NULL DEFAULT 'DECISION_SURFACE',
    pressure_class    public.pressure_class_type,
    signal_value      jsonb NOT NULL DEFAULT '{}',
    magnitude         integer NOT NULL DEFAULT 0,
    detected_at       timestamptz NOT NULL DEFAULT now(),
    expires_at        timestamptz NOT NULL,
    correlation_id    uuid,
    source_record_id  text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pressure_signals_pkey PRIMARY KEY (signal_id),
    CONSTRAINT pressure_signals_magnitude_check CHECK (magnitude BETWEEN 0 AND 100),
    CONSTRAINT chk_people_pressure_domain CHECK (pressure_domain = 'DECISION_SURFACE')
);

CREATE TABLE people.slot_ingress_control (
    switch_id   uuid DEFAULT gen_random_uuid(),
    switch_name varchar(50) NOT NULL,
    is_enabled  boolean NOT NULL DEFAULT false,
    description text,
    enabled_by  varchar(100),
    enabled_at  timestamptz,
    disabled_by varchar(100),
    disabled_at timestamptz DEFAULT now(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT slot_ingress_control_pkey PRIMARY KEY (switch_id),
    CONSTRAINT slot_ingress_control_switch_name_key UNIQUE (switch_name)
);

CREATE TABLE people.title_slot_mapping (
    id            serial,
    title_pattern varchar(100) NOT NULL,
    slot_type     varchar(20) NOT NULL,
    priority      integer DEFAULT 50,
    created_at    timestamp DEFAULT now(),
    CONSTRAINT title_slot_mapping_pkey PRIMARY KEY (id),
    CONSTRAINT title_slot_mapping_title_pattern_slot_type_key UNIQUE (title_pattern, slot_type)
);
