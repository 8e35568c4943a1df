-- Errors: the tables that the document merges into, and shq.error_master which mirrors them.

INSERT INTO outreach.company_target_errors (error_id, outreach_id, pipeline_stage, failure_code,
    blocking_reason, severity, retry_allowed, created_at, resolved_at, resolution_note, raw_input,
    imo_stage, disposition, retry_count, ttl_tier, escalation_level)
SELECT gen.u('ct_error', s), gen.u('outreach', 1 + gen.h('cte.company', s) % gen.n(95004)),
       gen.pick('cte.stage', s, ARRAY['company_match', 'email_pattern',
           'domain_check', 'imo_gate']),
       gen.pick('cte.code', s, ARRAY['CT-M-NO-MATCH', 'CT-M-NO-PATTERN', 'CT-D-UNREACHABLE',
                                     'CT-I-NO-DOMAIN']),
       CASE WHEN s % 90 = 0 THEN gen.odd('cte.odd', s) ELSE 'no verified e-mail pattern after '
            || s % 4 || ' attempts' END,
       gen.pick('cte.severity', s, ARRAY['blocking', 'blocking', 'warning']), s % 3 = 0,
       gen.ts('cte.created', s), CASE WHEN s % 4 = 0 THEN gen.ts('cte.resolved', s) END,
       CASE WHEN s % 4 = 0 THEN 'resolved by re-run' END,
       CASE WHEN s % 70 = 0 THEN 'null'::jsonb WHEN s % 3 = 0 THEN NULL
            ELSE jsonb_build_object('attempt', s % 4, 'domain', 'company-' || s || '.com') END,
       'M' || s % 5,
       gen.pick('cte.disposition', s, ARRAY['RETRY', 'PARKED', 'ARCHIVED', 'RESOLVED'])
           ::public.error_disposition,
       (s % 4)::integer, 'MEDIUM', (s % 4)::integer
FROM generate_series(1, gen.n(4404)) AS s;

INSERT INTO people.people_errors (error_id, outreach_id, slot_id, person_id,
    error_stage, error_type,
    error_code, error_message, source_hints_used, raw_payload, retry_strategy, retry_after, status,
    created_at, last_updated_at, disposition, retry_count, ttl_tier)
SELECT gen.u('people_error', s), gen.u('outreach', 1 + gen.h('pre.company', s) % gen.n(95004)),
       CASE WHEN s % 2 = 0 THEN gen.u('slot', 3 + gen.h('pre.slot', s) % gen.n(285012)) END, NULL,
       gen.pick('pre.stage', s, ARRAY['slot_creation', 'slot_fill', 'movement_detect', 'enrichment',
                                      'promotion']),
       gen.pick('pre.type', s, ARRAY['validation', 'ambiguity', 'conflict', 'missing_data',
                                     'stale_data', 'external_fail']),
       'PI-E' || lpad((gen.h('pre.code', s) % 300)::text, 3, '0'),
       CASE WHEN s % 60 = 0 THEN gen.odd('pre.odd', s) ELSE 'slot could not be filled' END,
       CASE WHEN s % 5 = 0 THEN '["linkedin", null]'::jsonb END,
       jsonb_build_object('title', gen.title('pre', s), 'confidence', s % 100),
       gen.pick('pre.retry', s, ARRAY['manual_fix', 'auto_retry', 'discard']), NULL,
       gen.pick('pre.status', s, ARRAY['open', 'open', 'fixed', 'replayed', 'abandoned']),
       gen.ts('pre.created', s), gen.ts('pre.updated', s),
       gen.pick('pre.disposition', s, ARRAY['RETRY', 'PARKED', 'IGNORE'])::public.error_disposition,
       (s % 3)::integer, 'MEDIUM'
FROM generate_series(1, 1053) AS s;

INSERT INTO cl.cl_err_existence (error_id, company_unique_id, company_name, company_domain,
    linkedin_company_url, reason_code, domain_status_code, domain_redirect_chain, domain_final_url,
    domain_error, extracted_name, name_match_score, extracted_state, state_match_result, evidence,
    verification_run_id, created_at)
SELECT gen.u('cl_error', i), sovereign_id, name, domain, NULL,
       gen.pick('cle.reason', i, ARRAY['DOMAIN_FAIL', 'NAME_FAIL', 'STATE_FAIL', 'NO_DOMAIN']),
       (ARRAY[301, 404, 503, NULL])[1 + gen.h('cle.http', i) % 4],
       CASE WHEN i % 300 = 0 THEN ('[0:1]={http://' || domain || ',https://' || domain || '}')::text[]
            WHEN i % 4 = 0 THEN ARRAY['http://' || domain, 'https://www.' || domain] END,
       CASE WHEN i % 4 = 0 THEN 'https://www.' || domain END,
       CASE WHEN i % 7 = 0 THEN gen.odd('cle.odd', i) END, initcap(name),
       (gen.h('cle.score', i) % 101)::integer, state,
       gen.pick('cle.state', i, ARRAY['PASS', 'HARD_FAIL', 'SOFT_FAIL']),
       CASE WHEN i % 90 = 0 THEN 'null'::jsonb WHEN i % 3 = 0 THEN NULL
            ELSE jsonb_build_object('pass', 2, 'score', (i % 100)::numeric / 10) END,
       'RUN-2026-01-' || lpad((1 + i % 28)::text, 2, '0'), gen.ts('cle.created', i)
FROM gen.company WHERE i > gen.n(102426) - gen.n(7985) AND i <= gen.n(102426) ORDER BY i;

INSERT INTO outreach.dol_errors (error_id, outreach_id, pipeline_stage, failure_code,
    blocking_reason, severity, retry_allowed, created_at, resolved_at, raw_input, disposition,
    retry_count, ttl_tier)
SELECT gen.u('dol_error', s), gen.u('outreach',
       1 + gen.h('de.company', s) % gen.n(95004)), 'ein_match',
       gen.pick('de.code', s, ARRAY['DOL-NO-MATCH', 'DOL-MULTI', 'DOL-STALE-FILING']),
       'no filing found for this sponsor', 'blocking', false, gen.ts('de.created', s),
       CASE WHEN s % 6 = 0 THEN gen.ts('de.resolved', s) END,
       CASE WHEN s % 2 = 0 THEN jsonb_build_object('ein', gen.ein(s)) END,
       gen.pick('de.disposition', s, ARRAY['RETRY', 'PARKED',
           'ARCHIVED'])::public.error_disposition,
       (s % 6)::integer, 'MEDIUM'
FROM generate_series(1, gen.n(29740)) AS s;

INSERT INTO outreach.blog_errors (error_id, outreach_id, pipeline_stage, failure_code,
    blocking_reason, created_at)
SELECT gen.u('blog_error', s), gen.u('outreach', s * 17), 'fetch', 'BLOG-TIMEOUT',
       'no answer within 30 s', gen.ts('be.created', s)
FROM generate_series(1, 2) AS s;

-- The mirror: every row above, and older errors whose tables have been emptied since.
INSERT INTO shq.error_master (error_id, process_id, agent_id, severity, error_type, message,
    outreach_context_id, context, created_at, resolved_at)
SELECT error_id, 'outreach.company_target_errors', pipeline_stage, upper(severity), failure_code,
       blocking_reason, outreach_id::text, coalesce(raw_input, '{}'), created_at, resolved_at
FROM outreach.company_target_errors
UNION ALL
SELECT error_id, 'people.people_errors', error_stage, 'HARD_FAIL', error_code, error_message,
       outreach_id::text, raw_payload, created_at, NULL FROM people.people_errors
UNION ALL
SELECT error_id, 'outreach.dol_errors', pipeline_stage, upper(severity), failure_code,
       blocking_reason, outreach_id::text, coalesce(raw_input, '{}'), created_at, resolved_at
FROM outreach.dol_errors
UNION ALL
SELECT error_id, 'outreach.blog_errors', pipeline_stage, upper(severity), failure_code,
       blocking_reason, outreach_id::text, '{}', created_at, resolved_at FROM outreach.blog_errors
UNION ALL
SELECT gen.u('old_error', s), 'legacy.' || s % 12, 'agent-' || s % 7, 'SOFT_FAIL',
       gen.pick('old.type', s, ARRAY['TIMEOUT', 'RATE_LIMIT', 'PARSE', 'NO_MATCH']),
       'see the run log of ' || to_char(date '2025-11-01' + s % 97, 'YYYY-MM-DD'), NULL,
       jsonb_build_object('n', s), gen.ts('old.created', s), gen.ts('old.resolved', s)
FROM generate_series(1, gen.n(86411) - gen.n(4404) - 1053 - gen.n(29740) - 2) AS s;

INSERT INTO people.people_invalid (unique_id, full_name, first_name, last_name, email, phone, title,
    company_name, company_unique_id, linkedin_url, city, state, validation_status, reason_code,
    validation_errors, validation_warnings, failed_at, batch_id, created_at, updated_at,
    enrichment_data)
SELECT gen.person_id(950000 + s), gen.full_name(s), gen.first_name(s), gen.last_name(s),
       CASE s % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'not-an-address' END,
       NULL, gen.title('pi', s),
       'Company ' || s, CASE WHEN s % 5 = 0 THEN NULL WHEN s % 7 = 0 THEN 'UNKNOWN-' || s
                             ELSE gen.company_id(s) END,
       NULL, 'Erie', 'PA', 'FAILED',
       gen.pick('pi.reason', s, ARRAY['bad_email', 'missing_title', 'duplicate_person',
                                      'no_company']),
       jsonb_build_array(jsonb_build_object('field', 'email', 'value', gen.odd('pi.odd', s))),
       CASE WHEN s % 6 = 0 THEN 'null'::jsonb WHEN s % 2 = 0 THEN '[]'::jsonb END,
       gen.lt('pi.failed', s), 'batch-7',
       CASE WHEN s IN (3, 11) THEN NULL WHEN s = 5 THEN gen.clock_change(s)
            ELSE gen.lt('pi.created', s) END,
       CASE WHEN s = 8 THEN NULL ELSE gen.lt('pi.updated', s) END,
       CASE WHEN s % 5 = 0 THEN 'null'::jsonb WHEN s % 3 = 0 THEN '{"score": 1.50}'::jsonb END
FROM generate_series(1, 21) AS s;
