-- Signals from company news.

CREATE TABLE blog.pressure_signals (
    signal_id         uuid DEFAULT gen_random_uuid(),
    company_unique_id text NOT NULL,
    signal_type       varchar(50) NOT NULL,
    pressure_domain   public.pressure_domain NOT NULL DEFAULT 'NARRATIVE_VOLATILITY',
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
    CONSTRAINT chk_blog_pressure_domain CHECK (pressure_domain = 'NARRATIVE_VOLATILITY')
);
