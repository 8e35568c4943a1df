-- What stands in the way of each merge, by phase of the document.

-- 1B: no moment of creation (NOT NULL in two of three targets), no company, an unknown company.
WITH failed AS (
    SELECT 'failed_company_match' AS source, created_at, updated_at, resolved_company_id AS company,
           resolution_status IS NULL AS no_status, best_match_notes AS reason
    FROM marketing.failed_company_match
    UNION ALL SELECT 'failed_email_verification', created_at, updated_at, company_id,
           resolution_status IS NULL, verification_error FROM marketing.failed_email_verification
    UNION ALL SELECT 'failed_low_confidence', created_at, updated_at, matched_company_id,
           resolution_status IS NULL, match_notes FROM marketing.failed_low_confidence
    UNION ALL SELECT 'failed_no_pattern', created_at, updated_at, company_id,
           resolution_status IS NULL, failure_reason FROM marketing.failed_no_pattern
    UNION ALL SELECT 'failed_slot_assignment', created_at, updated_at, matched_company_id,
           resolution_status IS NULL, resolution_notes FROM marketing.failed_slot_assignment)
SELECT '1B ' || source || ': ' || fact.name, fact.n
FROM (SELECT source, count(*) FILTER (WHERE created_at IS NULL) AS no_creation,
             count(*) FILTER (WHERE updated_at IS NULL) AS no_update,
             count(*) FILTER (WHERE company IS NULL) AS no_company,
             count(*) FILTER (WHERE company IS NOT NULL AND r.n IS NULL) AS unresolved,
             count(*) FILTER (WHERE pg_temp.in_clock_change(created_at)) AS clock,
             count(DISTINCT reason) AS reasons
      FROM failed LEFT JOIN (SELECT company, count(*) AS n FROM resolves
          GROUP BY 1) AS r USING (company)
      GROUP BY source) AS per,
     LATERAL (VALUES ('created_at NULL', no_creation), ('updated_at NULL', no_update),
                     ('company NULL', no_company), ('company does not resolve', unresolved),
                     ('created_at in a clock change', clock), ('distinct failure reasons', reasons))
         AS fact (name, n)
ORDER BY 1;

SELECT '1B failed_email_verification: person_id that is no uuid', count(*)
FROM marketing.failed_email_verification WHERE person_id !~ '^[0-9a-f]{8}-';
SELECT '1B failed_email_verification: empty notes beside NULL ones', count(*)
FROM marketing.failed_email_verification WHERE verification_notes = '';
SELECT '1B failed_slot_assignment: fuzzy_score NaN', count(*) FROM marketing.failed_slot_assignment
WHERE fuzzy_score = 'NaN';

SELECT '1C people_errors: error_id already in the target', count(*)
FROM outreach.people_errors JOIN people.people_errors USING (error_id);
SELECT '1C people_errors: raw_input JSON null', count(*) FROM outreach.people_errors
WHERE raw_input = 'null';
SELECT '1C url_discovery_failures: reason longer than its archive allows', count(*)
FROM company.url_discovery_failures WHERE length(failure_reason) > 50;

-- 1D: serial keys of five sources start at 1 like the target's.
SELECT '1D: serial keys already in the target', count(*)
FROM outreach.pipeline_audit_log t
JOIN (SELECT log_id AS id FROM outreach.dol_audit_log
      UNION ALL SELECT audit_id FROM people.people_promotion_audit
      UNION ALL SELECT log_id FROM people.company_resolution_log
      UNION ALL SELECT id FROM people.person_movement_history
      UNION ALL SELECT history_id FROM people.slot_assignment_history) AS s ON s.id = t.log_id;
SELECT '1D: company NULL', (SELECT count(*) FROM people.company_resolution_log
    WHERE company_id IS NULL)
    + (SELECT count(*) FROM outreach.send_log WHERE company_unique_id IS NULL);
SELECT '1D: send_log with neither company nor target', count(*) FROM outreach.send_log
WHERE company_unique_id IS NULL AND target_id IS NULL;
SELECT '1D: company does not resolve', count(*)
FROM (SELECT company_id AS company FROM outreach.dol_audit_log
      UNION ALL SELECT company_unique_id FROM bit.authorization_log
      UNION ALL SELECT company_id FROM people.company_resolution_log
      UNION ALL SELECT company_from_id FROM people.person_movement_history
      UNION ALL SELECT company_unique_id FROM people.slot_assignment_history
      UNION ALL SELECT company_unique_id FROM outreach.send_log) AS s
WHERE company IS NOT NULL AND NOT EXISTS (SELECT FROM resolves r WHERE r.company = s.company);
SELECT '1D: created_at NULL', (SELECT count(*) FROM outreach.dol_audit_log WHERE created_at IS NULL)
    + (SELECT count(*) FROM people.person_movement_history WHERE created_at IS NULL);
SELECT '1D blog_source_history: status NULL', count(*) FROM outreach.blog_source_history
WHERE status IS NULL;
SELECT '1D slot_assignment_history: event_ts differs from created_at', count(*)
FROM people.slot_assignment_history WHERE event_ts <> created_at;

SELECT '1E people_resolution_queue: status NULL', count(*) FROM people.people_resolution_queue
WHERE status IS NULL;
SELECT '1E people_resolution_queue: created_at NULL', count(*) FROM people.people_resolution_queue
WHERE created_at IS NULL;
SELECT '1E people_resolution_queue: created_at in a clock change', count(*)
FROM people.people_resolution_queue WHERE pg_temp.in_clock_change(created_at);
SELECT '1E people_resolution_queue: resolved_at in a clock change', count(*)
FROM people.people_resolution_queue WHERE pg_temp.in_clock_change(resolved_at);
SELECT '1E people_resolution_queue: issue types', count(DISTINCT issue_type)
FROM people.people_resolution_queue;
SELECT '1E people_resolution_queue: company does not resolve', count(*)
FROM people.people_resolution_queue s
WHERE NOT EXISTS (SELECT FROM resolves r WHERE r.company = s.company_unique_id);
SELECT '1E paid_enrichment_queue: company does not resolve',
    count(*) FROM people.paid_enrichment_queue s
WHERE NOT EXISTS (SELECT FROM resolves r WHERE r.company = s.company_unique_id);
SELECT '1E paid_enrichment_queue: queued_at NULL', count(*) FROM people.paid_enrichment_queue
WHERE queued_at IS NULL;
SELECT '1E paid_enrichment_queue: queued_at in a clock change', count(*)
FROM people.paid_enrichment_queue WHERE pg_temp.in_clock_change(queued_at);
SELECT '1E paid_enrichment_queue: processed_at infinity', count(*) FROM people.paid_enrichment_queue
WHERE processed_at = 'infinity';
SELECT '1E: keys that both queues use', count(*)
FROM people.people_resolution_queue r JOIN people.paid_enrichment_queue p ON p.id = r.queue_id;

WITH signal AS (
    SELECT 'dol' AS hub, signal_id, company_unique_id, correlation_id FROM dol.pressure_signals
    UNION ALL SELECT 'blog', signal_id, company_unique_id, correlation_id FROM blog.pressure_signals
    UNION ALL SELECT 'people', signal_id, company_unique_id,
        correlation_id FROM people.pressure_signals)
SELECT '1F: correlation_id NULL', count(*) FROM signal WHERE correlation_id IS NULL
UNION ALL SELECT '1F: company does not resolve', count(*) FROM signal s
    WHERE NOT EXISTS (SELECT FROM resolves r WHERE r.company = s.company_unique_id)
UNION ALL SELECT '1F: signal_id already in the target',
    count(*) FROM signal JOIN outreach.bit_signals USING (signal_id)
UNION ALL SELECT '1F: signal_id used by two sources',
    count(*) - count(DISTINCT signal_id) FROM signal;

SELECT '1G people_invalid: created_at or updated_at NULL', count(*) FROM people.people_invalid
WHERE created_at IS NULL OR updated_at IS NULL;
SELECT '1G people_invalid: company NULL or does not resolve', count(*) FROM people.people_invalid s
WHERE NOT EXISTS (SELECT FROM resolves r WHERE r.company = s.company_unique_id);
SELECT '1G dol_url_enrichment: EIN that matches ' || CASE least(n, 2) WHEN 0 THEN '0 rows' WHEN 1
       THEN '1 row' ELSE 'n rows' END, count(*)
FROM (SELECT (SELECT count(*) FROM outreach.dol d WHERE d.ein = e.ein) AS n
      FROM outreach.dol_url_enrichment e) AS m GROUP BY 1, least(n, 2) ORDER BY 1;
SELECT '1G dol: EINs of several rows', count(*)
FROM (SELECT ein FROM outreach.dol WHERE ein IS NOT NULL GROUP BY ein HAVING count(*) > 1) AS e;
SELECT '1G phase_state: company does not resolve', count(*) FROM bit.phase_state s
WHERE NOT EXISTS (SELECT FROM resolves r WHERE r.company = s.company_unique_id);
SELECT '1G phase_state: resolves, but has no score', count(*) FROM bit.phase_state s
WHERE EXISTS (SELECT FROM resolves r WHERE r.company = s.company_unique_id)
  AND NOT EXISTS (SELECT FROM resolves r JOIN outreach.bit_scores b USING (outreach_id)
                  WHERE r.company = s.company_unique_id);
SELECT '1G phase_state: has a score', count(*) FROM bit.phase_state s
WHERE EXISTS (SELECT FROM resolves r JOIN outreach.bit_scores b USING (outreach_id)
              WHERE r.company = s.company_unique_id);
SELECT '1G proof_lines: companies with several proofs', count(*)
FROM (SELECT company_unique_id FROM bit.proof_lines GROUP BY 1 HAVING count(*) > 1) AS p;
SELECT '1G proof_lines: company without a score', count(*) FROM bit.proof_lines s
WHERE NOT EXISTS (SELECT FROM resolves r JOIN outreach.bit_scores b USING (outreach_id)
                  WHERE r.company = s.company_unique_id);

-- 1J: the primary keys and unique indexes of both targets. Among rows of one source that share a
-- key, all but the one archived first clash.
WITH orphan AS (
    SELECT EXISTS (SELECT FROM outreach.outreach_archive t
        WHERE t.outreach_id = s.outreach_id) AS key,
           EXISTS (SELECT FROM outreach.outreach_archive t
               WHERE t.sovereign_id = s.sovereign_id) AS other,
           false AS again,
           row_number() OVER (PARTITION BY sovereign_id ORDER BY archived_at,
               outreach_id) > 1 AS twin
    FROM outreach.outreach_orphan_archive s
), target AS (
    SELECT EXISTS (SELECT FROM outreach.company_target_archive t
        WHERE t.target_id = s.target_id) AS key,
           EXISTS (SELECT FROM outreach.company_target_archive t
                   WHERE t.company_unique_id = s.company_unique_id) AS other,
           row_number() OVER (PARTITION BY target_id ORDER BY archived_at) > 1 AS again,
           company_unique_id IS NOT NULL AND row_number() OVER (PARTITION BY company_unique_id
               ORDER BY archived_at, target_id) > 1 AS twin
    FROM outreach.company_target_orphaned_archive s
), clash AS (
    SELECT '1J outreach_orphan_archive' AS source, * FROM orphan
    UNION ALL SELECT '1J company_target_orphaned_archive', * FROM target
)
SELECT '1J: rows', count(*) FROM clash
UNION ALL SELECT '1J: rows that clash with a unique index', count(*) FROM clash
    WHERE key OR other OR again OR twin
UNION ALL SELECT source || ': key in the target',
    count(*) FILTER (WHERE key) FROM clash GROUP BY source
UNION ALL SELECT source || ': unique index of the target', count(*) FILTER (WHERE other AND NOT key)
    FROM clash GROUP BY source
UNION ALL SELECT source || ': key repeated in the source', count(*) FILTER (WHERE again)
    FROM clash GROUP BY source
UNION ALL SELECT source || ': unique index, repeated in the source',
    count(*) FILTER (WHERE twin AND NOT again) FROM clash GROUP BY source
ORDER BY 1;
