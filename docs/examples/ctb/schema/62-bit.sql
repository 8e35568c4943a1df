-- Buyer-intent signals and what they authorise.

CREATE TABLE bit.authorization_log (
    log_id            uuid DEFAULT gen_random_uuid(),
    company_unique_id text NOT NULL,
    requested_action  text NOT NULL,
    requested_band    integer NOT NULL,
    authorized        boolean NOT NULL,
    actual_band       integer NOT NULL,
    denial_reason     text,
    proof_id          text,
    proof_valid       boolean,
    requested_at      timestamptz NOT NULL DEFAULT now(),
    requested_by      text NOT NULL,
    correlation_id    text,
    CONSTRAINT authorization_log_pkey PRIMARY KEY (log_id),
    CONSTRAINT valid_requested_band CHECK (requested_band BETWEEN 0 AND 5),
    CONSTRAINT valid_actual_band CHECK (actual_band BETWEEN 0 AND 5)
);

CREATE TABLE bit.movement_events (
    movement_id       uuid DEFAULT gen_random_uuid(),
    company_unique_id text NOT NULL,
    source_hub        text NOT NULL,
    source_table      text NOT NULL,
    source_fields     text[] NOT NULL,
    movement_class    text NOT NULL,
    pressure_class    text NOT NULL,
    domain            text NOT NULL,
    direction         text NOT NULL,
    magnitude         numeric(5,2) NOT NULL,
    detected_at       timestamptz NOT NULL DEFAULT now(),
    valid_from        timestamptz NOT NULL,
    valid_until       timestamptz NOT NULL,
    comparison_period text,
    evidence          jsonb NOT NULL,
    source_record_ids jsonb NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT movement_events_pkey PRIMARY KEY (movement_id),
    CONSTRAINT valid_domain
        CHECK (domain IN ('STRUCTURAL_PRESSURE', 'DECISION_SURFACE', 'NARRATIVE_VOLATILITY')),
    CONSTRAINT valid_direction
        CHECK (direction IN ('INCREASING', 'DECREASING', 'REVERTING', 'STABLE')),
    CONSTRAINT valid_magnitude CHECK (magnitude BETWEEN 0 AND 100),
    CONSTRAINT valid_window CHECK (valid_until > valid_from)
);

CREATE TABLE bit.phase_state (
    company_unique_id   text,
    current_band        integer NOT NULL DEFAULT 0,
    phase_status        text NOT NULL DEFAULT 'SILENT',
    dol_active          boolean NOT NULL DEFAULT false,
    people_active       boolean NOT NULL DEFAULT false,
    blog_active         boolean NOT NULL DEFAULT false,
    primary_pressure    text,
    aligned_domains     integer NOT NULL DEFAULT 0,
    last_movement_at    timestamptz,
    last_band_change_at timestamptz,
    phase_entered_at    timestamptz,
    stasis_start        timestamptz,
    stasis_years        numeric(3,1) DEFAULT 0,
    updated_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT phase_state_pkey PRIMARY KEY (company_unique_id),
    CONSTRAINT valid_band CHECK (current_band BETWEEN 0 AND 5),
    CONSTRAINT valid_phase
        CHECK (phase_status IN ('SILENT', 'WATCH', 'EXPLORATORY', 'TARGETED', 'ENGAGED', 'DIRECT')),
    CONSTRAINT valid_aligned CHECK (aligned_domains BETWEEN 0 AND 3)
);

CREATE TABLE bit.proof_lines (
    proof_id          text,
    company_unique_id text NOT NULL,
    band              integer NOT NULL,
    pressure_class    text NOT NULL,
    sources           text[] NOT NULL,
    evidence          jsonb NOT NULL,
    movement_ids      uuid[] NOT NULL,
    human_readable    text NOT NULL,
    generated_at      timestamptz NOT NULL DEFAULT now(),
    valid_until       timestamptz NOT NULL,
    generated_by      text NOT NULL,
    CONSTRAINT proof_lines_pkey PRIMARY KEY (proof_id),
    CONSTRAINT valid_band CHECK (band BETWEEN 0 AND 5),
    CONSTRAINT valid_window CHECK (valid_until > generated_at),
    CONSTRAINT band3_requires_sources CHECK (band < 3 OR cardinality(sources) >= 1),
    CONSTRAINT band4_requires_multi_source CHECK (band < 4 OR cardinality(sources) >= 2)
);
