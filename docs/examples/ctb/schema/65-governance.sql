-- What the document does not name and its tables lean on: where the daily job puts expired errors,
-- where changes of a hub's status are logged, and which jobs run when. Filled by functions and
-- triggers only.

-- Narrower than the tables they are fed from: a longer word ends the job.
CREATE TABLE outreach.company_target_errors_archive (
    error_id             uuid CONSTRAINT company_target_errors_archive_pkey PRIMARY KEY,
    outreach_id          uuid,
    pipeline_stage       varchar(50),
    failure_code         varchar(50),
    blocking_reason      text,
    severity             varchar(20),
    created_at           timestamptz,
    ttl_tier             public.ttl_tier,
    final_disposition    public.error_disposition,
    archived_at          timestamptz NOT NULL DEFAULT now(),
    archived_by          text DEFAULT 'system',
    archive_reason       text DEFAULT 'TTL_EXPIRED',
    retention_expires_at timestamptz DEFAULT (now() + '1 year'::interval)
);

CREATE TABLE outreach.dol_errors_archive (
    LIKE outreach.company_target_errors_archive INCLUDING DEFAULTS,
    CONSTRAINT dol_errors_archive_pkey PRIMARY KEY (error_id)
);

CREATE TABLE people.people_errors_archive (
    error_id             uuid CONSTRAINT people_errors_archive_pkey PRIMARY KEY,
    outreach_id          uuid,
    error_stage          varchar(50),
    error_type           varchar(50),
    error_code           varchar(50),
    error_message        text,
    raw_payload          jsonb,
    created_at           timestamptz,
    ttl_tier             public.ttl_tier,
    final_disposition    public.error_disposition,
    archived_at          timestamptz NOT NULL DEFAULT now(),
    archived_by          text DEFAULT 'system',
    archive_reason       text DEFAULT 'TTL_EXPIRED',
    retention_expires_at timestamptz DEFAULT (now() + '1 year'::interval)
);

CREATE TABLE outreach.hub_status_log (
    log_id            bigserial CONSTRAINT hub_status_log_pkey PRIMARY KEY,
    company_unique_id text NOT NULL,
    hub_id            varchar(50) NOT NULL,
    old_status        outreach.hub_status_enum,
    new_status        outreach.hub_status_enum NOT NULL,
    changed_at        timestamptz NOT NULL DEFAULT now()
);

-- Read by shq.fn_run_due_jobs(), which some scheduler outside the database calls every hour.
CREATE TABLE shq.job_schedule (
    job_name    text CONSTRAINT job_schedule_pkey PRIMARY KEY,
    command     text NOT NULL,
    run_every   interval NOT NULL,
    is_enabled  boolean NOT NULL DEFAULT true,
    last_run_at timestamptz
);
INSERT INTO shq.job_schedule (job_name, command, run_every) VALUES
    ('archive-expired-errors', 'SELECT shq.fn_archive_expired_errors()', '1 day'),
    ('park-exhausted-retries', 'SELECT shq.fn_auto_park_exhausted_retries()', '1 hour'),
    ('escalate-parked-errors', 'SELECT shq.fn_escalate_stale_parked_errors()', '1 day'),
    ('clean-up-archives', 'SELECT shq.fn_cleanup_expired_archives()', '7 days');
