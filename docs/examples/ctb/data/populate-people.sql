-- --populate: people staged and enriched, URL failures already archived, and the sales tables.

INSERT INTO people.people_candidate
SELECT gen.u('candidate', s), gen.u('outreach', 1 + s % 400),
       gen.pick('pc.slot', s, ARRAY['CEO', 'CFO', 'HR',
       'BEN']), gen.full_name(s), CASE WHEN s % 20 = 0 THEN gen.odd('pc.odd', s)
            ELSE gen.title('pc', s) END,
       CASE WHEN s % 6 = 0 THEN NULL ELSE 'candidate' || s || '@example.com' END, NULL,
       (gen.h('pc.confidence', s) % 10001)::numeric / 100, 'clay',
       gen.pick('pc.status', s, ARRAY['pending', 'accepted', 'rejected',
           'expired', 'duplicate']), NULL,
       gen.ts('pc.created', s), NULL, gen.ts('pc.created', s) + interval '168 hours'
FROM generate_series(1, 700) AS s;

-- social_profiles and enrichment_payload: absent, JSON null, an object; segments with odd bounds.
INSERT INTO people.people_sidecar
SELECT gen.person_id(s * 2), CASE WHEN s % 15 = 0 THEN gen.odd('ps.odd', s)
     ELSE 'Leads benefits' END,
       CASE WHEN s % 40 = 3 THEN '[0:1]={hr,"mid-market"}'::text[] WHEN s % 9 = 0 THEN NULL
            WHEN s % 10 = 0 THEN '{}'
            WHEN s % 50 = 1 THEN '{{a,b},{c,d}}' ELSE ARRAY['hr', NULL] END,
       CASE WHEN s % 8 = 0 THEN 'null'::jsonb WHEN s % 3 = 0 THEN NULL
            ELSE '{"x": "@someone", "n": null}'::jsonb END,
       CASE WHEN s % 14 = 0 THEN 'null'::jsonb WHEN s % 5 = 0 THEN NULL
            ELSE jsonb_build_object('salary', 1.50) END,
       gen.lt('sc.enriched', s), 'clay', (gen.h('sc.confidence', s) % 10001)::numeric / 100,
       CASE WHEN s % 100 = 5 THEN gen.clock_change(s) ELSE gen.lt('sc.created', s) END,
       gen.lt('sc.updated', s)
FROM generate_series(1, 600) AS s;

INSERT INTO people.person_scores (person_unique_id, bit_score, confidence_score, calculated_at,
    score_factors, created_at, updated_at)
SELECT gen.person_id(s * 2 + 1), (s % 101)::integer,
       CASE WHEN s % 9 = 0 THEN NULL ELSE (s * 7 % 101)::integer END,
       gen.lt('psc.at', s), CASE WHEN s % 10 = 0 THEN 'null'::jsonb WHEN s % 4 = 0 THEN NULL
       ELSE jsonb_build_object('title', 0.40, 'tenure', NULL) END, gen.lt('psc.created', s),
       gen.lt('psc.updated', s)
FROM generate_series(1, 580) AS s;

INSERT INTO company.url_discovery_failures_archive (failure_id, company_unique_id, failure_reason,
    created_at, disposition, retry_count, max_retries, ttl_tier, retry_exhausted, archived_at,
    final_disposition, retention_expires_at, website_url)
SELECT gen.u('udf_archive', s), gen.company_id(s),
       gen.pick('udfa.reason', s, ARRAY['dns_failure', 'timeout']),
       gen.ts('udfa.created', s), 'ARCHIVED', 1, 1, 'LONG', s % 2 = 0,
       gen.ts('udfa.archived', s), 'ARCHIVED',
       gen.ts('udfa.archived', s) + interval '8760 hours',
       CASE WHEN s % 9 <> 0 THEN 'https://old-' || s || '.com' END
FROM generate_series(1, 560) AS s;

INSERT INTO public.sn_prospect
SELECT gen.u('prospect', s), gen.ts('sn.created', s), gen.ts('sn.updated', s), gen.full_name(s),
       'prospect' || s || '@example.com', NULL, 'manual',
       gen.pick('sn.status', s, ARRAY['new', 'qualified', 'lost']),
       CASE WHEN s % 25 = 0 THEN 'null'::jsonb
            ELSE jsonb_build_object('note', gen.odd('sn.odd', s)) END,
       'HUB-SALES-NAV-20260130'
FROM generate_series(1, 520) AS s;

INSERT INTO public.sn_sales_process
SELECT gen.u('process', s), gen.ts('sp.created', s), gen.ts('sp.updated', s),
       gen.u('prospect', s), 1 + s % 4,
       gen.pick('sp.status', s, ARRAY['pending', 'open', 'won', 'lost']),
       gen.ts('sp.started', s), NULL, NULL,
       'HUB-SALES-NAV-20260130'
FROM generate_series(1, 520) AS s;

INSERT INTO public.sn_meeting
SELECT gen.u('meeting', s), gen.ts('sm.created', s), gen.ts('sm.updated', s),
       gen.u('prospect', 1 + s % 520),
       gen.u('process', 1 + s % 520), 1 + s / 520, 'discovery',
       gen.pick('sm.status', s, ARRAY['scheduled', 'held']),
       gen.ts('sm.scheduled', s), NULL, NULL, CASE WHEN s % 12 = 0 THEN gen.odd('sm.odd', s) END,
       'HUB-SALES-NAV-20260130'
FROM generate_series(1, 800) AS s;

INSERT INTO public.sn_meeting_outcome
SELECT gen.u('outcome', s), gen.ts('so.created', s), gen.ts('so.updated', s),
       gen.u('meeting', s), 'next_step',
       'Wants a quote', CASE WHEN s % 9 = 0 THEN 'null'::jsonb WHEN s % 7 = 0 THEN NULL
            ELSE '["send quote"]'::jsonb END,
       '{}', 'HUB-SALES-NAV-20260130'
FROM generate_series(1, 540) AS s;
