-- Tables that the document does not name, but whose foreign keys and index names stand in its way.
-- They have only the columns that matter for that.

CREATE TABLE company.company_events (
    event_id          serial CONSTRAINT company_events_pkey PRIMARY KEY,
    company_unique_id text NOT NULL,
    event_type        text NOT NULL,
    event_date        date
);

CREATE TABLE company.company_sidecar (
    company_unique_id text CONSTRAINT company_sidecar_pkey PRIMARY KEY,
    enrichment        jsonb
);

CREATE TABLE company.contact_enrichment (
    id                     serial CONSTRAINT contact_enrichment_pkey PRIMARY KEY,
    company_slot_unique_id text NOT NULL,
    enrichment_status      text
);

-- An archived table that still points at a live one.
CREATE TABLE archive.marketing_company_slot_v2_820258 (
    company_slot_unique_id text CONSTRAINT company_slot_v2_pkey PRIMARY KEY,
    company_unique_id      text,
    slot_type              text
);

-- An index whose name people.slot_assignment_history uses as well.
CREATE TABLE archive.people_slot_history_820260 (
    history_id             bigint CONSTRAINT slot_history_820260_pkey PRIMARY KEY,
    company_slot_unique_id text NOT NULL
);
CREATE INDEX idx_slot_history_slot_id
    ON archive.people_slot_history_820260 (company_slot_unique_id);
