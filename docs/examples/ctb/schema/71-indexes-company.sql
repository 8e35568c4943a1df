-- Secondary and unique indexes, built after the data.

CREATE INDEX idx_company_ein ON company.company_master (ein);
CREATE INDEX idx_company_master_company_name ON company.company_master (company_name);
CREATE INDEX idx_company_master_employee ON company.company_master (employee_count);
CREATE INDEX idx_company_master_industry ON company.company_master (industry);
CREATE INDEX idx_company_master_promoted_at ON company.company_master (promoted_from_intake_at);
CREATE INDEX idx_company_master_source_system ON company.company_master (source_system);
CREATE INDEX idx_company_master_state ON company.company_master (address_state);

CREATE INDEX idx_url_discovery_failures_disposition ON company.url_discovery_failures (disposition)
    WHERE disposition IN ('RETRY', 'PARKED');
CREATE INDEX idx_url_discovery_failures_ttl ON company.url_discovery_failures (created_at, ttl_tier)
    WHERE archived_at IS NULL;

CREATE INDEX idx_url_discovery_failures_archive_company_id
    ON company.url_discovery_failures_archive (company_unique_id);
CREATE INDEX idx_url_discovery_failures_archive_archived_at
    ON company.url_discovery_failures_archive (archived_at);
CREATE INDEX idx_url_discovery_failures_archive_retention
    ON company.url_discovery_failures_archive (retention_expires_at);

CREATE INDEX idx_company_source_urls_company ON company.company_source_urls (company_unique_id);
CREATE INDEX idx_company_source_urls_extraction ON company.company_source_urls (extraction_status);
CREATE INDEX idx_company_source_urls_type ON company.company_source_urls (source_type);
CREATE INDEX idx_source_urls_extraction_status
    ON company.company_source_urls (extraction_status, source_type);
CREATE INDEX idx_source_urls_needs_paid ON company.company_source_urls (requires_paid_enrichment)
    WHERE requires_paid_enrichment = true;

CREATE INDEX idx_pipeline_events_status ON company.pipeline_events (status, created_at);
CREATE INDEX idx_pipeline_events_type ON company.pipeline_events (event_type);

CREATE INDEX idx_message_active ON company.message_key_reference (active) WHERE active = true;
CREATE INDEX idx_message_role ON company.message_key_reference (role);
CREATE INDEX idx_message_type ON company.message_key_reference (message_type);

CREATE INDEX idx_company_domain ON marketing.company_master (domain);

CREATE INDEX idx_people_company ON marketing.people_master (company_unique_id);
CREATE INDEX idx_people_email ON marketing.people_master (email);
CREATE INDEX idx_people_seniority ON marketing.people_master (title_seniority);
CREATE INDEX idx_people_slot_complete ON marketing.people_master (slot_complete);

CREATE INDEX idx_failed_company_match_source ON marketing.failed_company_match (source_file);
CREATE INDEX idx_failed_company_match_status ON marketing.failed_company_match (resolution_status);

CREATE INDEX idx_failed_email_verification_source
    ON marketing.failed_email_verification (source_file);
CREATE INDEX idx_failed_email_verification_status
    ON marketing.failed_email_verification (resolution_status);

CREATE INDEX idx_failed_low_confidence_source ON marketing.failed_low_confidence (source_file);
CREATE INDEX idx_failed_low_confidence_status
    ON marketing.failed_low_confidence (resolution_status);

CREATE INDEX idx_failed_no_pattern_source ON marketing.failed_no_pattern (source_file);
CREATE INDEX idx_failed_no_pattern_status ON marketing.failed_no_pattern (resolution_status);

CREATE INDEX idx_failed_slot_assignment_source ON marketing.failed_slot_assignment (source_file);
CREATE INDEX idx_failed_slot_assignment_status
    ON marketing.failed_slot_assignment (resolution_status);

CREATE INDEX idx_review_reason ON marketing.review_queue (review_reason);
CREATE INDEX idx_review_source ON marketing.review_queue (source_file);
CREATE INDEX idx_review_status ON marketing.review_queue (review_status);
