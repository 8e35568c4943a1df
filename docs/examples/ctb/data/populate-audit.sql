-- --populate: the logs and histories of the audit merge. Their serial keys all start at 1, so they
-- collide with each other and with the target's own rows.

INSERT INTO outreach.pipeline_audit_log (company_unique_id, outreach_id, hub, outcome, failure_code,
    run_id, created_at)
SELECT gen.company_id(s), gen.u('outreach', s)::text,
       gen.pick('pal.hub', s, ARRAY['dol', 'people', 'blog']),
       gen.pick('pal.outcome', s, ARRAY['ok', 'failed', 'skipped']),
       CASE WHEN s % 3 = 0 THEN 'E-' || s % 20 END, 'run-' || s % 12, gen.ts('pal.created', s)
FROM generate_series(1, 500) AS s;

INSERT INTO outreach.dol_audit_log (company_id, state, attempted, outcome, ein, fail_reason, run_id,
    created_at)
SELECT CASE WHEN s % 60 = 7 THEN 'LEGACY-' || s ELSE gen.company_id(s) END,
       gen.pick('dal.state', s, ARRAY['PA', 'OH', NULL]), s % 9 <> 0,
       gen.pick('dal.outcome', s, ARRAY['matched', 'no_match', 'multiple']), gen.ein(s),
       CASE WHEN s % 40 = 0 THEN gen.odd('dal.odd', s) WHEN s % 3 = 0 THEN 'no filing' END,
       'dol-run-' || s % 8, CASE WHEN s % 120 = 0 THEN NULL ELSE gen.ts('dal.created', s) END
FROM generate_series(1, 640) AS s;

INSERT INTO outreach.blog_source_history
SELECT gen.u('bsh', s), gen.u('outreach', 1 + s % 200),
       gen.pick('bsh.type', s, ARRAY['news', 'press', 'blog']),
       'https://news.example/' || s || CASE WHEN s % 30 = 0 THEN '?q=ü b' ELSE '' END,
       gen.ts('bsh.first', s), CASE WHEN s % 2 = 0 THEN gen.ts('bsh.last', s) END,
       CASE WHEN s % 25 = 0 THEN NULL ELSE gen.pick('bsh.status', s,
           ARRAY['active', 'gone', 'moved']) END,
       CASE WHEN s % 7 = 0 THEN 404 ELSE 200 END, NULL, md5('bsh' || s), NULL,
       CASE WHEN s % 3 <> 0 THEN gen.u('bsh.correlation', s) END, gen.ts('bsh.created', s)
FROM generate_series(1, 620) AS s;

INSERT INTO outreach.bit_input_history
SELECT gen.u('bih', s), gen.u('outreach', 1 + s % 300), gen.pick('bih.type', s, ARRAY['slot_filled',
       'renewal_near', 'news']), gen.pick('bih.source', s, ARRAY['dol', 'people', 'blog']),
       md5('fingerprint' || s), CASE WHEN s % 10 = 0 THEN 'null'::jsonb WHEN s % 3 = 0 THEN NULL
            ELSE jsonb_build_object('weight', 0.50, 'empty', NULL) END,
       gen.ts('bih.first', s), NULL, (1 + s % 4)::integer, (s % 30)::integer,
       gen.u('bih.c', s), NULL,
       gen.ts('bih.created', s)
FROM generate_series(1, 660) AS s;

INSERT INTO bit.authorization_log
SELECT gen.u('authlog', s), CASE WHEN s % 45 = 2 THEN 'LEGACY-' || s ELSE gen.company_id(s) END,
       gen.pick('al.action', s, ARRAY['send_email', 'call', 'mail']), (s % 6)::integer, s % 3 <> 0,
       (s % 5)::integer, CASE WHEN s % 3 = 0 THEN gen.pick('al.reason', s, ARRAY['band too low',
       'proof expired']) END, CASE WHEN s % 2 = 0 THEN 'proof-' || s END,
       CASE WHEN s % 2 = 0 THEN s % 3 <> 0 END, gen.ts('al.requested', s), 'outreach-engine',
       CASE WHEN s % 4 = 0 THEN 'corr-' || s END
FROM generate_series(1, 600) AS s;

INSERT INTO people.people_resolution_history
SELECT gen.u('prh', s), gen.u('outreach', 1 + s % 250),
       gen.pick('prh.slot', s, ARRAY['CEO', 'CFO', 'HR']),
       'https://www.linkedin.com/in/' || substr(md5('prh' || s), 1, 12),
       gen.pick('prh.outcome', s, ARRAY['accepted', 'rejected', 'ambiguous']),
       CASE WHEN s % 3 = 0 THEN gen.pick('prh.reason', s,
           ARRAY['wrong company', 'left', 'title']) END,
       (gen.h('prh.confidence', s) % 10001)::numeric / 100, 'clay',
       CASE WHEN s % 12 = 0 THEN 'null'::jsonb WHEN s % 2 = 0 THEN NULL
            ELSE jsonb_build_object('matches', jsonb_build_array(s, NULL)) END,
       gen.ts('prh.checked', s), NULL, NULL, gen.ts('prh.created', s)
FROM generate_series(1, 610) AS s;

INSERT INTO people.person_movement_history (person_unique_id, linkedin_url, company_from_id,
    company_to_id, title_from, title_to, movement_type, detected_at, raw_payload, created_at)
SELECT gen.person_id(s), 'https://www.linkedin.com/in/' || substr(md5('pmh' || s), 1, 12),
       gen.company_id(1 + gen.h('pmh.from', s) % gen.n(74641)),
       CASE WHEN s % 3 = 0 THEN gen.company_id(1 + gen.h('pmh.to', s) % gen.n(74641)) END,
       gen.title('pmh', s), CASE WHEN s % 2 = 0 THEN gen.title('pmh2', s) END,
       gen.pick('pmh.type', s, ARRAY['company_change', 'title_change', 'contact_lost']),
       CASE WHEN s % 150 = 1 THEN gen.clock_change(s) ELSE gen.lt('pmh.detected', s) END,
       CASE WHEN s % 9 = 0 THEN 'null'::jsonb WHEN s % 4 = 0 THEN NULL
            ELSE jsonb_build_object('old', gen.odd('pmh.odd', s), 'new', NULL) END,
       CASE WHEN s % 200 = 3 THEN NULL WHEN s % 160 = 5 THEN gen.clock_change(s)
            ELSE gen.lt('pmh.created', s) END
FROM generate_series(1, 650) AS s;

INSERT INTO outreach.campaigns
SELECT gen.u('campaign', s), 'Campaign ' || s || CASE WHEN s % 50 = 0
     THEN gen.odd('ca.odd', s) ELSE '' END,
       gen.pick('ca.type', s, ARRAY['cold', 'warm', 'reengagement', 'talentflow', 'manual']),
       gen.pick('ca.status', s, ARRAY['draft', 'active', 'paused', 'completed', 'archived']),
       (s % 101)::integer, NULL, 100, NULL, 0, 0, 0, 0, 0, date '2026-01-01' + s % 60, NULL, 'ops',
       gen.ts('ca.created', s), gen.ts('ca.updated', s)
FROM generate_series(1, 500) AS s;

INSERT INTO outreach.sequences
SELECT gen.u('sequence', s), gen.u('campaign', 1 + s % 500), 'Step ' || s % 4, (1 + s % 4)::integer,
       'Your renewal, {{first_name}}', E'Hi {{first_name}},\n\n' || gen.odd('sq.odd', s) || E'\n\nBest',
       gen.pick('sq.type', s, ARRAY['email', 'linkedin', 'phone', 'sms']), (s % 5)::integer, 0,
       gen.pick('sq.time', s, ARRAY['business_hours', 'morning', 'afternoon', 'any']),
       gen.pick('sq.status', s, ARRAY['active', 'paused', 'archived']), gen.ts('sq.created', s),
       gen.ts('sq.updated', s)
FROM generate_series(1, 700) AS s;

INSERT INTO outreach.send_log
SELECT gen.u('send', s), CASE WHEN s % 10 <> 0 THEN gen.u('campaign', 1 + s % 500) END,
       CASE WHEN s % 10 <> 0 THEN gen.u('sequence', 1 + s % 700) END, gen.u('contact', 1 + s % 324),
       CASE WHEN s % 8 <> 0 THEN gen.u('target', 1 + s % 900) END,
       CASE WHEN s % 6 = 0 THEN NULL WHEN s % 50 = 1 THEN 'LEGACY-' || s ELSE gen.company_id(s) END,
       'contact' || s || '@example.com', CASE WHEN s % 20 = 0 THEN gen.odd('sl.odd', s)
            ELSE 'Your renewal' END,
       (1 + s % 4)::integer, gen.pick('sl.status', s,
           ARRAY['pending', 'scheduled', 'sent', 'delivered',
       'bounced', 'failed']), gen.ts('sl.scheduled', s),
       CASE WHEN s % 3 = 0 THEN gen.ts('sl.sent', s) END,
       NULL, NULL, NULL, NULL, NULL, (s % 5)::integer, (s % 2)::integer,
       CASE WHEN s % 6 = 5 THEN E'550 5.1.1 <contact@example.com>:\n\trecipient rejected' END, 0, 'mailgun',
       'mg-' || s, gen.ts('sl.created', s), gen.ts('sl.updated', s)
FROM generate_series(1, 800) AS s;

INSERT INTO outreach.engagement_events
SELECT gen.u('engagement', s), gen.u('contact', 1 + s % 324), gen.u('target', 1 + s % 900),
       gen.company_id(1 + s % 900), gen.pick('ee.type', s,
           ARRAY['EVENT_OPEN', 'EVENT_CLICK', 'EVENT_REPLY',
       'EVENT_BOUNCE', 'EVENT_UNSUBSCRIBE'])::outreach.event_type, NULL,
       gen.ts('ee.ts', s), 'mailgun',
       NULL, NULL, CASE WHEN s % 30 = 0 THEN 'null'::jsonb
            ELSE jsonb_build_object('ip', '10.0.0.' || s % 250) END,
       s % 2 = 0, NULL, s % 50 = 0, CASE WHEN s % 50 = 0 THEN 'WARM'::outreach.lifecycle_state END,
       CASE WHEN s % 5 <> 0 THEN md5('event' || s) END, false, gen.ts('ee.created', s),
       CASE WHEN s % 4 <> 0 THEN gen.u('outreach', 1 + s % 900) END
FROM generate_series(1, 900) AS s;

INSERT INTO outreach.bit_errors
SELECT gen.u('bit_error', s), CASE WHEN s % 5 <> 0 THEN gen.u('outreach', s) END, 'scoring',
       'BIT-' || s % 9, 'score could not be computed',
       gen.pick('bie.severity', s, ARRAY['INFO', 'WARN',
       'ERROR', 'FATAL']), s % 2 = 0, NULL, NULL, CASE WHEN s % 20 = 0 THEN 'null'::jsonb END, NULL,
       gen.ts('bie.created', s)
FROM generate_series(1, 500) AS s;

INSERT INTO outreach.people_errors
SELECT CASE WHEN s <= 4 THEN gen.u('people_error', s)   -- also in people.people_errors, the target
            ELSE gen.u('outreach_people_error', s) END,
       gen.u('outreach', 1 + gen.h('ope.company', s) % gen.n(95004)),
       gen.pick('ope.stage', s, ARRAY['people.discovery', 'people.verification']),
       gen.pick('ope.code', s, ARRAY['PPL-NO-EMAIL', 'PPL-BOUNCED', 'PPL-DUPLICATE']),
       CASE WHEN s % 40 = 0 THEN gen.odd('ope.odd', s) ELSE 'no address found' END,
       'blocking', s % 2 = 0,
       gen.ts('ope.created', s), CASE WHEN s % 9 = 0 THEN gen.ts('ope.resolved', s) END, NULL,
       CASE WHEN s % 15 = 0 THEN 'null'::jsonb WHEN s % 2 = 0 THEN NULL
            ELSE '{"amount": 1.50}'::jsonb END,
       CASE WHEN s % 10 = 0 THEN E'Traceback:\n  File "a.py", line 1\nKeyError: \'id\'' END, (s % 3)::integer
FROM generate_series(1, 600) AS s;
