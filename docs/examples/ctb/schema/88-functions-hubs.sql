-- Functions of the hubs. Most name their tables in text, as plpgsql or as a string of SQL, and break
-- when one moves; the three with BEGIN ATOMIC are bound by OID and follow.

CREATE FUNCTION shq.fn_get_company_id_from_outreach(company uuid) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT company_unique_id FROM outreach.company_target WHERE outreach_id = company LIMIT 1
$$;
CREATE FUNCTION shq.fn_check_company_target_done(company uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM outreach.company_target
                   WHERE outreach_id = company AND execution_status = 'ready')
$$;
CREATE FUNCTION shq.fn_check_dol_done(company uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM outreach.dol WHERE outreach_id = company AND filing_present)
$$;
CREATE FUNCTION shq.fn_check_blog_done(company uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM outreach.blog WHERE outreach_id = company)
$$;
CREATE FUNCTION shq.fn_check_people_done(company uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT count(*) FILTER (WHERE is_filled) >= 1 FROM people.company_slot
    WHERE outreach_id = company
$$;
CREATE FUNCTION shq.fn_check_bit_done(company uuid) RETURNS boolean
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM outreach.bit_scores s WHERE s.outreach_id = company);
END;
CREATE FUNCTION shq.fn_is_tier1_marketing_ready(company uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM outreach.company_target
                   WHERE outreach_id = company AND email_method IS NOT NULL)
           AND NOT shq.fn_has_blocking_company_target_errors(company);
END $$;
CREATE FUNCTION shq.fn_is_tier3_campaign_ready(company uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN shq.fn_is_tier1_marketing_ready(company)
           AND EXISTS (SELECT FROM outreach.people
                       WHERE outreach_id = company AND contact_status = 'active');
END $$;

CREATE FUNCTION outreach.blog_url_exists(company uuid, url text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM outreach.blog_source_history
                   WHERE outreach_id = company AND source_url = url)
$$;
CREATE FUNCTION outreach.should_fetch_blog_url(company uuid, url text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM outreach.blog_source_history
                       WHERE outreach_id = company AND source_url = url
                         AND last_checked_at > now() - interval '7 days');
END $$;
CREATE FUNCTION outreach.get_canary_health() RETURNS numeric
LANGUAGE sql STABLE AS $$
    SELECT avg((http_status < 400)::integer) FROM outreach.blog_source_history
$$;
CREATE FUNCTION outreach.promote_canary_to_global() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM outreach.blog_source_history WHERE status = 'active') > 100 THEN
        UPDATE outreach.blog_ingress_control SET enabled = true, enabled_at = now();
    END IF;
END $$;
CREATE FUNCTION outreach.bit_signal_already_processed(company uuid, fingerprint text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM outreach.bit_input_history
                   WHERE outreach_id = company AND signal_fingerprint = fingerprint)
$$;

CREATE FUNCTION bit.get_current_band(company text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT current_band FROM bit.phase_state WHERE company_unique_id = company
$$;
CREATE FUNCTION bit.validate_proof_for_send(proof text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM bit.proof_lines l
                   WHERE l.proof_id = proof AND l.valid_until > now()
                     AND (SELECT count(*) FROM bit.movement_events m
                          WHERE m.movement_id = ANY (l.movement_ids)) = cardinality(l.movement_ids));
END $$;
CREATE FUNCTION bit.authorize_action(company text, action text, band integer, who text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    actual integer := coalesce(bit.get_current_band(company), 0);
BEGIN
    INSERT INTO bit.authorization_log (company_unique_id, requested_action, requested_band,
                                       authorized, actual_band, requested_by)
    VALUES (company, action, band, actual >= band, actual, who);
    RETURN actual >= band;
END $$;

CREATE FUNCTION people.person_already_resolved(company uuid, slot text, person text)
RETURNS boolean LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM people.people_resolution_history h
                   WHERE h.outreach_id = company AND h.slot_type = slot
                     AND h.person_identifier = person);
END;
CREATE FUNCTION people.fn_emit_slot_history_event(event text, company_slot text, company text,
                                                  slot text, person text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO people.slot_assignment_history (event_type, company_slot_unique_id,
        company_unique_id, slot_type, person_unique_id)
    VALUES (event, company_slot, company, slot, person)
$$;
-- Names three columns that do not exist; nobody has called it since they went.
CREATE FUNCTION people.slot_can_accept_candidate(company uuid, slot uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM people.company_slot WHERE slot_id = slot AND NOT is_filled)
           AND NOT EXISTS (SELECT FROM people.people_resolution_queue
                           WHERE outreach_id = company AND slot_id = slot
                             AND resolution_status = 'pending');
END $$;
CREATE FUNCTION people.assign_slot(slot uuid, person text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people.company_slot
       SET person_unique_id = person, is_filled = true, filled_at = now(), updated_at = now()
     WHERE slot_id = slot;
END $$;
CREATE FUNCTION people.vacate_slot(slot uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people.company_slot
       SET person_unique_id = NULL, is_filled = false, filled_at = NULL, updated_at = now()
     WHERE slot_id = slot;
END $$;
CREATE FUNCTION people.detect_movement(person text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT company_unique_id) > 1 FROM people.company_slot
    WHERE person_unique_id = person
$$;

CREATE FUNCTION talent_flow.movement_already_recorded(person text, origin uuid, destination uuid)
RETURNS boolean LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM talent_flow.movement_history h
                   WHERE h.person_identifier = person AND h.from_outreach_id = origin
                     AND h.to_outreach_id = destination);
END;

CREATE FUNCTION company.calculate_bit_score(company text) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    score integer;
BEGIN
    SELECT (employee_count >= 100)::integer * 20 + (website_url IS NOT NULL)::integer * 10
      INTO score FROM company.company_master WHERE company_unique_id = company;
    RETURN coalesce(score, 0) + 10 * (SELECT count(*) FROM people.company_slot
                                      WHERE company_unique_id = company AND is_filled);
END $$;
CREATE FUNCTION dol.match_5500_to_company(sponsor text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT min(company_unique_id) FROM company.company_master WHERE ein = sponsor);
END $$;
CREATE FUNCTION dol.bridge_renewal_calendar(company text, renewal date) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    signal uuid;
BEGIN
    INSERT INTO dol.pressure_signals (company_unique_id, signal_type, magnitude, expires_at)
    VALUES (company, 'renewal', 50, renewal) RETURNING signal_id INTO signal;
    RETURN signal;
END $$;
CREATE FUNCTION dol.backfill_renewal_signals() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO dol.pressure_signals (company_unique_id, signal_type, magnitude, expires_at)
    SELECT t.company_unique_id, 'renewal', 30, now() + interval '1 year'
    FROM outreach.dol d JOIN outreach.company_target t USING (outreach_id)
    WHERE d.filing_present AND t.company_unique_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM dol.pressure_signals p
                      WHERE p.company_unique_id = t.company_unique_id);
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END $$;
