-- What the document states about data quality, and what its words hide.

WITH groups AS (SELECT domain, count(*) AS rows FROM outreach.outreach
                WHERE domain <> '' GROUP BY domain HAVING count(*) > 1)
SELECT 'plan: duplicate domain groups', count(*) FROM groups
UNION ALL SELECT 'plan: rows in duplicate domain groups', sum(rows) FROM groups
UNION ALL SELECT 'plan: domains that differ in case only',
    (SELECT count(DISTINCT domain) - count(DISTINCT lower(domain)) FROM outreach.outreach);

SELECT 'plan: spine rows without domain', count(*) FROM outreach.outreach
WHERE domain IS NULL OR domain = '';

WITH groups AS (SELECT email, count(*) AS rows FROM people.people_master
                WHERE email <> '' GROUP BY email HAVING count(*) > 1)
SELECT 'plan: duplicate e-mail groups', count(*) FROM groups
UNION ALL SELECT 'plan: rows in duplicate e-mail groups', sum(rows) FROM groups
UNION ALL SELECT 'plan: e-mails that differ in case only',
    (SELECT count(DISTINCT email) - count(DISTINCT lower(email)) FROM people.people_master);

SELECT 'plan: people without e-mail', count(*) FROM people.people_master WHERE email IS NULL;
SELECT 'plan: slots without a spine row', count(*) FROM people.company_slot s
WHERE NOT EXISTS (SELECT FROM outreach.outreach o WHERE o.outreach_id = s.outreach_id);
SELECT 'plan: filled slots', count(*) FROM people.company_slot WHERE is_filled;
SELECT 'plan: people without a slot', count(*) FROM people.people_master p
WHERE NOT EXISTS (SELECT FROM people.company_slot s WHERE s.person_unique_id = p.unique_id);
SELECT 'plan: slots of unknown people', count(*) FROM people.company_slot s
WHERE person_unique_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM people.people_master p WHERE p.unique_id = s.person_unique_id);

SELECT 'plan: identities with an outreach_id', count(outreach_id) FROM cl.company_identity;
SELECT 'plan: identities off the spine', count(*) FROM cl.company_identity c
WHERE outreach_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM outreach.outreach o WHERE o.outreach_id = c.outreach_id);
SELECT 'plan: spine rows without identity', count(*) FROM outreach.outreach o
WHERE NOT EXISTS (SELECT FROM cl.company_identity c WHERE c.outreach_id = o.outreach_id);

SELECT 'links: bridge rows off the spine', count(*) FROM cl.company_identity_bridge b
WHERE NOT EXISTS (SELECT FROM outreach.outreach o WHERE o.sovereign_id = b.company_sov_id);
SELECT 'links: companies without a bridge', count(*) FROM company.company_master c
WHERE NOT EXISTS (SELECT FROM cl.company_identity_bridge b
                  WHERE b.source_company_id = c.company_unique_id);
SELECT 'links: bridges without a company', count(*) FROM cl.company_identity_bridge b
WHERE NOT EXISTS (SELECT FROM company.company_master c
                  WHERE c.company_unique_id = b.source_company_id);
SELECT 'links: targets without a company id', count(*) FROM outreach.company_target
WHERE company_unique_id IS NULL;

SELECT 'catalog: tables without a primary key', count(*) FROM pg_class c
WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('dol', 'people')
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p');
SELECT 'catalog: generated columns', count(*) FROM pg_attribute
WHERE attgenerated = 's' AND NOT attisdropped;
SELECT 'catalog: dropped columns', count(*) FROM pg_attribute
WHERE attrelid = 'company.url_discovery_failures_archive'::regclass AND attisdropped;
SELECT 'catalog: foreign keys', count(*) FROM pg_constraint WHERE contype = 'f';
SELECT 'catalog: foreign keys into archived tables', count(*) FROM pg_constraint
WHERE contype = 'f' AND confrelid::regclass::text IN ('company.company_master',
    'company.company_slots', 'marketing.company_master', 'sn_prospect', 'sn_sales_process',
    'sn_meeting');
SELECT 'catalog: triggers on merge targets', count(*) FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid IN ('outreach.company_target_errors'::regclass,
    'people.people_errors'::regclass, 'people.people_master'::regclass, 'outreach.dol'::regclass);
SELECT 'catalog: relation names used in several schemas', count(*)
FROM (SELECT relname FROM pg_class WHERE relkind IN ('r', 'i')
      AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
      AND relpersistence = 'p' GROUP BY relname HAVING count(*) > 1) AS name;
SELECT 'catalog: index name already in archive',
    count(*) FROM pg_class a JOIN pg_class b USING (relname)
WHERE a.relnamespace = 'archive'::regnamespace AND b.relnamespace = 'people'::regnamespace;
SELECT 'catalog: error_type words allowed', count(*)
FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''\w+''', 'g')
WHERE conname = 'chk_error_type' AND conrelid = 'people.people_errors'::regclass;

-- 1K: what a new serial key meets.
SELECT '1K: rows equal in every column', sum(n - 1)
FROM (SELECT count(*) AS n FROM dol.form_5500_icp_filtered f
    GROUP BY f::text HAVING count(*) > 1) AS d;
SELECT '1K: full names a recomputation would change', count(*) FROM people.people_master_archive
WHERE full_name_stored <> btrim(first_name || ' ' || last_name);
SELECT 'generated: first names with blanks around', count(*) FROM people.people_master
WHERE first_name <> btrim(first_name);
