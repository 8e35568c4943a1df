-- The older company lists: company.company_master and its slots, marketing.*, and their neighbours.

INSERT INTO company.company_master
SELECT company_id, name,
       'http' || CASE WHEN i % 9 = 0 THEN '' ELSE 's' END || '://www.' || domain
              || CASE WHEN i % 5 = 0 THEN '/' ELSE '' END,
       industry, employees,
       '+1' || (2000000000 + gen.h('cm.phone', i) % 7999999999)::text,
       (1 + gen.h('cm.number', i) % 9899) || ' ' || gen.last_name(i + 7) || ' '
              || gen.pick('cm.street', i, ARRAY['St', 'Ave', 'Blvd', 'Pike', 'Ln', 'Rd, Suite #4']),
       city, state, zip, 'United States',
       CASE WHEN gen.permille('cm.linkedin', i, 800)
            THEN 'https://www.linkedin.com/company/' || split_part(domain, '.', 1) END,
       NULL, CASE WHEN gen.permille('cm.twitter', i, 150)
                  THEN 'https://twitter.com/' || left(split_part(domain, '.', 1), 15) END,
       (1000 + gen.h('cm.sic', i) % 8999)::text,
       CASE WHEN gen.permille('cm.founded', i, 750)
            THEN 1805 + (gen.h('cm.year', i) % 219)::integer END,
       CASE WHEN gen.permille('cm.keywords', i, 100) THEN NULL
            WHEN gen.permille('cm.keywords', i, 130) THEN '{}'
            WHEN gen.permille('cm.keywords', i, 135) THEN '[0:1]={benefits,"self-insured"}'::text[]
            WHEN gen.permille('cm.keywords', i, 138) THEN '{{a,b},{c,d}}'::text[]
            WHEN gen.permille('cm.keywords', i, 143)
                THEN ARRAY[industry, NULL, '', 'NULL', 'a"b\c,d']
            ELSE ARRAY[lower(industry), gen.pick('cm.kw', i, ARRAY['b2b', 'family-owned', 'union',
                                                                   'esop',
                                        'peo', 'multi-site'])] END,
       CASE WHEN gen.permille('cm.description', i, 150) THEN NULL
            WHEN gen.permille('cm.description', i, 170) THEN gen.odd('cm.odd', i)
            ELSE name || ' serves ' || lower(industry) || ' customers around ' || city || ', ' || state
                 || repeat(' and beyond', (gen.h('cm.length', i) % 9)::integer) || '.' END,
       gen.pick('cm.system', i, ARRAY['clay', 'apollo', 'csv_import', 'neon_wv']),
       'rec' || substr(md5('cm.record' || i), 1, 14), gen.ts('cm.promoted', i),
       (gen.h('cm.audit', i) % 9000)::integer, gen.ts('cm.created', i), gen.ts('cm.updated', i),
       state, 'batch-2025-' || 11 + gen.h('cm.batch', i) % 2,
       CASE WHEN gen.permille('cm.validated', i, 900) THEN gen.ts('cm.validated', i) END,
       'validator-v2', (gen.h('cm.quality', i) % 10001)::numeric / 100,
       gen.pick('cm.pattern', i, ARRAY['{first}.{last}', '{f}{last}', NULL, '{first}']),
       (gen.h('cm.pattern_c', i) % 101)::integer, 'hunter',
       CASE WHEN i % 2500 = 0 THEN gen.clock_change(i) ELSE gen.lt('cm.pattern_at', i) END,
       CASE WHEN gen.permille('cm.ein', i, 450) THEN ein END, NULL, NULL
FROM gen.company WHERE company_id IS NOT NULL ORDER BY i;

INSERT INTO company.company_slots
SELECT gen.slot_id(s), gen.company_id(1 + gen.h('cs.company', s) % gen.n(74641)),
       CASE s % 4 WHEN 0 THEN 'default' WHEN 1 THEN 'CEO' WHEN 2 THEN 'CFO' ELSE 'HR' END,
       CASE WHEN s % 60 = 0 THEN NULL WHEN s % 4 = 0 THEN 'Primary Slot' ELSE 'Slot #' || s END,
       gen.ts('cs.created', s)
FROM generate_series(1, 1359) AS s;

INSERT INTO marketing.company_master
SELECT coalesce(company_id, sovereign_id::text), name, domain, industry, employees,
       gen.pick('mcm.pattern', i, ARRAY['first.last', 'flast', 'first', NULL]),
       (gen.h('mcm.confidence', i) % 101)::numeric / 100, 'hunter',
       'companies_' || gen.h('mcm.file', i) % 6 || '.csv',
       CASE WHEN row_number() OVER (ORDER BY i) <= 3 THEN gen.clock_change(i)
            ELSE gen.lt('mcm.created', i) END,
       gen.lt('mcm.updated', i), (gen.h('mcm.band', i) % 4)::integer,
       gen.pick('mcm.phase', i, ARRAY['SILENT', 'SILENT', 'WATCH', 'EXPLORATORY'])
FROM gen.company
WHERE i > gen.n(102426) - gen.n(74641) + 100 AND i <= gen.n(102426) - gen.n(74641) + 612;

INSERT INTO marketing.people_master
SELECT gen.person_id(900000 + s),
       CASE WHEN s % 20 <> 0 THEN
           gen.company_id(101 + gen.h('mpm.company', s) % 512) END,
       gen.full_name(s), gen.first_name(s), gen.last_name(s),
       CASE WHEN s % 6 <> 0 THEN gen.ascii(gen.first_name(s)) || '@example-' || s % 40 || '.com' END,
       s % 3 = 0, (gen.h('mpm.confidence', s) % 101)::numeric / 100,
       'https://www.linkedin.com/in/' || gen.ascii(gen.full_name(s)) || '-' || s, gen.title('mpm', s),
       gen.pick('mpm.seniority', s, ARRAY['C-Level', 'VP', 'Director', 'Manager']),
       CASE WHEN s % 30 = 0 THEN gen.odd('mpm.odd', s) ELSE 'Greater Pittsburgh Region' END,
       'clay', 'people_' || s % 3 || '.csv', gen.lt('mpm.created', s), gen.lt('mpm.updated', s),
       s % 4 = 0
FROM generate_series(1, 149) AS s;

INSERT INTO company.message_key_reference (message_key, role, message_type, trigger_condition,
    message_channel, subject_line, send_delay_hours, created_at, updated_at)
SELECT 'MSG.' || role || '.' || lpad(n::text, 3, '0') || '.A', role, 'intro',
       'slot_filled AND bit_score > ' || n * 10, channel, 'A question about your renewal', n * 24,
       gen.ts('mkr.created', n), gen.ts('mkr.updated', n)
FROM (VALUES (1, 'CEO', 'email'), (2, 'CEO', 'linkedin'), (3, 'CFO', 'email'), (4, 'CFO', 'both'),
             (5, 'HR', 'email'), (6, 'HR', 'sms'), (7, 'ALL', 'multi'), (8, 'ALL', 'email'))
     AS key (n, role, channel);

-- Neighbours with foreign keys to the lists above.
INSERT INTO company.company_events (company_unique_id, event_type, event_date)
SELECT gen.company_id(1 + gen.h('event.company', s) % gen.n(74641)), 'funding', '2025-12-01'
FROM generate_series(1, 40) AS s;
INSERT INTO company.company_sidecar
SELECT gen.company_id(s), '{"source": "clay"}' FROM generate_series(1, 40) AS s;
INSERT INTO company.contact_enrichment (company_slot_unique_id, enrichment_status)
SELECT gen.slot_id(s), 'done' FROM generate_series(1, 40) AS s;
INSERT INTO archive.marketing_company_slot_v2_820258
SELECT 'old-slot-' || s, gen.company_id(s), 'CEO' FROM generate_series(1, 40) AS s;
INSERT INTO archive.people_slot_history_820260
SELECT s, gen.slot_id(s) FROM generate_series(1, 40) AS s;
