-- Triggers that refuse: rows of a history do not change, and some columns are written once.

CREATE FUNCTION public.fn_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

-- May change: what the last look at a page found.
CREATE FUNCTION outreach.fn_blog_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['last_checked_at', 'status', 'http_status', 'checksum'];
BEGIN
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'only % of a page''s history may change', free
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- May change: how often an input was used, and when last.
CREATE FUNCTION outreach.fn_bit_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['last_used_at', 'use_count'];
BEGIN
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'only % of an input''s history may change', free
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER trg_blog_history_append_only BEFORE UPDATE ON outreach.blog_source_history
    FOR EACH ROW EXECUTE FUNCTION outreach.fn_blog_history_append_only();
CREATE TRIGGER trg_blog_history_no_delete BEFORE DELETE ON outreach.blog_source_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_bit_history_append_only BEFORE UPDATE ON outreach.bit_input_history
    FOR EACH ROW EXECUTE FUNCTION outreach.fn_bit_history_append_only();
CREATE TRIGGER trg_bit_history_no_delete BEFORE DELETE ON outreach.bit_input_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_authlog_no_update BEFORE UPDATE OR DELETE ON bit.authorization_log
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_resolution_history_no_update BEFORE UPDATE ON people.people_resolution_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_resolution_history_no_delete BEFORE DELETE ON people.people_resolution_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_slot_history_no_update BEFORE UPDATE ON people.slot_assignment_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_slot_history_no_delete BEFORE DELETE ON people.slot_assignment_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_movement_history_no_update BEFORE UPDATE ON talent_flow.movement_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_movement_history_no_delete BEFORE DELETE ON talent_flow.movement_history
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();
CREATE TRIGGER trg_engagement_events_immutability_delete BEFORE DELETE ON outreach.engagement_events
    FOR EACH ROW EXECUTE FUNCTION public.fn_refuse_change();

CREATE FUNCTION outreach.fn_blog_no_social() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.source_type = 'social' OR NEW.source_type_enum = 'social' THEN
        RAISE EXCEPTION 'social media are no source of company news'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trg_blog_no_social BEFORE INSERT OR UPDATE ON outreach.blog
    FOR EACH ROW EXECUTE FUNCTION outreach.fn_blog_no_social();

CREATE FUNCTION cl.fn_write_once_pointers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.outreach_id IS NOT NULL AND NEW.outreach_id IS DISTINCT FROM OLD.outreach_id
        OR OLD.sales_process_id IS NOT NULL
           AND NEW.sales_process_id IS DISTINCT FROM OLD.sales_process_id
        OR OLD.client_id IS NOT NULL AND NEW.client_id IS DISTINCT FROM OLD.client_id THEN
        RAISE EXCEPTION 'a company''s pointers are written once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trg_write_once_pointers BEFORE UPDATE ON cl.company_identity
    FOR EACH ROW EXECUTE FUNCTION cl.fn_write_once_pointers();
