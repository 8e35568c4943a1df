-- Views on people, signals and errors.

CREATE VIEW people.v_slot_coverage AS
    SELECT c.company_unique_id, c.company_name, count(s.slot_id) AS slots,
           count(p.unique_id) AS people
    FROM company.company_master c
    LEFT JOIN people.company_slot s USING (company_unique_id)
    LEFT JOIN people.people_master p ON p.unique_id = s.person_unique_id
    GROUP BY c.company_unique_id, c.company_name;
CREATE VIEW people.v_slot_tenure_summary AS
    SELECT company_unique_id, slot_type, count(*) AS events, avg(tenure_days) AS average_days
    FROM people.slot_assignment_history GROUP BY company_unique_id, slot_type;
CREATE VIEW people.v_staging_summary AS
    SELECT status, mapped_slot_type, count(*) AS people, avg(confidence_score) AS confidence
    FROM people.people_staging GROUP BY status, mapped_slot_type;
CREATE VIEW people.v_paid_queue_summary AS
    SELECT status, url_type, count(*) AS urls, min(queued_at) AS oldest
    FROM people.paid_enrichment_queue GROUP BY status, url_type;
CREATE VIEW people.v_extraction_progress AS
    SELECT source_type, extraction_status, count(*) AS urls, sum(people_extracted) AS people
    FROM company.company_source_urls GROUP BY source_type, extraction_status;

CREATE VIEW bit.vw_active_movements AS
    SELECT movement_id, company_unique_id, domain, direction, magnitude, valid_until
    FROM bit.movement_events WHERE now() BETWEEN valid_from AND valid_until;
CREATE VIEW bit.vw_company_authorization AS
    SELECT p.company_unique_id, p.current_band, p.phase_status,
           (SELECT max(l.band) FROM bit.proof_lines l
            WHERE l.company_unique_id = p.company_unique_id AND l.valid_until > now()) AS proven_band,
           (SELECT count(*) FROM bit.movement_events m
            WHERE m.company_unique_id = p.company_unique_id AND m.valid_until > now()) AS movements
    FROM bit.phase_state p;

-- RETRY and PARKED block; the default of every error table is RETRY.
CREATE VIEW shq.vw_blocking_errors_by_outreach AS
    SELECT outreach_id, count(*) AS blocking
    FROM (SELECT outreach_id FROM outreach.company_target_errors
          WHERE disposition IN ('RETRY', 'PARKED')
          UNION ALL SELECT outreach_id FROM outreach.dol_errors
          WHERE disposition IN ('RETRY', 'PARKED')
          UNION ALL SELECT outreach_id FROM people.people_errors
          WHERE disposition IN ('RETRY', 'PARKED')) AS e
    GROUP BY outreach_id;
CREATE VIEW shq.vw_error_governance_summary AS
    SELECT relation, disposition, ttl_tier, count(*) AS errors, min(created_at) AS oldest
    FROM (SELECT 'outreach.company_target_errors' AS relation, disposition, ttl_tier, created_at
          FROM outreach.company_target_errors
          UNION ALL SELECT 'outreach.dol_errors', disposition, ttl_tier, created_at
          FROM outreach.dol_errors
          UNION ALL SELECT 'people.people_errors', disposition, ttl_tier, created_at
          FROM people.people_errors) AS e
    GROUP BY relation, disposition, ttl_tier;
CREATE VIEW shq.vw_promotion_readiness AS
    SELECT o.outreach_id, o.has_appointment, b.blocking IS NULL AS is_clear
    FROM outreach.outreach o LEFT JOIN shq.vw_blocking_errors_by_outreach b USING (outreach_id);
CREATE VIEW shq.vw_promotion_readiness_summary AS
    SELECT is_clear, has_appointment, count(*) AS companies
    FROM shq.vw_promotion_readiness GROUP BY is_clear, has_appointment;
