-- Values that are too long, too precise, forbidden or merely awkward.

SELECT '1J outreach_orphan_archive: ' || fact.name, fact.n
FROM (SELECT count(*) FILTER (WHERE length(domain) > 255) AS long,
             count(*) FILTER (WHERE length(domain) <= 255 AND octet_length(domain) > 255) AS bytes
      FROM outreach.outreach_orphan_archive) AS c,
     LATERAL (VALUES ('domain longer than 255', long),
                     ('domain of more bytes, not characters', bytes)) AS fact (name, n);

SELECT '1J company_target_orphaned_archive: ' || fact.name, fact.n
FROM (SELECT count(*) FILTER (WHERE length(email_method) > 100) AS long,
             count(*) FILTER (WHERE confidence_score IN ('Infinity', 'NaN')) AS infinite,
             count(*) FILTER (WHERE confidence_score >= 10
                 AND confidence_score < 'Infinity') AS large,
             count(*) FILTER (WHERE confidence_score < 10
                              AND confidence_score <> round(confidence_score, 4)) AS precise,
             count(*) FILTER (WHERE confidence_score < 10 AND scale(confidence_score) < 4) AS bytes,
             count(*) FILTER (WHERE outreach_status IS NULL) AS no_status,
             count(*) FILTER (WHERE outreach_status NOT IN ('queued', 'active',
                 'paused', 'completed',
                                                            'disqualified')) AS word,
             count(*) FILTER (WHERE bit_score_snapshot > 100) AS score,
             count(*) FILTER (WHERE sequence_count IS NULL) AS no_count,
             count(*) FILTER (WHERE created_at IS NULL) AS no_creation,
             count(*) FILTER (WHERE updated_at IS NULL) AS no_update
      FROM outreach.company_target_orphaned_archive) AS c,
     LATERAL (VALUES ('email_method longer than 100', long), ('confidence not finite', infinite),
                     ('confidence of ten or more', large), ('confidence too precise', precise),
                     ('confidence of another scale', bytes), ('outreach_status NULL', no_status),
                     ('outreach_status outside the CHECK', word),
                     ('bit_score_snapshot outside the CHECK', score),
                     ('sequence_count NULL', no_count), ('created_at NULL', no_creation),
                     ('updated_at NULL', no_update)) AS fact (name, n);

-- SQL NULL beside JSON null.
SELECT 'json: ' || source || ' ' || fact.name, fact.n
FROM (SELECT source, count(*) FILTER (WHERE value IS NULL) AS sql_null,
             count(*) FILTER (WHERE value = 'null') AS json_null
      FROM (SELECT 'people_resolution_queue.error_details' AS source, error_details AS value
            FROM people.people_resolution_queue
            UNION ALL SELECT 'people_invalid.enrichment_data',
                enrichment_data FROM people.people_invalid
            UNION ALL SELECT 'people_sidecar.social_profiles',
                social_profiles FROM people.people_sidecar
            UNION ALL SELECT 'people_sidecar.enrichment_payload',
                enrichment_payload FROM people.people_sidecar
            UNION ALL SELECT 'person_scores.score_factors', score_factors FROM people.person_scores
            UNION ALL SELECT 'person_movement_history.raw_payload',
                raw_payload FROM people.person_movement_history
            UNION ALL SELECT 'people_resolution_history.source_response', source_response
            FROM people.people_resolution_history
            UNION ALL SELECT 'bit_input_history.signal_payload',
                signal_payload FROM outreach.bit_input_history
            UNION ALL SELECT 'cl_err_existence.evidence', evidence FROM cl.cl_err_existence
            UNION ALL SELECT 'company_target_errors.raw_input',
                raw_input FROM outreach.company_target_errors)
           AS j GROUP BY source) AS c,
     LATERAL (VALUES ('SQL NULL', sql_null), ('JSON null', json_null)) AS fact (name, n)
ORDER BY 1;

-- Arrays: NULL, empty, lower bound other than 1, two dimensions.
SELECT 'array: ' || source || ' ' || fact.name, fact.n
FROM (SELECT source, count(*) FILTER (WHERE value IS NULL) AS missing,
             count(*) FILTER (WHERE cardinality(value) = 0) AS empty,
             count(*) FILTER (WHERE array_lower(value, 1) <> 1) AS bound,
             count(*) FILTER (WHERE array_ndims(value) > 1) AS dimensions
      FROM (SELECT 'paid_enrichment_queue.empty_slots' AS source, empty_slots AS value
            FROM people.paid_enrichment_queue
            UNION ALL SELECT 'company_master.keywords', keywords FROM company.company_master
            UNION ALL SELECT 'people_sidecar.clay_segments',
                clay_segments FROM people.people_sidecar
            UNION ALL SELECT 'proof_lines.sources', sources FROM bit.proof_lines
            UNION ALL SELECT 'column_metadata.search_keywords',
                search_keywords FROM dol.column_metadata
            UNION ALL SELECT 'cl_err_existence.domain_redirect_chain', domain_redirect_chain
            FROM cl.cl_err_existence) AS a GROUP BY source) AS c,
     LATERAL (VALUES ('NULL', missing), ('empty', empty), ('lower bound other than 1', bound),
                     ('two dimensions', dimensions)) AS fact (name, n)
ORDER BY 1;

-- Text that is legal and awkward, in two large tables.
SELECT 'text: ' || source || ' ' || fact.name, fact.n
FROM (SELECT source, count(*) FILTER (WHERE value IS NULL) AS missing,
             count(*) FILTER (WHERE value = '') AS empty,
             count(*) FILTER (WHERE value ~ E'\t') AS tab,
             count(*) FILTER (WHERE value ~ E'[\n\r]') AS line,
             count(*) FILTER (WHERE strpos(value, E'\\') > 0) AS backslash,
             count(*) FILTER (WHERE value = '\N') AS copy_null,
             count(*) FILTER (WHERE value = '\.') AS copy_end,
             count(*) FILTER (WHERE value ~ '["'']') AS quote,
             count(*) FILTER (WHERE octet_length(value) > length(value)) AS unicode
      FROM (SELECT 'company_source_urls.page_title' AS source, page_title AS value
            FROM company.company_source_urls
            UNION ALL SELECT 'company_master.description', description FROM company.company_master)
           AS t GROUP BY source) AS c,
     LATERAL (VALUES ('NULL', missing), ('empty', empty), ('tab', tab), ('line break', line),
                     ('backslash', backslash), ('text that COPY reads as NULL', copy_null),
                     ('text that COPY reads as end of data', copy_end), ('quote', quote),
                     ('beyond ASCII', unicode)) AS fact (name, n)
ORDER BY 1;

SELECT 'text: longest source_url', max(length(source_url)) FROM company.company_source_urls;
SELECT 'text: staged e-mails empty beside NULL',
    count(*) FROM people.people_staging WHERE email = '';

-- Other local times inside a change of clocks.
SELECT 'clock: ' || source, count(*)
FROM (SELECT 'company_master.email_pattern_verified_at' AS source,
    email_pattern_verified_at AS moment
      FROM company.company_master
      UNION ALL SELECT 'marketing.company_master.created_at',
          created_at FROM marketing.company_master
      UNION ALL SELECT 'people_staging.created_at', created_at FROM people.people_staging
      UNION ALL SELECT 'pipeline_events.created_at', created_at FROM company.pipeline_events
      UNION ALL SELECT 'people_invalid.created_at', created_at FROM people.people_invalid
      UNION ALL SELECT 'people_sidecar.created_at', created_at FROM people.people_sidecar
      UNION ALL SELECT 'person_movement_history.detected_at', detected_at
      FROM people.person_movement_history) AS m
WHERE pg_temp.in_clock_change(moment) GROUP BY source ORDER BY 1;
