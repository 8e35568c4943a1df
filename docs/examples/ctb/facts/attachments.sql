-- What hangs on the tables: counts by kind, and what of it a moved table breaks.

CREATE TEMP VIEW mine AS
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_';
CREATE TEMP VIEW routine AS
    SELECT p.oid, p.prosrc, p.prosqlbody, p.prosecdef FROM pg_proc p JOIN mine n ON n.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e');
-- Sources of the plan that leave their place, as text names them.
CREATE TEMP TABLE leaving (relation text);
INSERT INTO leaving VALUES ('company.company_master'), ('company.company_slots'),
    ('company.url_discovery_failures'), ('outreach.people'), ('outreach.people_errors'),
    ('outreach.blog_source_history'), ('outreach.bit_input_history'), ('bit.authorization_log'),
    ('people.people_resolution_history'), ('people.slot_assignment_history'),
    ('people.people_resolution_queue'), ('dol.pressure_signals'), ('people.pressure_signals'),
    ('bit.phase_state'), ('bit.proof_lines'), ('talent_flow.movement_history');

SELECT 'attached: views', count(*) FROM pg_class c JOIN mine n ON n.oid = c.relnamespace
WHERE relkind = 'v';
SELECT 'attached: functions', count(*) FROM routine;
SELECT 'attached: functions bound by OID (BEGIN ATOMIC)', count(prosqlbody) FROM routine;
SELECT 'attached: functions that name a table which leaves its place', count(*) FROM routine
WHERE EXISTS (SELECT FROM leaving WHERE prosrc ~ ('\m' || replace(relation, '.', '\.') || '\M'));
SELECT 'attached: functions that run as their owner', count(*) FROM routine WHERE prosecdef;
SELECT 'attached: triggers', count(*) FROM pg_trigger WHERE NOT tgisinternal;
SELECT 'attached: triggers that refuse', count(*) FROM pg_trigger t JOIN routine p ON p.oid = t.tgfoid
WHERE NOT tgisinternal AND p.prosrc ~ 'RAISE EXCEPTION';
SELECT 'attached: tables with row security', count(*) FROM pg_class WHERE relrowsecurity;
SELECT 'attached: policies', count(*) FROM pg_policy;
SELECT 'attached: ' || CASE r.rolname WHEN 'ctb_reader' THEN 'reader' ELSE 'writer' END
       || ' may ' || a.privilege_type || ' on relations', count(*)
FROM pg_class c JOIN mine n ON n.oid = c.relnamespace, LATERAL aclexplode(c.relacl) AS a
JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relkind IN ('r', 'v') AND r.rolname IN ('ctb_reader', 'ctb_writer') GROUP BY 1 ORDER BY 1;
SELECT 'attached: columns granted one by one', count(*) FROM pg_attribute WHERE attacl IS NOT NULL
AND attrelid = 'outreach.people'::regclass;
SELECT 'attached: schemas that the reader may use', count(*) FROM mine
WHERE has_schema_privilege('ctb_reader', oid, 'USAGE') AND nspname <> 'public';
SELECT 'attached: schemas that the writer may use', count(*) FROM mine
WHERE has_schema_privilege('ctb_writer', oid, 'USAGE') AND nspname <> 'public';
SELECT 'attached: jobs', count(*) FROM shq.job_schedule;
