-- The run log of earlier migrations, and the sales tables that a future hub owns.

CREATE TABLE public.migration_log (
    id             serial,
    migration_name varchar(100),
    step           varchar(200),
    status         varchar(20),
    details        text,
    executed_at    timestamp DEFAULT now(),
    CONSTRAINT migration_log_pkey PRIMARY KEY (id)
);

CREATE TABLE public.sn_prospect (
    id              uuid DEFAULT public.uuid_generate_v4(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    name            text NOT NULL,
    email           text,
    phone           text,
    source          text NOT NULL DEFAULT 'manual',
    status          text NOT NULL DEFAULT 'new',
    raw_intake_data jsonb NOT NULL DEFAULT '{}',
    hub_id          text NOT NULL DEFAULT 'HUB-SALES-NAV-20260130',
    CONSTRAINT sn_prospect_pkey PRIMARY KEY (id)
);

CREATE TABLE public.sn_sales_process (
    id              uuid DEFAULT public.uuid_generate_v4(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    prospect_id     uuid NOT NULL,
    current_meeting integer NOT NULL DEFAULT 1,
    overall_status  text NOT NULL DEFAULT 'pending',
    started_at      timestamptz NOT NULL DEFAULT now(),
    completed_at    timestamptz,
    final_outcome   text,
    hub_id          text NOT NULL DEFAULT 'HUB-SALES-NAV-20260130',
    CONSTRAINT sn_sales_process_pkey PRIMARY KEY (id)
);

CREATE TABLE public.sn_meeting (
    id               uuid DEFAULT public.uuid_generate_v4(),
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    prospect_id      uuid NOT NULL,
    sales_process_id uuid NOT NULL,
    meeting_number   integer NOT NULL,
    meeting_type     text NOT NULL,
    status           text NOT NULL DEFAULT 'scheduled',
    scheduled_at     timestamptz,
    started_at       timestamptz,
    completed_at     timestamptz,
    notes            text,
    hub_id           text NOT NULL DEFAULT 'HUB-SALES-NAV-20260130',
    CONSTRAINT sn_meeting_pkey PRIMARY KEY (id),
    CONSTRAINT sn_meeting_sales_process_id_meeting_number_key
        UNIQUE (sales_process_id, meeting_number)
);

CREATE TABLE public.sn_meeting_outcome (
    id             uuid DEFAULT public.uuid_generate_v4(),
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    meeting_id     uuid NOT NULL,
    outcome_type   text NOT NULL,
    summary        text NOT NULL,
    action_items   jsonb DEFAULT '[]',
    collected_data jsonb DEFAULT '{}',
    hub_id         text NOT NULL DEFAULT 'HUB-SALES-NAV-20260130',
    CONSTRAINT sn_meeting_outcome_pkey PRIMARY KEY (id),
    CONSTRAINT sn_meeting_outcome_meeting_id_key UNIQUE (meeting_id)
);
