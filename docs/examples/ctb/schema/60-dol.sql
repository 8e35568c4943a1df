-- Filings of pension plans: sponsors by employer number (EIN).

CREATE TABLE dol.pressure_signals (
    signal_id         uuid DEFAULT gen_random_uuid(),
    company_unique_id text NOT NULL,
    signal_type       varchar(50) NOT NULL,
    pressure_domain   public.pressure_domain NOT NULL DEFAULT 'STRUCTURAL_PRESSURE',
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
    CONSTRAINT chk_dol_pressure_domain CHECK (pressure_domain = 'STRUCTURAL_PRESSURE')
);

CREATE TABLE dol.form_5500_icp_filtered (
    sponsor_dfe_ein         varchar(20),
    sponsor_dfe_name        varchar(500),
    spons_dfe_mail_us_state varchar(10),
    spons_dfe_mail_us_city  varchar(100),
    tot_active_partcp_cnt   integer,
    normalized_name         text
);

CREATE TABLE dol.column_metadata (
    id              serial,
    table_name      varchar(50) NOT NULL,
    column_name     varchar(100) NOT NULL,
    column_id       varchar(100) NOT NULL,
    description     text NOT NULL,
    category        varchar(50),
    data_type       varchar(50) NOT NULL,
    format_pattern  varchar(100),
    max_length      integer,
    search_keywords text[],
    is_pii          boolean DEFAULT false,
    is_searchable   boolean DEFAULT true,
    example_values  text[],
    created_at      timestamp DEFAULT now(),
    CONSTRAINT column_metadata_pkey PRIMARY KEY (id),
    CONSTRAINT column_metadata_table_name_column_name_key UNIQUE (table_name, column_name)
);
