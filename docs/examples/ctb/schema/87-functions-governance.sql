-- What governs errors. All of these name tables in their text: a moved table breaks them, silently
-- until the next call.

-- The daily job. An error older than its tier allows goes to the archive and out of its table.
CREATE FUNCTION shq.fn_ttl_days(tier public.ttl_tier) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE tier WHEN 'SHORT' THEN 7 WHEN 'MEDIUM' THEN 30 WHEN 'LONG' THEN 90 END
$$;

CREATE FUNCTION shq.fn_archive_expired_errors(OUT relation text, OUT archived bigint)
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    relation := 'outreach.company_target_errors';
    WITH gone AS (DELETE FROM outreach.company_target_errors
                  WHERE created_at < now() - make_interval(days => shq.fn_ttl_days(ttl_tier))
                  RETURNING *)
    INSERT INTO outreach.company_target_errors_archive (error_id, outreach_id, pipeline_stage,
        failure_code, blocking_reason, severity, created_at, ttl_tier, final_disposition)
    SELECT error_id, outreach_id, pipeline_stage, failure_code, blocking_reason, severity,
           created_at, ttl_tier, disposition FROM gone;
    GET DIAGNOSTICS archived = ROW_COUNT;
    RETURN NEXT;

    relation := 'outreach.dol_errors';
    WITH gone AS (DELETE FROM outreach.dol_errors
                  WHERE created_at < now() - make_interval(days => shq.fn_ttl_days(ttl_tier))
                  RETURNING *)
    INSERT INTO outreach.dol_errors_archive (error_id, outreach_id, pipeline_stage, failure_code,
        blocking_reason, severity, created_at, ttl_tier, final_disposition)
    SELECT error_id, outreach_id, pipeline_stage, failure_code, blocking_reason, severity,
           created_at, ttl_tier, disposition FROM gone;
    GET DIAGNOSTICS archived = ROW_COUNT;
    RETURN NEXT;

    relation := 'people.people_errors';
    WITH gone AS (DELETE FROM people.people_errors
                  WHERE created_at < now() - make_interval(days => shq.fn_ttl_days(ttl_tier))
                  RETURNING *)
    INSERT INTO people.people_errors_archive (error_id, outreach_id, error_stage, error_type,
        error_code, error_message, raw_payload, created_at, ttl_tier, final_disposition)
    SELECT error_id, outreach_id, error_stage, error_type, error_code, error_message, raw_payload,
           created_at, ttl_tier, disposition FROM gone;
    GET DIAGNOSTICS archived = ROW_COUNT;
    RETURN NEXT;

    relation := 'company.url_discovery_failures';
    -- Reasons that do not fit their archive stay where they are.
    WITH gone AS (DELETE FROM company.url_discovery_failures
                  WHERE created_at < now() - make_interval(days => shq.fn_ttl_days(ttl_tier))
                    AND length(failure_reason) <= 50
                  RETURNING *)
    INSERT INTO company.url_discovery_failures_archive (failure_id, company_unique_id, website_url,
        failure_reason, created_at, disposition, retry_count, max_retries, ttl_tier,
        final_disposition)
    SELECT failure_id, company_unique_id, website_url, failure_reason, created_at, disposition,
           retry_count, max_retries, ttl_tier, disposition FROM gone;
    GET DIAGNOSTICS archived = ROW_COUNT;
    RETURN NEXT;
END $$;

CREATE FUNCTION shq.fn_cleanup_expired_archives() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    deleted bigint;
    total bigint := 0;
BEGIN
    DELETE FROM outreach.company_target_errors_archive WHERE retention_expires_at < now();
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM outreach.dol_errors_archive WHERE retention_expires_at < now();
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM people.people_errors_archive WHERE retention_expires_at < now();
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    DELETE FROM company.url_discovery_failures_archive WHERE retention_expires_at < now();
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN total + deleted;
END $$;

CREATE FUNCTION shq.fn_auto_park_exhausted_retries() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE outreach.company_target_errors SET disposition = 'PARKED', parked_at = now()
     WHERE disposition = 'RETRY' AND retry_count >= max_retries;
    UPDATE outreach.dol_errors SET disposition = 'PARKED', parked_at = now()
     WHERE disposition = 'RETRY' AND retry_count >= max_retries;
    UPDATE people.people_errors SET disposition = 'PARKED', parked_at = now()
     WHERE disposition = 'RETRY' AND retry_count >= max_retries;
END $$;

CREATE FUNCTION shq.fn_escalate_stale_parked_errors() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE outreach.company_target_errors
       SET escalation_level = escalation_level + 1, escalated_at = now()
     WHERE disposition = 'PARKED' AND escalation_level < 3 AND parked_at < now() - interval '7 days';
    UPDATE outreach.dol_errors SET escalation_level = escalation_level + 1, escalated_at = now()
     WHERE disposition = 'PARKED' AND escalation_level < 3 AND parked_at < now() - interval '7 days';
    UPDATE people.people_errors SET escalation_level = escalation_level + 1, escalated_at = now()
     WHERE disposition = 'PARKED' AND escalation_level < 3 AND parked_at < now() - interval '7 days';
END $$;

CREATE FUNCTION shq.fn_backfill_error_master() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO shq.error_master (error_id, process_id, agent_id, error_type, message, created_at)
    SELECT error_id, process, stage, code, message, created_at
    FROM (SELECT error_id, 'outreach.company_target_errors' AS process, pipeline_stage AS stage,
                 failure_code AS code, blocking_reason AS message, created_at
          FROM outreach.company_target_errors
          UNION ALL
          SELECT error_id, 'people.people_errors', error_stage, error_code, error_message,
                 created_at FROM people.people_errors) AS e
    WHERE NOT EXISTS (SELECT FROM shq.error_master m WHERE m.error_id = e.error_id);
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END $$;

-- Says "resolved" to a column whose CHECK knows no such word: fails for people.people_errors.
CREATE FUNCTION shq.fn_sync_resolution_from_master(error uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    master shq.error_master;
BEGIN
    SELECT * INTO master FROM shq.error_master WHERE error_id = error;
    CASE master.process_id
        WHEN 'outreach.company_target_errors' THEN
            UPDATE outreach.company_target_errors SET resolved_at = master.resolved_at
             WHERE error_id = error;
        WHEN 'outreach.people_errors' THEN
            UPDATE outreach.people_errors SET resolved_at = master.resolved_at
             WHERE error_id = error;
        WHEN 'people.people_errors' THEN
            UPDATE people.people_errors SET status = 'resolved', last_updated_at = now()
             WHERE error_id = error;
        ELSE NULL;
    END CASE;
END $$;

CREATE FUNCTION shq.fn_has_blocking_company_target_errors(company uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM outreach.company_target_errors
                   WHERE outreach_id = company AND disposition IN ('RETRY', 'PARKED'))
$$;
CREATE FUNCTION shq.fn_has_blocking_people_errors(company uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM people.people_errors
                   WHERE outreach_id = company AND disposition IN ('RETRY', 'PARKED'))
$$;

-- Called every hour from outside; the commands are text in a table.
CREATE FUNCTION shq.fn_run_due_jobs() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job shq.job_schedule;
    ran integer := 0;
BEGIN
    FOR job IN SELECT * FROM shq.job_schedule
               WHERE is_enabled AND coalesce(last_run_at + run_every <= now(), true)
               ORDER BY job_name FOR UPDATE SKIP LOCKED LOOP
        EXECUTE job.command;
        UPDATE shq.job_schedule SET last_run_at = now() WHERE job_name = job.job_name;
        ran := ran + 1;
    END LOOP;
    RETURN ran;
END $$;
