-- The spine (outreach.outreach, one row per company) and what hangs on it.

CREATE TABLE outreach.outreach (
    outreach_id     uuid DEFAULT gen_random_uuid(),
    sovereign_id    uuid NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    domain          varchar(255),
    ein             varchar(20),
    has_appointment boolean DEFAULT false,
    CONSTRAINT outreach_pkey PRIMARY KEY (outreach_id)
);

CREATE TABLE outreach.company_target (
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
    industry           varchar(255),
    employees          integer,
    country            varchar(10),
    state              varchar(50),
    city               varchar(100),
    postal_code        varchar(20),
    data_year          integer,
    CONSTRAINT company_target_pkey PRIMARY KEY (target_id),
    CONSTRAINT company_target_outreach_status_check
        CHECK (outreach_status IN ('queued', 'active', 'paused', 'completed', 'disqualified')),
    CONSTRAINT company_target_bit_score_snapshot_check CHECK (bit_score_snapshot BETWEEN 0 AND 100),
    CONSTRAINT chk_execution_status
        CHECK (execution_status IN ('pending', 'ready', 'failed', 'blocked'))
);

CREATE TABLE outreach.dol (
    dol_id            uuid DEFAULT gen_random_uuid(),
    outreach_id       uuid NOT NULL,
    ein               text,
    filing_present    boolean,
    funding_type      text,
    broker_or_advisor text,
    carrier           text,
    created_at        timestamptz DEFAULT now(),
    updated_at        timestamptz DEFAULT now(),
    CONSTRAINT dol_pkey PRIMARY KEY (dol_id)
);

CREATE TABLE outreach.blog (
    blog_id           uuid DEFAULT gen_random_uuid(),
    outreach_id       uuid NOT NULL,
    context_summary   text,
    source_type       text,
    source_url        text,
    context_timestamp timestamptz,
    created_at        timestamptz DEFAULT now(),
    source_type_enum  outreach.blog_source_type,
    about_url         text,
    news_url          text,
    extraction_method text,
    last_extracted_at timestamptz,
    CONSTRAINT blog_pkey PRIMARY KEY (blog_id)
);

CREATE TABLE outreach.bit_scores (
    outreach_id       uuid,
    score             numeric(5,2) NOT NULL DEFAULT 0,
    score_tier        varchar(10) NOT NULL DEFAULT 'COLD',
    signal_count      integer NOT NULL DEFAULT 0,
    people_score      numeric(5,2) NOT NULL DEFAULT 0,
    dol_score         numeric(5,2) NOT NULL DEFAULT 0,
    blog_score        numeric(5,2) NOT NULL DEFAULT 0,
    talent_flow_score numeric(5,2) NOT NULL DEFAULT 0,
    last_signal_at    timestamptz,
    last_scored_at    timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bit_scores_pkey PRIMARY KEY (outreach_id),
    CONSTRAINT chk_score_tier CHECK (score_tier IN ('COLD', 'WARM', 'HOT', 'BURNING'))
);

CREATE TABLE outreach.bit_signals (
    signal_id         uuid DEFAULT gen_random_uuid(),
    outreach_id       uuid NOT NULL,
    signal_type       varchar(50) NOT NULL,
    signal_impact     numeric(5,2) NOT NULL,
    source_spoke      varchar(50) NOT NULL,
    correlation_id    uuid NOT NULL,
    process_id        uuid,
    signal_metadata   jsonb,
    decay_period_days integer NOT NULL DEFAULT 90,
    decayed_impact    numeric(5,2),
    signal_timestamp  timestamptz NOT NULL DEFAULT now(),
    processed_at      timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bit_signals_pkey PRIMARY KEY (signal_id)
);

CREATE TABLE outreach.hub_registry (
    hub_id                    varchar(50),
    hub_name                  varchar(100) NOT NULL,
    doctrine_id               varchar(20) NOT NULL,
    classification            varchar(20) NOT NULL,
    gates_completion          boolean NOT NULL DEFAULT false,
    waterfall_order           integer NOT NULL,
    core_metric               varchar(50) NOT NULL,
    metric_healthy_threshold  numeric(5,2),
    metric_critical_threshold numeric(5,2),
    description               text,
    created_at                timestamptz NOT NULL DEFAULT now(),
    updated_at                timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT hub_registry_pkey PRIMARY KEY (hub_id),
    CONSTRAINT hub_registry_classification_check CHECK (classification IN ('required', 'optional'))
);

CREATE TABLE outreach.company_hub_status (
    company_unique_id text NOT NULL,
    hub_id            varchar(50) NOT NULL,
    status            outreach.hub_status_enum NOT NULL DEFAULT 'IN_PROGRESS',
    status_reason     text,
    metric_value      numeric(10,4),
    last_processed_at timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT company_hub_status_pkey PRIMARY KEY (company_unique_id, hub_id)
);

CREATE TABLE outreach.blog_ingress_control (
    control_id           uuid DEFAULT gen_random_uuid(),
    enabled              boolean NOT NULL DEFAULT false,
    enabled_at           timestamptz,
    enabled_by           text,
    disabled_at          timestamptz,
    disabled_by          text,
    max_urls_per_hour    integer DEFAULT 100,
    max_urls_per_company integer DEFAULT 10,
    url_ttl_days         integer DEFAULT 30,
    content_ttl_days     integer DEFAULT 7,
    notes                text,
    singleton_key        integer DEFAULT 1,
    created_at           timestamptz DEFAULT now(),
    updated_at           timestamptz DEFAULT now(),
    CONSTRAINT blog_ingress_control_pkey PRIMARY KEY (control_id),
    CONSTRAINT blog_ingress_control_singleton_key_key UNIQUE (singleton_key),
    CONSTRAINT blog_ingress_control_singleton_key_check CHECK (singleton_key = 1)
);

CREATE TABLE outreach.entity_resolution_queue (
    id                uuid DEFAULT gen_random_uuid(),
    company_unique_id text NOT NULL,
    candidate_ein     varchar(9),
    candidate_name    text,
    candidate_city    text,
    candidate_state   varchar(2),
    candidate_zip     varchar(10),
    clay_domain       text,
    match_score       numeric,
    match_tier        varchar(10),
    resolution_status varchar(20) DEFAULT 'pending',
    resolution_method text,
    resolved_at       timestamptz,
    created_at        timestamptz DEFAULT now(),
    CONSTRAINT entity_resolution_queue_pkey PRIMARY KEY (id)
);

CREATE TABLE outreach.dol_url_enrichment (
    id                        uuid DEFAULT gen_random_uuid(),
    ein                       varchar(9) NOT NULL,
    legal_name                text NOT NULL,
    dba_name                  text,
    city                      text,
    state                     varchar(2),
    zip                       varchar(10),
    participants              integer,
    enriched_url              text,
    search_query              text,
    confidence                varchar(10),
    matched_company_unique_id text,
    match_status              varchar(20),
    created_at                timestamptz DEFAULT now(),
    CONSTRAINT dol_url_enrichment_pkey PRIMARY KEY (id)
);

CREATE TABLE outreach.appointments (
    appointment_id      uuid DEFAULT gen_random_uuid(),
    outreach_id         uuid,
    domain              varchar(255),
    prospect_keycode_id bigint,
    appt_number         varchar(50),
    appt_date           date,
    contact_first_name  varchar(100),
    contact_last_name   varchar(100),
    contact_title       varchar(200),
    contact_email       varchar(255),
    contact_phone       varchar(20),
    company_name        varchar(255) NOT NULL,
    address_1           varchar(255),
    address_2           varchar(255),
    city                varchar(100),
    state               varchar(10),
    zip                 varchar(20),
    county              varchar(100),
    notes               text,
    source_file         varchar(255),
    created_at          timestamptz DEFAULT now(),
    updated_at          timestamptz DEFAULT now(),
    CONSTRAINT appointments_pkey PRIMARY KEY (appointment_id)
);
