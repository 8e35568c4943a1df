-- --populate: signals, phases, proofs and movements. Company c of these tables is a bridged company;
-- the bridge leads to the spine for most, and bit_scores knows one in seven of those.

CREATE FUNCTION gen.signal_company(key text, s bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN s % 31 = 4 THEN 'LEGACY-' || lpad(s::text, 6, '0')
               WHEN s % 37 = 6 THEN gen.company_id(gen.n(74641) - s)
               ELSE gen.company_id(1 + gen.h(key, s) % (gen.n(74641) * 4 / 5)) END $$;

INSERT INTO outreach.bit_signals
SELECT gen.u('signal', s), gen.u('outreach', 1 + gen.h('bs.company',
       s) % gen.n(95004)), 'EXECUTIVE_JOINED',
       (gen.h('bs.impact', s) % 10001)::numeric / 100, 'people', gen.u('bs.c', s), NULL,
       CASE WHEN s % 11 = 0 THEN 'null'::jsonb WHEN s % 2 = 0 THEN NULL ELSE '{"v": 1}'::jsonb END,
       90, NULL, gen.ts('bs.ts', s), NULL, gen.ts('bs.created', s)
FROM generate_series(1, 500) AS s;

-- Signals 1 to 3 of dol have the key of a row of the target; 4 to 6 that of a row of blog.
INSERT INTO dol.pressure_signals
SELECT CASE WHEN s <= 3 THEN gen.u('signal', s) WHEN s <= 6 THEN gen.u('blog_signal', s)
            ELSE gen.u('dol_signal', s) END,
       gen.signal_company('dps', s), gen.pick('dps.type', s,
           ARRAY['RENEWAL_NEAR', 'COST_JUMP', 'BROKER_CHANGE']),
       'STRUCTURAL_PRESSURE', gen.pick('dps.class', s, ARRAY['COST_PRESSURE', 'DEADLINE_PROXIMITY',
       'VENDOR_DISSATISFACTION', NULL])::public.pressure_class_type,
       CASE WHEN s % 40 = 0 THEN 'null'::jsonb
            ELSE jsonb_build_object('delta', 0.10 * (s % 9), 'note', NULL) END,
       (s % 101)::integer, gen.ts('dps.detected', s),
       gen.ts('dps.detected', s) + interval '720 hours',
       CASE WHEN s % 7 = 0 THEN NULL ELSE gen.u('dps.c', s) END, 'F5500-' || s,
       gen.ts('dps.created', s)
FROM generate_series(1, 700) AS s;

INSERT INTO blog.pressure_signals
SELECT gen.u('blog_signal', s), gen.signal_company('bps', s),
       gen.pick('bps.type', s, ARRAY['LAYOFF', 'MERGER', 'EXPANSION']), 'NARRATIVE_VOLATILITY',
       gen.pick('bps.class', s, ARRAY['OPERATIONAL_CHAOS', NULL])::public.pressure_class_type,
       jsonb_build_object('headline', gen.odd('bps.odd', s)), (s % 101)::integer,
       gen.ts('bps.detected', s),
       gen.ts('bps.detected', s) + interval '336 hours',
       CASE WHEN s % 6 = 0 THEN NULL ELSE gen.u('bps.c', s) END, NULL, gen.ts('bps.created', s)
FROM generate_series(1, 600) AS s;

INSERT INTO people.pressure_signals
SELECT gen.u('people_signal', s), gen.signal_company('pps', s),
       gen.pick('pps.type', s, ARRAY['CHRO_LEFT', 'CFO_JOINED', 'SLOT_EMPTY']), 'DECISION_SURFACE',
       gen.pick('pps.class', s, ARRAY['ORGANIZATIONAL_RECONFIGURATION',
           NULL])::public.pressure_class_type,
       '{}', (s % 101)::integer, gen.ts('pps.detected', s),
       gen.ts('pps.detected', s) + interval '480 hours',
       CASE WHEN s % 5 = 0 THEN NULL ELSE gen.u('pps.c', s) END, gen.person_id(s),
       gen.ts('pps.created', s)
FROM generate_series(1, 550) AS s;

INSERT INTO bit.movement_events
SELECT gen.u('movement', s), gen.signal_company('me', s),
       gen.pick('me.hub', s, ARRAY['dol', 'people', 'blog']),
       'pressure_signals', CASE WHEN s % 30 = 0 THEN '[0:0]={magnitude}'::text[]
            ELSE ARRAY['magnitude', 'type'] END,
       'signal', gen.pick('me.class', s, ARRAY['COST_PRESSURE', 'OPERATIONAL_CHAOS']),
       gen.pick('me.domain', s, ARRAY['STRUCTURAL_PRESSURE', 'DECISION_SURFACE',
           'NARRATIVE_VOLATILITY']),
       gen.pick('me.direction', s, ARRAY['INCREASING', 'DECREASING', 'REVERTING', 'STABLE']),
       (gen.h('me.magnitude', s) % 10001)::numeric / 100,
       gen.ts('me.detected', s), gen.ts('me.from', s),
       gen.ts('me.from', s) + interval '2160 hours', NULL,
       jsonb_build_object('s', s), jsonb_build_array(s),
       gen.ts('me.created', s)
FROM generate_series(1, 600) AS s;

-- One phase per company. Most of these companies have no row in outreach.bit_scores.
INSERT INTO bit.phase_state
SELECT CASE WHEN s % 31 = 4 THEN 'LEGACY-' || s ELSE gen.company_id(s * (gen.n(74641) / 610)) END,
       (s % 6)::integer, gen.pick('ph.status', s,
           ARRAY['SILENT', 'WATCH', 'EXPLORATORY', 'TARGETED', 'ENGAGED']),
       s % 2 = 0, s % 3 = 0, s % 5 = 0, gen.pick('ph.pressure', s, ARRAY['COST_PRESSURE', NULL]),
       (s % 4)::integer, CASE WHEN s % 2 = 0 THEN gen.ts('ph.moved', s) END, NULL,
       gen.ts('ph.entered', s),
       NULL, (s % 40)::numeric / 10, gen.ts('ph.updated', s)
FROM generate_series(1, 610) AS s;

-- None, one or several proofs per company.
INSERT INTO bit.proof_lines
SELECT 'PRF-2026-' || lpad(s::text, 5, '0'),
       CASE WHEN s % 31 = 4 THEN 'LEGACY-' || s
            ELSE gen.company_id((1 + s % 300) * (gen.n(74641) / 305)) END,
       (1 + s % 5)::integer, 'COST_PRESSURE',
       CASE WHEN s % 35 = 0 THEN '[0:1]={dol,people}'::text[] ELSE ARRAY['dol', 'people'] END,
       jsonb_build_object('rate', 1.10, 'missing', NULL),
       CASE WHEN s % 9 = 0 THEN '{}'::uuid[] ELSE ARRAY[gen.u('movement', s),
           gen.u('movement', s + 1)] END,
       CASE WHEN s % 25 = 0 THEN gen.odd('pl.odd', s)
            ELSE 'Premiums rose by ' || s % 30 || ' %' END,
       gen.ts('pl.generated', s), gen.ts('pl.generated', s) + interval '720 hours', 'proof-engine'
FROM generate_series(1, 640) AS s;

INSERT INTO talent_flow.movement_history
SELECT gen.u('tf_history', s), 'https://www.linkedin.com/in/' || substr(md5('tf' || s), 1, 12),
       CASE WHEN s % 5 <> 0 THEN gen.u('outreach', s) END,
       CASE WHEN s % 3 <> 0 THEN gen.u('outreach', s + 100) END,
       gen.pick('tfh.type', s, ARRAY['hire', 'departure', 'promotion']),
       gen.ts('tfh.detected', s), 'linkedin',
       gen.ts('tfh.processed', s), NULL, s % 2 = 0, NULL, NULL, gen.ts('tfh.created', s)
FROM generate_series(1, 550) AS s;

INSERT INTO talent_flow.movements
SELECT gen.u('tf', s), gen.u('contact', s), gen.pick('tf.type', s,
       ARRAY['hire', 'departure', 'promotion',
       'lateral']), gen.company_id(s), CASE WHEN s % 3 = 0
            THEN gen.company_id(s + 50) END, gen.title('tf', s),
       CASE WHEN s % 10 = 0 THEN gen.odd('tf.odd', s) END, (s % 101)::integer,
       gen.ts('tf.detected', s),
       'manual', gen.ts('tf.created', s), gen.ts('tf.updated', s)
FROM generate_series(1, 530) AS s;
