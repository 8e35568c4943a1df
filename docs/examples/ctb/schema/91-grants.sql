-- Who may do what, table by table as of now: what is created later is granted to nobody. The reader
-- cannot look into schema intake, so a table that moves there is lost to it.

GRANT USAGE ON SCHEMA archive, bit, blog, cl, company, company_target, dol, marketing, outreach,
    people, shq, talent_flow TO ctb_reader, ctb_writer;
GRANT USAGE ON SCHEMA intake TO ctb_writer;

GRANT SELECT ON ALL TABLES IN SCHEMA bit, blog, cl, company, company_target, dol, marketing,
    outreach, people, shq, talent_flow TO ctb_reader, ctb_writer;
GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA bit, blog, company, dol, outreach, people,
    talent_flow TO ctb_writer;
GRANT INSERT, UPDATE, DELETE ON shq.error_master TO ctb_writer;  -- by way of the triggers
GRANT USAGE ON ALL SEQUENCES IN SCHEMA company, dol, outreach, people TO ctb_writer;

-- The reports may not see addresses.
REVOKE SELECT ON outreach.people FROM ctb_reader;
GRANT SELECT (person_id, target_id, company_unique_id, slot_type, contact_status, lifecycle_state,
    outreach_id) ON outreach.people TO ctb_reader;

-- Jobs are for those who write.
REVOKE EXECUTE ON FUNCTION shq.fn_archive_expired_errors(), shq.fn_cleanup_expired_archives(),
    shq.fn_auto_park_exhausted_retries(), shq.fn_escalate_stale_parked_errors(),
    shq.fn_run_due_jobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shq.fn_run_due_jobs() TO ctb_writer;
