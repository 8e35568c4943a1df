-- Queues, logs and the small tables of the people hub.

INSERT INTO outreach.entity_resolution_queue (id, company_unique_id, candidate_ein, candidate_name,
    candidate_city, candidate_state, candidate_zip, match_score, match_tier, resolution_status,
    created_at)
SELECT gen.u('entity', s), gen.company_id(s), gen.ein(s), 'CANDIDATE ' || s, 'Erie', 'PA', '16501',
       0.875, 'B', 'pending', gen.ts('entity.created', s)
FROM generate_series(1, 2) AS s;

-- Failure reasons: issue_type. error_details: absent, JSON null, an object.
INSERT INTO people.people_resolution_queue (company_unique_id, company_slot_unique_id, slot_type,
    existing_email, issue_type, priority, status, resolved_contact_id, created_at, last_touched_at,
    resolved_at, touched_by, assigned_to, notes, error_details, attempt_count)
SELECT slot.company_unique_id, slot.company_slot_unique_id, slot.slot_type,
       CASE WHEN s % 3 = 0 THEN 'old' || s || '@example.com' WHEN s % 50 = 1 THEN '' END,
       gen.pick('prq.issue', s, ARRAY['missing_contact', 'missing_contact',
           'bad_email', 'duplicate',
                                      'invalid_data', 'unverified_email', 'incomplete_profile']),
       (1 + s % 9)::integer,
       CASE WHEN s % 200 = 9 THEN NULL ELSE gen.pick('prq.status', s, ARRAY['pending', 'pending',
            'in_progress', 'resolved', 'escalated', 'failed']) END,
       CASE WHEN s % 6 = 0 THEN gen.person_id(s) END,
       CASE WHEN s % 300 = 17 THEN NULL WHEN s % 250 = 1 THEN gen.clock_change(s)
            ELSE gen.lt('prq.created', s) END,
       gen.lt('prq.touched', s),
       CASE WHEN s % 6 = 0 THEN CASE WHEN s % 120 = 0 THEN gen.clock_change(s)
                                     ELSE gen.lt('prq.resolved', s) END END,
       gen.pick('prq.by', s, ARRAY['agent-3', 'dave', NULL]),
       gen.pick('prq.to', s, ARRAY['va-1', 'va-2', NULL]),
       CASE WHEN s % 17 = 0 THEN gen.odd('prq.odd', s) WHEN s % 4 = 0 THEN 'left a voicemail' END,
       CASE WHEN s % 21 = 0 THEN 'null'::jsonb WHEN s % 3 = 0 THEN NULL
            ELSE jsonb_build_object('tries', s % 4, 'last', NULL, 'cost', 1.50) END,
       (s % 5)::integer
FROM generate_series(1, 1206) AS s
JOIN company.company_slots slot
  ON slot.company_slot_unique_id = gen.slot_id(1 + gen.h('prq.slot', s) % 1359)
ORDER BY s;

-- Failure reasons: failure_reason. empty_slots: NULL, empty, usual, other lower bound, two-dimensional.
INSERT INTO people.paid_enrichment_queue (source_url_id, company_unique_id,
    company_name, source_url,
    url_type, failure_reason, empty_slots, priority, queued_at, processed_at, processed_via, status)
SELECT gen.u('source_url', 1 + gen.h('peq.url', s) % gen.n(104012)),
       CASE WHEN s % 900 = 4 THEN 'LEGACY-' || s ELSE c.company_id END,
       CASE WHEN s % 33 = 0 THEN NULL ELSE c.name END, 'https://www.' || c.domain || '/team',
       gen.pick('peq.type', s, ARRAY['team_page', 'leadership_page', 'about_page']),
       CASE WHEN gen.permille('peq.odd', s, 3) THEN gen.odd('peq.text', s)
            ELSE gen.pick('peq.reason', s, ARRAY['javascript_required',
                'login_wall', 'no_names_found',
                                                 'blocked_by_robots', 'pdf_only', NULL]) END,
       CASE WHEN s % 500 = 3 THEN '[0:1]={CEO,HR}'::text[] WHEN s % 1000 = 7
            THEN '{{CEO,CFO},{HR,HR}}'
            WHEN s % 40 = 0 THEN '{}' WHEN s % 41 = 0 THEN NULL WHEN s % 300 = 9 THEN '{CEO,NULL}'
            WHEN s % 3 = 0 THEN '{CEO,CFO,HR}' WHEN s % 3 = 1 THEN '{CFO}' ELSE '{HR,CEO}' END,
       (10 * (1 + s % 9))::integer,
       CASE WHEN s % 4000 = 11 THEN gen.clock_change(s) WHEN s % 8000 = 21 THEN NULL
            ELSE gen.lt('peq.queued', s) END,
       CASE WHEN s % 16000 = 99 THEN 'infinity' WHEN s % 3 = 0 THEN gen.lt('peq.processed', s) END,
       CASE WHEN s % 3 = 0 THEN gen.pick('peq.via', s, ARRAY['clay', 'apify', 'manual']) END,
       gen.pick('peq.status', s, ARRAY['queued', 'queued', 'processing', 'completed', 'failed'])
FROM generate_series(1, gen.n(32011)) AS s
JOIN gen.company c ON c.i = gen.n(102426) - gen.n(74641) + 1 + gen.h('peq.company', s) % gen.n(74641)
ORDER BY s;

INSERT INTO people.people_promotion_audit (run_id, resolution_status, role, count, created_at)
SELECT 'promo-' || s, (ARRAY['promoted', 'skipped', 'conflict'])[1 + s % 3],
       (ARRAY['CEO', 'CFO', 'HR', NULL])[1 + s % 4], (s * 37)::integer, gen.ts('ppa.created', s)
FROM generate_series(1, 9) AS s;

INSERT INTO people.company_resolution_log (person_intake_id, resolution_status, company_id,
    normalized_role, reason, run_id, created_at)
SELECT 'intake-' || s, gen.pick('crl.status', s, ARRAY['resolved', 'unresolved', 'ambiguous']),
       CASE WHEN s % 4 = 0 THEN NULL WHEN s % 25 = 1 THEN 'LEGACY-' || s ELSE gen.company_id(s) END,
       gen.pick('crl.role', s, ARRAY['CEO', 'CFO', 'HR', NULL]),
       CASE WHEN s % 10 = 0 THEN gen.odd('crl.odd', s)
            ELSE gen.pick('crl.reason', s, ARRAY['domain match', 'name match',
                'two candidates']) END,
       'resolve-' || 1 + s % 5, gen.ts('crl.created', s)
FROM generate_series(1, 155) AS s;

INSERT INTO people.slot_assignment_history (event_type, company_slot_unique_id, company_unique_id,
    slot_type, person_unique_id, confidence_score, displaced_by_person_id, displacement_reason,
    source_system, event_ts, created_at, original_filled_at, tenure_days, event_metadata)
SELECT gen.pick('sah.type', s, ARRAY['ASSIGNED', 'ASSIGNED', 'DISPLACED', 'VACATED']),
       gen.slot_id(s), CASE WHEN s % 70 = 3 THEN 'LEGACY-' || s ELSE gen.company_id(s) END,
       gen.pick('sah.slot', s, ARRAY['CEO', 'CFO', 'HR']), gen.person_id(s),
       (gen.h('sah.confidence', s) % 10001)::numeric / 100,
       CASE WHEN s % 4 = 0 THEN gen.person_id(s + 1) END,
       CASE WHEN s % 4 = 0 THEN gen.pick('sah.reason', s, ARRAY['higher_seniority', 'left_company',
                                                                'manual']) END,
       'people_pipeline', gen.ts('sah.event', s),
       gen.ts('sah.event', s) + (s % 50) * interval '1 second', NULL,
       CASE WHEN s % 4 = 0 THEN (s % 900)::integer END,
       CASE WHEN s % 35 = 0 THEN 'null'::jsonb WHEN s % 2 = 0 THEN '{}'::jsonb
            ELSE jsonb_build_object('was', gen.odd('sah.odd', s), 'rate', 2.10) END
FROM generate_series(1, 1370) AS s;

INSERT INTO outreach.appointments
SELECT gen.u('appointment', s), CASE WHEN s % 3 <> 0 THEN c.outreach_id END, c.domain, 10000 + s,
       'A-' || s, date '2025-06-01' + s, gen.first_name(s), gen.last_name(s), gen.title('app', s),
       'contact' || s || '@' || c.domain, '412-555-01' || lpad((s % 100)::text, 2, '0'), c.name,
       s || ' Main St', NULL, c.city, c.state, c.zip, 'Allegheny',
       CASE WHEN s % 9 = 0 THEN gen.odd('app.odd', s) END, 'appointments.csv',
       gen.ts('app.created', s), gen.ts('app.updated', s)
FROM generate_series(1, 130) AS s JOIN gen.company c ON c.i = s;

INSERT INTO outreach.people
SELECT gen.u('contact', s), gen.u('target', c.i), coalesce(c.company_id, c.sovereign_id::text),
       gen.pick('op.slot', s, ARRAY['CHRO', 'HR_MANAGER', 'BENEFITS_LEAD', 'PAYROLL_ADMIN',
                                    'HR_SUPPORT', 'OTHER', NULL]),
       'contact' || s || '@' || c.domain, s % 2 = 0, CASE WHEN s % 2 = 0 THEN gen.ts('op.v', s) END,
       gen.pick('op.status', s, ARRAY['active', 'active', 'paused', 'bounced', 'unsubscribed']),
       gen.pick('op.life', s, ARRAY['SUSPECT', 'WARM', 'REENGAGEMENT', 'CLIENT'])
           ::outreach.lifecycle_state,
       gen.pick('op.funnel', s, ARRAY['COLD_UNIVERSE',
           'WARM_UNIVERSE'])::outreach.funnel_membership,
       (s % 7)::integer, (s % 3)::integer, (s % 2)::integer, (gen.h('op.bit', s) % 101)::integer,
       gen.ts('op.event', s), NULL, 'hunter', gen.ts('op.created', s), gen.ts('op.updated', s),
       CASE WHEN s % 5 <> 0 THEN c.outreach_id END
FROM generate_series(1, 324) AS s
JOIN gen.company c ON c.i = 1 + gen.h('op.company', s) % gen.n(95004);
