-- Counts every trap planted in the example: one line "name|count" each (psql -At).
-- Meant for a database loaded at scale 1 with --populate and not yet changed by prepare.sql.
SET client_min_messages = warning;
SET TimeZone = 'UTC';

-- A company resolves when the bridge leads it to the spine, or company_target knows its id.
CREATE TEMP TABLE resolves AS
    SELECT b.source_company_id AS company, o.outreach_id
    FROM cl.company_identity_bridge b JOIN outreach.outreach o ON o.sovereign_id = b.company_sov_id
    UNION
    SELECT company_unique_id, outreach_id FROM outreach.company_target
    WHERE company_unique_id IS NOT NULL;
CREATE INDEX ON resolves (company);
ANALYZE resolves;

-- A local time that happened twice, or never, in New York.
CREATE FUNCTION pg_temp.in_clock_change(moment timestamp) RETURNS boolean LANGUAGE sql AS
$$ SELECT moment >= '2025-11-02 01:00' AND moment < '2025-11-02 02:00'
       OR moment >= '2025-03-09 02:00' AND moment < '2025-03-09 03:00' $$;

\ir facts/plan.sql
\ir facts/attachments.sql
\ir facts/merges.sql
\ir facts/values.sql
\ir facts/rows.sql
