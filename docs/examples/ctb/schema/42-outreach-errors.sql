-- Errors, audit logs and histories of the outreach hubs.

CREATE TABLE outreach.company_target_errors (
    error_id         uuid DEFAULT gen_random_uuid(),
    outreach_id      uuid NOT NULL,
    pipeline_stage   varchar(100) NOT NULL,
    failure_code     varchar(50) NOT NULL,
    blocking_reason  text NOT NULL,
    severity         varchar(20) NOT NULL DEFAULT 'blocking',
    retry_allowed    boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    resolved_at      timestamptz,
    resolution_note  text,
    raw_input        jsonb,
    stack_trace      text,
    imo_stage        varchar(10),
    requeue_attempts integer DEFAULT 0,
    disposition      public.error_disposition DEFAULT 'RETRY',
    retry_count      integer DEFAULT 0,
    max_retries      integer DEFAULT 3,
    archived_at      timestamptz,
    parked_at        timestamptz,
    parked_by        text,
    park_reason      text,
    escalation_level integer DEFAULT 0,
    escalated_at     timestamptz,
    ttl_tier         public.ttl_tier DEFAULT 'MEDIUM',
    last_retry_at    timestamptz,
    next_retry_at    timestamptz,
    retry_exhausted  boolean DEFAULT false,
    CONSTRAINT company_target_errors_pkey PRIMARY KEY (error_id),
    CONSTRAINT chk_company_target_errors_escalation CHECK (escalation_level BETWEEN 0 AND 3),
    CONSTRAINT chk_company_target_errors_max_retries CHECK (max_retries >= 1)
);

CREATE TABLE outreach.people_errors (
    error_id         uuid DEFAULT gen_random_uuid(),
    outreach_id      uuid NOT NULL,
    pipeline_stage   varchar(100) NOT NULL,
    failure_code     varchar(50) NOT NULL,
    blocking_reason  text NOT NULL,
    severity         varchar(20) NOT NULL DEFAULT 'blocking',
    retry_allowed    boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    resolved_at      timestamptz,
    resolution_note  text,
    raw_input        jsonb,
    stack_trace      text,
    requeue_attempts integer DEFAULT 0,
    CONSTRAINT people_errors_pkey PRIMARY KEY (error_id)
);

CREATE TABLE outreach.dol_errors (
    error_id         uuid DEFAULT gen_random_uuid(),
    outreach_id      uuid NOT NULL,
    pipeline_stage   varchar(100) NOT NULL,
    failure_code     varchar(50) NOT NULL,
    blocking_reason  text NOT NULL,
    severity         varchar(20) NOT NULL DEFAULT 'blocking',
    retry_allowed    boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    resolved_at      timestamptz,
    resolution_note  text,
    raw_input        jsonb,
    stack_trace      text,
    requeue_attempts integer DEFAULT 0,
    disposition      public.error_disposition DEFAULT 'RETRY',
    retry_count      integer DEFAULT 0,
    max_retries      integer DEFAULT 5,
    archived_at      timestamptz,
    parked_at        timestamptz,
    parked_by        text,
    park_reason      text,
    escalation_level integer DEFAULT 0,
    escalated_at     timestamptz,
    ttl_tier         public.ttl_tier DEFAULT 'MEDIUM',
    last_retry_at    timestamptz,
    next_retry_at    timestamptz,
    retry_exhausted  boolean DEFAULT false,
    CONSTRAINT dol_errors_pkey PRIMARY KEY (error_id),
    CONSTRAINT chk_dol_errors_escalation CHECK (escalation_level BETWEEN 0 AND 3),
    CONSTRAINT chk_dol_errors_max_retries CHECK (max_retries >= 1)
);

CREATE TABLE outreach.blog_errors (
    error_id         uuid DEFAULT gen_random_uuid(),
    outreach_id      uuid NOT NULL,
    pipeline_stage   varchar(100) NOT NULL,
    failure_code     varchar(50) NOT NULL,
    blocking_reason  text NOT NULL,
    severity         varchar(20) NOT NULL DEFAULT 'blocking',
    retry_allowed    boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    resolved_at      timestamptz,
    resolution_note  text,
    raw_input        jsonb,
    stack_trace      text,
    process_id       uuid,
    requeue_attempts integer DEFAULT 0,
    CONSTRAINT blog_errors_pkey PRIMARY KEY (error_id)
);

CREATE TABLE outreach.bit_errors (
    error_id        uuid DEFAULT gen_random_uuid(),
    outreach_id     uuid,
    pipeline_stage  varchar(20) NOT NULL,
    failure_code    varchar(30) NOT NULL,
    blocking_reason text NOT NULL,
    severity        varchar(10) NOT NULL DEFAULT 'ERROR',
    retry_allowed   boolean NOT NULL DEFAULT false,
    correlation_id  uuid,
    process_id      uuid,
    raw_input       jsonb,
    stack_trace     text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bit_errors_pkey PRIMARY KEY (error_id),
    CONSTRAINT chk_bit_error_severity CHECK (severity IN ('INFO', 'WARN', 'ERROR', 'FATAL'))
);

CREATE TABLE outreach.pipeline_audit_log (
    log_id            serial,
    company_unique_id text NOT NULL,
    outreach_id       text,
    hub               text NOT NULL,
    outcome           text NOT NULL,
    failure_code      text,
    run_id            text NOT NULL,
    created_at        timestamptz DEFAULT now(),
    CONSTRAINT pipeline_audit_log_pkey PRIMARY KEY (log_id)
);

CREATE TABLE outreach.dol_audit_log (
    log_id      serial,
    company_id  text NOT NULL,
    state       text,
    attempted   boolean DEFAULT true,
    outcome     text NOT NULL,
    ein         text,
    fail_reason text,
    run_id      text NOT NULL,
    created_at  timestamptz DEFAULT now(),
    CONSTRAINT dol_audit_log_pkey PRIMARY KEY (log_id)
);

CREATE TABLE outreach.blog_source_history (
    history_id      uuid DEFAULT gen_random_uuid(),
    outreach_id     uuid NOT NULL,
    source_type     varchar(50) NOT NULL,
    source_url      text NOT NULL,
    first_seen_at   timestamptz NOT NULL DEFAULT now(),
    last_checked_at timestamptz,
    status          varchar(20) DEFAULT 'active',
    http_status     integer,
    redirect_url    text,
    checksum        text,
    process_id      uuid,
    correlation_id  uuid,
    created_at      timestamptz DEFAULT now(),
    CONSTRAINT blog_source_history_pkey PRIMARY KEY (history_id),
    CONSTRAINT uq_blog_source_outreach_url UNIQUE (outreach_id, source_url)
);

CREATE TABLE outreach.bit_input_history (
    history_id         uuid DEFAULT gen_random_uuid(),
    outreach_id        uuid NOT NULL,
    signal_type        varchar(50) NOT NULL,
    source             varchar(50) NOT NULL,
    signal_fingerprint text NOT NULL,
    signal_payload     jsonb,
    first_seen_at      timestamptz DEFAULT now(),
    last_used_at       timestamptz,
    use_count          integer DEFAULT 1,
    score_contribution integer,
    correlation_id     uuid,
    process_id         uuid,
    created_at         timestamptz DEFAULT now(),
    CONSTRAINT bit_input_history_pkey PRIMARY KEY (history_id),
    CONSTRAINT uq_bit_input_fingerprint UNIQUE (outreach_id, signal_fingerprint)
);
