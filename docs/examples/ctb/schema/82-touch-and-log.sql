-- Triggers that change or log what an UPDATE does: whoever updates a row changes its updated_at too.

CREATE FUNCTION public.fn_set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER set_updated_at BEFORE UPDATE ON outreach.outreach
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON outreach.company_target
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON outreach.dol
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON outreach.people
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON outreach.send_log
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON outreach.campaigns
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON outreach.sequences
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER trigger_company_master_updated_at BEFORE UPDATE ON company.company_master
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER trigger_people_master_updated_at BEFORE UPDATE ON people.people_master
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER people_sidecar_updated_at BEFORE UPDATE ON people.people_sidecar
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();
CREATE TRIGGER update_people_invalid_updated_at BEFORE UPDATE ON people.people_invalid
    FOR EACH ROW EXECUTE FUNCTION public.fn_set_updated_at();

CREATE FUNCTION outreach.fn_log_hub_status_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IS DISTINCT FROM OLD.status THEN
        INSERT INTO outreach.hub_status_log (company_unique_id, hub_id, old_status, new_status)
        VALUES (NEW.company_unique_id, NEW.hub_id, OLD.status, NEW.status);
    END IF;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER trg_log_hub_status_change BEFORE UPDATE ON outreach.company_hub_status
    FOR EACH ROW EXECUTE FUNCTION outreach.fn_log_hub_status_change();

-- A new company or slot starts the pipeline: a row in its table of events, and a notice to whoever
-- listens. The table is one of the three that wait for a decision (1L).
CREATE FUNCTION company.fn_emit_pipeline_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO company.pipeline_events (event_type, payload)
    VALUES (TG_ARGV[0], jsonb_build_object('table', TG_TABLE_NAME, 'company',
                                           NEW.company_unique_id));
    PERFORM pg_notify('pipeline_event', TG_ARGV[0]);
    RETURN NEW;
END $$;
CREATE TRIGGER trigger_company_promotion_event AFTER INSERT ON company.company_master
    FOR EACH ROW EXECUTE FUNCTION company.fn_emit_pipeline_event('company_promoted');
CREATE TRIGGER trigger_slot_creation_event AFTER INSERT ON company.company_slots
    FOR EACH ROW EXECUTE FUNCTION company.fn_emit_pipeline_event('slot_created');

CREATE FUNCTION people.bridge_talent_flow_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO people.pressure_signals (company_unique_id, signal_type, signal_value, magnitude,
                                         detected_at, expires_at, source_record_id)
    SELECT company, NEW.movement_type, jsonb_build_object('movement', NEW.movement_id),
           NEW.confidence_score, NEW.detected_at, NEW.detected_at + interval '90 days',
           NEW.movement_id::text
    FROM unnest(ARRAY[NEW.old_company_id, NEW.new_company_id]) AS company
    WHERE company IS NOT NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER trg_bridge_to_pressure_signals AFTER INSERT ON talent_flow.movements
    FOR EACH ROW EXECUTE FUNCTION people.bridge_talent_flow_movement();
