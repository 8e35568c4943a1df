-- Archives. Archived companies are numbered from 1 and belong to no company of the spine.

INSERT INTO outreach.outreach_archive
SELECT gen.u('gone', a), gen.u('gone_sovereign', a), gen.ts('oa.created', a),
       gen.ts('oa.updated', a),
       CASE WHEN a % 40 = 0 THEN NULL ELSE 'archived-' || a || '.com' END,
       timestamptz '2026-01-21 15:04:05+00' + a * interval '1 millisecond',
       'sovereign_cleanup_2026-01-21'
FROM generate_series(1, gen.n(27416)) AS a;

INSERT INTO outreach.company_target_archive
SELECT gen.u('gone_target', a),
       CASE WHEN a % 137 = 0 THEN NULL ELSE '04.04.01.98.' || lpad(a::text, 6, '0') || '.001' END,
       gen.pick('cta.status', a, ARRAY['queued', 'active', 'paused', 'completed', 'disqualified']),
       CASE WHEN a % 9 = 0 THEN (gen.h('cta.bit', a) % 101)::integer END, NULL, NULL,
       (a % 3)::integer, NULL, 'cl', gen.ts('cta.created', a), gen.ts('cta.updated', a),
       gen.u('gone', a), gen.pick('cta.method', a, ARRAY['{first}.{last}', '{f}{last}', NULL]),
       'pattern', (gen.h('cta.confidence', a) % 10001)::numeric / 10000,
       gen.pick('cta.execution', a, ARRAY['pending', 'ready', 'failed', 'blocked']), NULL, false,
       timestamptz '2026-01-21 15:04:05+00' + a * interval '1 millisecond',
       'sovereign_cleanup_2026-01-21'
FROM generate_series(1, gen.n(27416)) AS a;

-- 312 of these 2,709 rows clash with a unique index of outreach.outreach_archive: 60 with its
-- primary key (and sovereign_id), 180 with sovereign_id alone, 72 with an earlier row of this table.
INSERT INTO outreach.outreach_orphan_archive
SELECT CASE kind WHEN 'key' THEN gen.u('gone', s) ELSE gen.u('orphan', s) END,
       CASE WHEN kind IN ('key', 'sovereign') THEN gen.u('gone_sovereign', s)
            WHEN kind = 'twin' THEN gen.u('orphan_sovereign', gen.n(2709) - s + gen.k(240) + 1)
            ELSE gen.u('orphan_sovereign', s) END,
       gen.ts('ooa.created', s), gen.ts('ooa.updated', s),
       CASE WHEN s % 30 = 0 THEN NULL
            -- longer than the 255 characters of the target
            WHEN s % 250 = 249 THEN 'redirected.' || repeat('very-long-label.', 20) || s || '.com'
            WHEN s % 250 = 248 THEN repeat('ä', 250) || '.com'   -- 254 characters, 504 bytes: it fits
            ELSE 'orphan-' || s || '.com' END,
       timestamptz '2026-01-28 09:30:00+00' + s * interval '3 milliseconds',
       CASE WHEN s % 500 = 0 THEN NULL ELSE 'PHASE6_INVALID_SOVEREIGN_ID' END
FROM (SELECT s, CASE WHEN s <= gen.k(60) THEN 'key'
     WHEN s <= gen.k(60) + gen.k(180) THEN 'sovereign'
                     WHEN s > gen.n(2709) - gen.k(72) THEN 'twin' ELSE 'plain' END AS kind
      FROM generate_series(1, gen.n(2709)) AS s) AS row;

-- 2,213 of these 52,812 rows clash with a unique index of outreach.company_target_archive: 640 with
-- its primary key (and company), 700 with the company alone; 573 repeat a target of this table,
-- archived a second time, and 300 the company of another target. Others are refused for other
-- reasons: NULL, a word outside a CHECK, an e-mail method longer than 100 characters, a confidence
-- that numeric(5,4) cannot hold.
INSERT INTO outreach.company_target_orphaned_archive
SELECT timestamptz '2026-01-22 11:00:00+00' + s * interval '2 milliseconds',
       CASE WHEN s % 4000 = 5 THEN NULL ELSE 'sovereign_id not in CL - orphaned from cleanup' END,
       CASE kind WHEN 'key' THEN gen.u('gone_target', first) WHEN 'again'
            THEN gen.u('lost_target', first)
                 ELSE gen.u('lost_target', s) END,
       CASE WHEN kind IN ('key', 'company') THEN '04.04.01.98.' || lpad(first::text, 6, '0') || '.001'
            WHEN kind IN ('again', 'twin') THEN '04.04.01.97.' || lpad(first::text, 6, '0') || '.001'
            WHEN s % 71 = 0 THEN NULL ELSE '04.04.01.97.' || lpad(s::text, 6, '0') || '.001' END,
       gen.u('lost', s),
       CASE WHEN damage = 1 THEN 'pattern learnt from ' || repeat('{first}.{last}, ', 8) || s
            ELSE gen.pick('ctoa.method', s, ARRAY['{first}.{last}', '{f}{last}',
                '{first}', NULL]) END,
       gen.pick('ctoa.type', s, ARRAY['pattern', 'guessed', NULL]),
       CASE damage WHEN 2 THEN 0.123456 + s % 7 / 100000.0      -- more than four decimals
                   WHEN 3 THEN 85.5                             -- ten or more
                   WHEN 4 THEN CASE WHEN s % 2 = 0 THEN 'Infinity' ELSE 'NaN' END::numeric
                   WHEN 5 THEN 0.85                             -- equal to 0.8500, other bytes
                   ELSE (gen.h('ctoa.confidence',
                       s) % 10001)::numeric(9,4) / 10000::numeric(9,4) END,
       gen.pick('ctoa.execution', s, ARRAY['pending', 'ready', 'failed', 'blocked', NULL]),
       CASE damage WHEN 6 THEN NULL WHEN 7 THEN 'archived'
                   ELSE gen.pick('ctoa.status', s, ARRAY['queued', 'active', 'completed']) END,
       CASE WHEN damage = 8 THEN 120 WHEN s % 8 = 0 THEN (s % 101)::integer END, NULL, NULL,
       CASE WHEN damage = 9 THEN NULL ELSE (s % 4)::integer END, NULL, 'cl', NULL, s % 6 = 0,
       gen.pick('ctoa.industry', s, ARRAY['Healthcare', 'Construction', NULL]),
       (50 + s % 900)::integer, 'US', gen.pick('ctoa.state', s, ARRAY['PA', 'OH', 'Pennsylvania']),
       CASE WHEN s % 400 = 0 THEN gen.odd('ctoa.odd', s) ELSE 'Erie' END, '16501', 2025,
       CASE WHEN damage = 10 THEN NULL ELSE gen.ts('ctoa.created', s) END,
       CASE WHEN damage = 11 THEN NULL ELSE gen.ts('ctoa.updated', s) END,
       gen.u('lost_sovereign', s), 'lost-' || s || '.com'
FROM (SELECT s, CASE WHEN s <= gen.k(640) THEN 'key'
     WHEN s <= gen.k(640) + gen.k(700) THEN 'company'
                     WHEN s > gen.n(52812) - gen.k(573) THEN 'again'
                     WHEN s > gen.n(52812) - gen.k(573) - gen.k(300) THEN 'twin'
                     ELSE 'plain' END AS kind
      FROM generate_series(1, gen.n(52812)) AS s) AS row,
     -- The first row of the twice archived is a little after base, the first of the twins after that.
     LATERAL (SELECT 71 * ((gen.n(2130) + 70) / 71) AS base, gen.n(52812) - s + 1 AS t) AS count,
     -- first: the archived company, or the earlier row, that this one clashes with. Multiples of 137
     -- there, of 71 here, have no company; counting skips them.
     LATERAL (SELECT CASE WHEN kind IN ('key', 'company') THEN s + (s - 1) / 136
                          WHEN kind = 'again' THEN base + t + (t - 1) / 70
                          WHEN kind = 'twin'
                          THEN base + 71 * (1 + gen.k(573) / 70)
                               + t - gen.k(573) + (t - gen.k(573) - 1) / 70 END AS first) AS clash,
     LATERAL (SELECT CASE WHEN kind = 'plain' AND s > gen.n(10000) AND s % 200 BETWEEN 1 AND 11
                          THEN s % 200 END AS damage) AS damage;

INSERT INTO outreach.people_archive
SELECT gen.u('gone_contact', s), gen.u('gone_target', s), 'gone-' || s, 'OTHER',
       'gone' || s || '@archived-' || s || '.com', false, NULL, 'bounced', 'DISQUALIFIED',
       'COLD_UNIVERSE', 0, 0, 0, (s % 101)::integer, NULL, NULL,
       CASE WHEN s % 20 = 0 THEN gen.odd('opa.odd', s) END, gen.ts('opa.created', s),
       gen.ts('opa.updated', s), gen.u('gone', s),
       timestamptz '2026-01-21 15:04:05+00' + s * interval '1 second',
       'sovereign_cleanup_2026-01-21'
FROM generate_series(1, 175) AS s;

INSERT INTO people.company_slot_archive
SELECT gen.u('gone_slot', a * 3 + k), gen.u('gone', a),
       '04.04.01.98.' || lpad(a::text, 6, '0') || '.001',
       (ARRAY['CEO', 'CFO', 'HR'])[1 + k], NULL, false, NULL, NULL, 'people_pipeline',
       gen.ts('csa.created', a), gen.ts('csa.updated', a),
       timestamptz '2026-01-21 15:10:00+00' + a * interval '1 millisecond',
       'sovereign_cleanup_2026-01-21'
FROM generate_series(1, gen.n(27416)) AS a, generate_series(0, 2) AS k;

-- No primary key; skills and certifications are text here and text[] in people.people_master.
-- full_name_stored is what the generated column said then: some have been corrected since.
INSERT INTO people.people_master_archive
SELECT gen.person_id(700000 + s), '04.04.01.98.' || lpad((1 + s / 2)::text, 6, '0') || '.001',
       gen.slot_id(700000 + s), gen.first_name(s), gen.last_name(s),
       CASE WHEN s % 250 = 0 THEN upper(gen.full_name(s)) ELSE gen.full_name(s) END,
       gen.title('pma', s), 'manager', NULL, 'left' || s || '@archived-' || s % 900 || '.com', NULL, NULL,
       NULL, NULL, NULL, CASE WHEN s % 70 = 0 THEN gen.odd('pma.odd', s) END,
       CASE WHEN s % 5 = 0 THEN '{benefits,"total rewards"}' END, NULL, NULL, 'hunter', 'p' || s,
       gen.ts('pma.promoted', s), NULL, gen.ts('pma.created', s),
       gen.ts('pma.updated', s), s % 2 = 0,
       NULL, NULL, NULL, 'email_only', gen.ts('pma.last', s), NULL,
       timestamptz '2026-01-21 15:20:00+00', 'sovereign_cleanup_2026-01-21'
FROM generate_series(1, gen.n(5675)) AS s;

INSERT INTO people.slot_orphan_snapshot_r0_002 (company_slot_unique_id,
    company_unique_id, slot_type,
    original_outreach_id, derived_outreach_id, derivation_status, snapshot_at)
SELECT gen.slot_id(600000 + s), gen.company_id(s), (ARRAY['CEO', 'CFO', 'HR'])[1 + s % 3],
       CASE WHEN s % 4 <> 0 THEN gen.u('gone', s) END,
       CASE WHEN s % 14 <> 0 THEN gen.u('outreach', s % gen.n(95004) + 1) END,
       CASE WHEN s % 14 <> 0 THEN 'DERIVED' ELSE 'NO_BRIDGE' END,
       '2026-01-10 12:00:00+00'
FROM generate_series(1, 1053) AS s;

INSERT INTO people.slot_quarantine_r0_002 (company_slot_unique_id, company_unique_id, slot_type,
    quarantine_reason, quarantined_at)
SELECT gen.slot_id(600000 + s * 14), gen.company_id(s * 14), (ARRAY['CEO', 'CFO', 'HR'])[1 + s % 3],
       'no bridge to a sovereign company', '2026-01-10 12:30:00+00'
FROM generate_series(1, 75) AS s;
