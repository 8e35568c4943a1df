-- People and slots. Person p works for company 1 + (p - 1) % n(95004): nobody has more than two.

CREATE TABLE gen.person AS
SELECT p, c.i, gen.first_name(p) AS first_name, gen.last_name(p) AS last_name,
       CASE WHEN p <= gen.n(95004)
            THEN gen.ascii(gen.first_name(p)) || '.' || gen.ascii(gen.last_name(p))
            ELSE left(gen.ascii(gen.first_name(p)), 1) || gen.ascii(gen.last_name(p)) END
       || '@' || c.domain AS email,
       c.company_id, c.sovereign_id, c.outreach_id, c.name AS company_name
FROM generate_series(1, gen.n(182661)) AS p
JOIN gen.company c ON c.i = 1 + (p - 1) % gen.n(95004);

-- 42,928 addresses occur twice, 6,000 of them three times. 300 more differ in case only.
UPDATE gen.person SET email = twin.email
FROM (SELECT gen.n(182661) - gen.k(42928) - gen.k(6000) + s AS p,
             CASE WHEN s <= gen.k(42928) THEN s ELSE s - gen.k(42928) END AS of
      FROM generate_series(1, gen.k(42928) + gen.k(6000)) AS s) AS pair
JOIN gen.person twin ON twin.p = pair.of
WHERE person.p = pair.p;

UPDATE gen.person SET email = upper(twin.email)
FROM gen.person twin
WHERE person.p BETWEEN gen.n(60000) + 1 AND gen.n(60000) + gen.k(300)
  AND twin.p = person.p - gen.n(60000) + gen.n(50000);

-- Some people are known by their profile only.
UPDATE gen.person SET email = NULL
WHERE p BETWEEN gen.n(70000) + 1 AND gen.n(90000) AND p % 2 = 0;
CREATE INDEX ON gen.person (p);
ANALYZE gen.person;

INSERT INTO people.people_master (unique_id, company_unique_id, company_slot_unique_id, first_name,
    last_name, title, seniority, department, email, work_phone_e164, linkedin_url, bio, skills,
    education, certifications, source_system, source_record_id, promoted_from_intake_at,
    created_at, updated_at, email_verified, email_verification_source, email_verified_at,
    last_verified_at, last_enrichment_attempt, is_decision_maker)
SELECT gen.person_id(p), coalesce(company_id, sovereign_id::text), gen.slot_id(p + 100000),
       CASE WHEN p % 4001 = 0 THEN '  ' || first_name ELSE first_name END, last_name,
       CASE WHEN gen.permille('pm.title', p, 4) THEN gen.odd('pm.odd', p)
            ELSE gen.title('pm', p) END,
       gen.pick('pm.seniority', p, ARRAY['c_suite', 'vp', 'director', 'manager', NULL]),
       gen.pick('pm.department', p, ARRAY['executive', 'finance', 'human_resources', NULL]), email,
       CASE WHEN gen.permille('pm.phone', p, 300)
            THEN '+1' || (2000000000 + gen.h('pm.number', p) % 7999999999)::text END,
       CASE WHEN email IS NULL OR gen.permille('pm.linkedin', p, 700)
            THEN 'https://www.linkedin.com/in/' || gen.ascii(first_name || last_name) || '-'
                 || substr(md5('in' || p), 1, 8) END,
       CASE WHEN gen.permille('pm.bio', p, 100)
            THEN first_name || ' joined ' || company_name || ' after years in the field.' END,
       CASE WHEN gen.permille('pm.skills', p, 150) THEN ARRAY['benefits', 'negotiation']
            WHEN gen.permille('pm.skills', p, 170) THEN '{}' END, NULL,
       CASE WHEN gen.permille('pm.certs', p, 50) THEN ARRAY['SHRM-CP', NULL] END,
       gen.pick('pm.system', p, ARRAY['hunter', 'clay', 'apollo', 'csv_import']),
       'p' || p, gen.ts('pm.promoted', p), gen.ts('pm.created', p), gen.ts('pm.updated', p),
       gen.permille('pm.verified', p, 400), 'millionverifier',
       CASE WHEN gen.permille('pm.verified', p, 400) THEN gen.ts('pm.verified_at', p) END,
       gen.lt('pm.last', p), CASE WHEN gen.permille('pm.attempt', p, 200)
            THEN gen.lt('pm.try', p) END,
       gen.permille('pm.decider', p, 250)
FROM gen.person ORDER BY p;

-- Three slots per company. The first 177,757 people fill one each; 37 slots name somebody unknown.
INSERT INTO people.company_slot
SELECT gen.u('slot', i * 3 + k), c.outreach_id, coalesce(company_id, sovereign_id::text),
       (ARRAY['CEO', 'CFO', 'HR'])[1 + k],
       CASE WHEN p <= gen.k(37) THEN gen.person_id(900000000 + p) WHEN filled
            THEN gen.person_id(p) END,
       filled, CASE WHEN filled THEN gen.ts('slot.filled', p) END,
       CASE WHEN filled THEN (gen.h('slot.confidence', p) % 101)::numeric / 100 END,
       CASE WHEN filled THEN gen.pick('slot.system', p,
           ARRAY['hunter', 'clay', 'people_pipeline']) END,
       gen.ts('slot.created', i), gen.ts('slot.updated', i * 3 + k)
FROM gen.company c, generate_series(0, 2) AS k,
     LATERAL (SELECT i + ((k + i) % 3) * gen.n(95004) AS p) AS person,
     LATERAL (SELECT (k + i) % 3 < 2
                     AND p <= round(gen.n(182661) * 177757.0 / 182661) AS filled) AS state
WHERE i <= gen.n(95004) ORDER BY i, k;

INSERT INTO people.people_staging (source_url_id, company_unique_id, raw_name,
    first_name, last_name,
    raw_title, normalized_title, mapped_slot_type, linkedin_url, email, confidence_score, status,
    created_at, processed_at)
SELECT CASE WHEN s % 11 <> 0 THEN gen.u('source_url', 1 + gen.h('ps.url', s) % gen.n(104012)) END,
       gen.company_id(1 + gen.h('ps.company', s) % gen.n(74641)),
       CASE WHEN gen.permille('ps.raw', s, 8) THEN gen.odd('ps.odd', s)
            WHEN gen.permille('ps.raw', s, 100) THEN upper(gen.full_name(s)) || ', MBA'
            ELSE gen.full_name(s) END,
       gen.first_name(s), gen.last_name(s), gen.title('ps', s), upper(gen.title('ps', s)),
       gen.pick('ps.slot', s, ARRAY['CEO', 'CFO', 'HR', NULL]),
       CASE WHEN s % 3 = 0 THEN 'https://www.linkedin.com/in/' || substr(md5('ps' || s), 1, 12) END,
       CASE WHEN s % 7 = 0 THEN '' WHEN s % 5 = 0
            THEN gen.ascii(gen.first_name(s)) || '@staged-' || s % 977 || '.com' END,
       (gen.h('ps.confidence', s) % 101)::numeric / 100,
       gen.pick('ps.status', s, ARRAY['pending', 'pending', 'promoted', 'rejected', 'duplicate']),
       CASE WHEN s % 20000 = 7 THEN gen.clock_change(s) ELSE gen.lt('ps.created', s) END,
       CASE WHEN s % 2 = 0 THEN gen.lt('ps.processed', s) END
FROM generate_series(1, gen.n(139861)) AS s;

INSERT INTO people.slot_ingress_control
VALUES (gen.u('slot_control', 1), 'slot_ingress', false,
    'Master switch of slot filling', NULL, NULL,
        'ops', '2026-01-20 08:00:00+00', '2025-12-01 09:00:00+00');

INSERT INTO people.title_slot_mapping (title_pattern, slot_type, priority, created_at)
SELECT '%' || lower(title) || '%', slot, n % 100, gen.lt('tsm.created', n)
FROM (SELECT n, (ARRAY['CEO', 'CFO', 'HR'])[1 + n % 3] AS slot,
             (ARRAY['chief', 'head of', 'vp', 'director', 'manager'])[1 + n / 9] || ' '
             || (ARRAY['executive', 'finance', 'people', 'benefits', 'payroll', 'operations',
                       'accounting', 'talent', 'rewards'])[1 + n % 9] AS title
      FROM generate_series(0, 42) AS n) AS pattern;
