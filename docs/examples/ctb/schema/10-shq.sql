-- The central error table; triggers feed it (90-triggers.sql).

CREATE TABLE shq.error_master (
    error_id            uuid DEFAULT gen_random_uuid(),
    process_id          varchar(50) NOT NULL,
    agent_id            varchar(50) NOT NULL,
    severity            varchar(20) NOT NULL DEFAULT 'HARD_FAIL',
    error_type          varchar(50) NOT NULL,
    message             text NOT NULL,
    company_unique_id   varchar(50),
    outreach_context_id varchar(100),
    air_event_id        varchar(50),
    context             jsonb DEFAULT '{}',
    created_at          timestamptz NOT NULL DEFAULT now(),
    resolved_at         timestamptz,
    resolution_type     varchar(30),
    disposition         public.error_disposition DEFAULT 'IGNORE',
    archived_at         timestamptz,
    ttl_tier            public.ttl_tier DEFAULT 'LONG',
    CONSTRAINT error_master_pkey PRIMARY KEY (error_id)
);
