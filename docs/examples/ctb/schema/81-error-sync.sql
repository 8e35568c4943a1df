-- Error tables copy every new row into shq.error_master, where one dashboard reads them all.
-- A merge that lets these triggers fire makes one extra row per merged row.

CREATE FUNCTION shq.fn_sync_error_to_master() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    process text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM shq.error_master WHERE error_id = OLD.error_id AND process_id = process;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE shq.error_master
           SET resolved_at = NEW.resolved_at,
               resolution_type = CASE WHEN NEW.resolved_at IS NOT NULL THEN 'RESOLVED' END
         WHERE error_id = NEW.error_id AND process_id = process;
        RETURN NEW;
    END IF;
    INSERT INTO shq.error_master (error_id, process_id, agent_id, severity, error_type, message,
                                  outreach_context_id, context, created_at, resolved_at)
    VALUES (NEW.error_id, process, NEW.pipeline_stage, upper(NEW.severity), NEW.failure_code,
            NEW.blocking_reason, NEW.outreach_id::text, coalesce(NEW.raw_input, '{}'),
            NEW.created_at, NEW.resolved_at);
    RETURN NEW;
END $$;

-- people.people_errors has other columns. error_code is text, error_type is varchar(50): a longer
-- code aborts the INSERT into people.people_errors.
CREATE FUNCTION shq.fn_sync_people_error_to_master() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM shq.error_master
         WHERE error_id = OLD.error_id AND process_id = 'people.people_errors';
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE shq.error_master
           SET resolved_at = CASE WHEN NEW.status = 'open' THEN NULL ELSE NEW.last_updated_at END,
               resolution_type = CASE WHEN NEW.status <> 'open' THEN upper(NEW.status) END
         WHERE error_id = NEW.error_id AND process_id = 'people.people_errors';
        RETURN NEW;
    END IF;
    INSERT INTO shq.error_master (error_id, process_id, agent_id, error_type, message,
                                  outreach_context_id, context, created_at)
    VALUES (NEW.error_id, 'people.people_errors', NEW.error_stage, NEW.error_code,
            NEW.error_message, NEW.outreach_id::text, NEW.raw_payload, NEW.created_at);
    RETURN NEW;
END $$;

-- Of the outreach schema's own people errors; a second table of that name is in schema people.
CREATE FUNCTION outreach.fn_sync_people_errors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM shq.error_master
         WHERE error_id = OLD.error_id AND process_id = 'outreach.people_errors';
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE shq.error_master SET resolved_at = NEW.resolved_at
         WHERE error_id = NEW.error_id AND process_id = 'outreach.people_errors';
        RETURN NEW;
    END IF;
    INSERT INTO shq.error_master (error_id, process_id, agent_id, severity, error_type, message,
                                  outreach_context_id, created_at, resolved_at)
    VALUES (NEW.error_id, 'outreach.people_errors', left(NEW.pipeline_stage, 50),
            upper(NEW.severity), NEW.failure_code, NEW.blocking_reason, NEW.outreach_id::text,
            NEW.created_at, NEW.resolved_at);
    RETURN NEW;
END $$;

-- outreach.bit_errors has no resolved_at, so there is nothing to propagate on UPDATE.
CREATE FUNCTION shq.fn_sync_bit_error_to_master() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM shq.error_master
         WHERE error_id = OLD.error_id AND process_id = 'outreach.bit_errors';
        RETURN OLD;
    END IF;
    INSERT INTO shq.error_master (error_id, process_id, agent_id, severity, error_type, message,
                                  outreach_context_id, context, created_at)
    VALUES (NEW.error_id, 'outreach.bit_errors', NEW.pipeline_stage, NEW.severity,
            NEW.failure_code, NEW.blocking_reason, NEW.outreach_id::text,
            coalesce(NEW.raw_input, '{}'), NEW.created_at);
    RETURN NEW;
END $$;

CREATE TRIGGER trg_sync_company_target_errors
    AFTER INSERT OR UPDATE OR DELETE ON outreach.company_target_errors
    FOR EACH ROW EXECUTE FUNCTION shq.fn_sync_error_to_master();

CREATE TRIGGER trg_sync_people_schema_errors
    AFTER INSERT OR UPDATE OR DELETE ON people.people_errors
    FOR EACH ROW EXECUTE FUNCTION shq.fn_sync_people_error_to_master();

CREATE TRIGGER trg_sync_people_errors
    AFTER INSERT OR UPDATE OR DELETE ON outreach.people_errors
    FOR EACH ROW EXECUTE FUNCTION outreach.fn_sync_people_errors();

CREATE TRIGGER trg_sync_dol_errors
    AFTER INSERT OR UPDATE OR DELETE ON outreach.dol_errors
    FOR EACH ROW EXECUTE FUNCTION shq.fn_sync_error_to_master();

CREATE TRIGGER trg_sync_blog_errors
    AFTER INSERT OR UPDATE OR DELETE ON outreach.blog_errors
    FOR EACH ROW EXECUTE FUNCTION shq.fn_sync_error_to_master();

CREATE TRIGGER trg_sync_bit_errors
    AFTER INSERT OR DELETE ON outreach.bit_errors
    FOR EACH ROW EXECUTE FUNCTION shq.fn_sync_bit_error_to_master();
