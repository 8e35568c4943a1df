-- Changes the targets of phases 1B and 1E so that their sources find a place, and nothing else.
--
-- Every target gets ctb_src, the table a row came from: without it merged rows could not be told
-- from the rows that were there before. Rows of before keep NULL in every new column.

-- 1B, failed_company_match and failed_no_pattern. The document asks for error_type; columns without
-- a home go to ctb_overflow. Most of these people failed because no company matched them.
ALTER TABLE outreach.company_target_errors
    ADD COLUMN error_type varchar(100),
    ADD COLUMN ctb_overflow jsonb,
    ADD COLUMN ctb_src text,
    ALTER COLUMN outreach_id DROP NOT NULL;

-- 1B, failed_email_verification and failed_slot_assignment. error_type exists and its CHECK admits
-- six words only; it stays as it is. raw_payload takes what has no home.
ALTER TABLE people.people_errors
    ADD COLUMN ctb_src text,
    ALTER COLUMN outreach_id DROP NOT NULL;

-- 1B, failed_low_confidence. evidence takes what has no home.
ALTER TABLE cl.cl_err_existence
    ADD COLUMN error_type varchar(100),
    ADD COLUMN ctb_src text,
    ALTER COLUMN company_unique_id DROP NOT NULL;

-- 1E, both queues. queue_data takes what has no home.
ALTER TABLE outreach.entity_resolution_queue
    ADD COLUMN queue_type varchar(50),
    ADD COLUMN queue_data jsonb,
    ADD COLUMN ctb_src text;
