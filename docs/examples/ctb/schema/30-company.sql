-- The older company list and the URLs discovered for it.

CREATE TABLE company.company_master (
    company_unique_id         text,
    company_name              text NOT NULL,
    website_url               text,
    industry                  text,
    employee_count            integer NOT NULL,
    company_phone             text,
    address_street            text,
    address_city              text,
    address_state             text NOT NULL,
    address_zip               text,
    address_country           text,
    linkedin_url              text,
    facebook_url              text,
    twitter_url               text,
    sic_codes                 text,
    founded_year              integer,
    keywords                  text[],
    description               text,
    source_system             text NOT NULL,
    source_record_id          text,
    promoted_from_intake_at   timestamptz NOT NULL DEFAULT now(),
    promotion_audit_log_id    integer,
    created_at                timestamptz DEFAULT now(),
    updated_at                timestamptz DEFAULT now(),
    state_abbrev              text,
    import_batch_id           text,
    validated_at              timestamptz,
    validated_by              text,
    data_quality_score        numeric(5,2),
    email_pattern             varchar(50),
    email_pattern_confidence  integer,
    email_pattern_source      varchar(50),
    email_pattern_verified_at timestamp,
    ein                       varchar(9),
    duns                      varchar(9),
    cage_code                 varchar(5),
    CONSTRAINT company_master_pkey PRIMARY KEY (company_unique_id),
    CONSTRAINT company_master_barton_id_format
        CHECK (company_unique_id ~ '^04\.04\.01\.\d{2}\.\d{5}\.\d{3}$'),
    CONSTRAINT company_master_employee_count_positive CHECK (employee_count >= 0),
    CONSTRAINT company_master_founded_year_reasonable
        CHECK (founded_year BETWEEN 1700 AND extract(year FROM now())),
    CONSTRAINT chk_employee_minimum CHECK (employee_count >= 50),
    CONSTRAINT chk_state_valid
        CHECK (address_state IN ('PA', 'VA', 'MD', 'OH', 'WV', 'KY', 'DE', 'NC', 'OK'))
);

CREATE TABLE company.company_slots (
    company_slot_unique_id text,
    company_unique_id      text NOT NULL,
    slot_type              text DEFAULT 'default',
    slot_label             text DEFAULT 'Primary Slot',
    created_at             timestamptz DEFAULT now(),
    CONSTRAINT company_slots_pkey PRIMARY KEY (company_slot_unique_id)
);

CREATE TABLE company.url_discovery_failures (
    failure_id        uuid DEFAULT gen_random_uuid(),
    company_unique_id text NOT NULL,
    website_url       text,
    failure_reason    varchar(100) NOT NULL,
    retry_count       integer DEFAULT 0,
    last_attempt_at   timestamptz,
    next_retry_at     timestamptz,
    resolved_at       timestamptz,
    created_at        timestamptz DEFAULT now(),
    disposition       public.error_disposition DEFAULT 'ARCHIVED',
    max_retries       integer DEFAULT 1,
    archived_at       timestamptz,
    parked_at         timestamptz,
    parked_by         text,
    park_reason       text,
    escalation_level  integer DEFAULT 0,
    escalated_at      timestamptz,
    ttl_tier          public.ttl_tier DEFAULT 'LONG',
    last_retry_at     timestamptz,
    retry_exhausted   boolean DEFAULT false,
    CONSTRAINT url_discovery_failures_pkey PRIMARY KEY (failure_id),
    CONSTRAINT url_discovery_failures_company_unique_id_key UNIQUE (company_unique_id),
    CONSTRAINT chk_url_discovery_failures_max_retries CHECK (max_retries >= 1)
);

CREATE TABLE company.url_discovery_failures_archive (
    failure_id           uuid,
    company_unique_id    text,
    domain               varchar(255),
    failure_reason       varchar(50),
    created_at           timestamptz,
    disposition          public.error_disposition,
    retry_count          integer,
    max_retries          integer,
    parked_at            timestamptz,
    parked_by            text,
    park_reason          text,
    escalation_level     integer,
    escalated_at         timestamptz,
    ttl_tier             public.ttl_tier,
    last_retry_at        timestamptz,
    retry_exhausted      boolean,
    archived_at          timestamptz NOT NULL DEFAULT now(),
    archived_by          text DEFAULT 'system',
    archive_reason       text DEFAULT 'TTL_EXPIRED',
    final_disposition    public.error_disposition,
    retention_expires_at timestamptz DEFAULT (now() + '1 year'::interval),
    CONSTRAINT url_discovery_failures_archive_pkey PRIMARY KEY (failure_id)
);
-- Leaves a dropped attribute (number 3) behind; website_url becomes attribute 22.
ALTER TABLE company.url_discovery_failures_archive DROP COLUMN domain;
ALTER TABLE company.url_discovery_failures_archive ADD COLUMN website_url text;

CREATE TABLE company.company_source_urls (
    source_id                uuid DEFAULT gen_random_uuid(),
    company_unique_id        text NOT NULL,
    source_type              varchar(50) NOT NULL,
    source_url               text NOT NULL,
    page_title               text,
    discovered_at            timestamptz NOT NULL DEFAULT now(),
    discovered_from          varchar(100),
    last_checked_at          timestamptz,
    http_status              integer,
    is_accessible            boolean DEFAULT true,
    content_checksum         text,
    last_content_change_at   timestamptz,
    extraction_status        varchar(50) DEFAULT 'pending',
    extracted_at             timestamptz,
    created_at               timestamptz DEFAULT now(),
    updated_at               timestamptz DEFAULT now(),
    extraction_error         text,
    people_extracted         integer DEFAULT 0,
    requires_paid_enrichment boolean DEFAULT false,
    CONSTRAINT company_source_urls_pkey PRIMARY KEY (source_id),
    CONSTRAINT company_source_urls_company_unique_id_source_url_key
        UNIQUE (company_unique_id, source_url)
);

CREATE TABLE company.pipeline_events (
    id            serial,
    event_type    text NOT NULL,
    payload       jsonb NOT NULL,
    status        text DEFAULT 'pending',
    error_message text,
    retry_count   integer DEFAULT 0,
    created_at    timestamp DEFAULT now(),
    processed_at  timestamp,
    CONSTRAINT pipeline_events_pkey PRIMARY KEY (id),
    CONSTRAINT pipeline_events_status_check
        CHECK (status IN ('pending', 'processing', 'processed', 'failed'))
);

CREATE TABLE company.message_key_reference (
    message_key        text,
    role               text NOT NULL,
    message_type       text NOT NULL,
    trigger_condition  text,
    vibeos_template_id text,
    message_channel    text,
    subject_line       text,
    preview_text       text,
    send_delay_hours   integer DEFAULT 0,
    optimal_send_time  text,
    active             boolean DEFAULT true,
    created_at         timestamptz DEFAULT now(),
    updated_at         timestamptz DEFAULT now(),
    CONSTRAINT message_key_reference_pkey PRIMARY KEY (message_key),
    CONSTRAINT message_key_reference_role_check CHECK (role IN ('CEO', 'CFO', 'HR', 'ALL')),
    CONSTRAINT message_key_reference_message_channel_check
        CHECK (message_channel IN ('email', 'linkedin', 'sms', 'both', 'multi')),
    CONSTRAINT message_key_reference_message_key_check
        CHECK (message_key ~ '^MSG\.[A-Z]+\.\d{3}\.[A-Z]$')
);
