-- Secondary and unique indexes, built after the data.

CREATE INDEX idx_people_email_verified ON people.people_master (email_verified)
    WHERE email_verified = true;
CREATE INDEX idx_people_master_company ON people.people_master (company_unique_id);
CREATE INDEX idx_people_master_company_id ON people.people_master (company_unique_id);
CREATE INDEX idx_people_master_email ON people.people_master (email);
CREATE INDEX idx_people_master_email_verified ON people.people_master (email_verified)
    WHERE email_verified = true;
CREATE INDEX idx_people_master_full_name ON people.people_master (full_name);
CREATE INDEX idx_people_master_linkedin ON people.people_master (linkedin_url)
    WHERE linkedin_url IS NOT NULL;
CREATE INDEX idx_people_master_promoted_at ON people.people_master (promoted_from_intake_at);
CREATE INDEX idx_people_master_slot_id ON people.people_master (company_slot_unique_id);
CREATE INDEX idx_people_master_source_system ON people.people_master (source_system);
CREATE INDEX idx_people_master_title ON people.people_master (title);
CREATE INDEX idx_people_master_validation ON people.people_master (validation_status);
CREATE INDEX idx_people_master_decision_maker ON people.people_master (is_decision_maker)
    WHERE is_decision_maker;

CREATE INDEX idx_slot_filled ON people.company_slot (is_filled);
CREATE INDEX idx_slot_outreach ON people.company_slot (outreach_id);
CREATE INDEX idx_slot_type ON people.company_slot (slot_type);

CREATE INDEX idx_people_staging_company ON people.people_staging (company_unique_id);
CREATE INDEX idx_people_staging_status ON people.people_staging (status);

CREATE INDEX idx_people_candidate_expires ON people.people_candidate (expires_at)
    WHERE status = 'pending';
CREATE INDEX idx_people_candidate_outreach ON people.people_candidate (outreach_id);
CREATE INDEX idx_people_candidate_pending ON people.people_candidate (status, created_at)
    WHERE status = 'pending';
CREATE INDEX idx_people_candidate_slot ON people.people_candidate (outreach_id, slot_type);

CREATE INDEX idx_people_sidecar_confidence ON people.people_sidecar (confidence_score DESC);
CREATE INDEX idx_people_sidecar_enriched ON people.people_sidecar (last_enriched_at DESC);
CREATE INDEX idx_people_sidecar_payload ON people.people_sidecar USING gin (enrichment_payload);
CREATE INDEX idx_people_sidecar_social ON people.people_sidecar USING gin (social_profiles);
CREATE INDEX idx_people_sidecar_source ON people.people_sidecar (enrichment_source);

CREATE INDEX idx_person_scores_bit ON people.person_scores (bit_score DESC, calculated_at DESC);

CREATE INDEX idx_people_signals_company ON people.pressure_signals (company_unique_id);
CREATE INDEX idx_people_signals_correlation ON people.pressure_signals (correlation_id);
CREATE INDEX idx_people_signals_expires ON people.pressure_signals (expires_at);
CREATE INDEX idx_people_signals_magnitude ON people.pressure_signals (magnitude DESC);
CREATE INDEX idx_people_signals_type ON people.pressure_signals (signal_type);

CREATE INDEX idx_people_errors_created_at ON people.people_errors (created_at DESC);
CREATE INDEX idx_people_errors_error_code ON people.people_errors (error_code);
CREATE INDEX idx_people_errors_error_stage ON people.people_errors (error_stage);
CREATE INDEX idx_people_errors_outreach_id ON people.people_errors (outreach_id);
CREATE INDEX idx_people_errors_raw_payload ON people.people_errors USING gin (raw_payload);
CREATE INDEX idx_people_errors_status ON people.people_errors (status);
CREATE INDEX idx_people_errors_disposition ON people.people_errors (disposition)
    WHERE disposition IN ('RETRY', 'PARKED');
CREATE INDEX idx_people_errors_ttl ON people.people_errors (created_at, ttl_tier)
    WHERE archived_at IS NULL;
CREATE INDEX idx_people_errors_escalation ON people.people_errors (escalation_level)
    WHERE disposition = 'PARKED' AND escalation_level > 0;

CREATE INDEX idx_people_invalid_promoted ON people.people_invalid (promoted_to, promoted_at);
CREATE INDEX idx_people_invalid_status ON people.people_invalid (validation_status);

CREATE INDEX idx_queue_assigned ON people.people_resolution_queue (assigned_to)
    WHERE status = 'in_progress';
CREATE INDEX idx_queue_company ON people.people_resolution_queue (company_unique_id);
CREATE INDEX idx_queue_priority ON people.people_resolution_queue (priority, created_at);
CREATE INDEX idx_queue_slot ON people.people_resolution_queue (company_slot_unique_id);
CREATE INDEX idx_queue_status ON people.people_resolution_queue (status)
    WHERE status IN ('pending', 'in_progress');

CREATE INDEX idx_paid_queue_company ON people.paid_enrichment_queue (company_unique_id);
CREATE INDEX idx_paid_queue_status ON people.paid_enrichment_queue (status, priority DESC);

CREATE INDEX idx_people_resolution_checked ON people.people_resolution_history (checked_at);
CREATE INDEX idx_people_resolution_identifier
    ON people.people_resolution_history (person_identifier);
CREATE INDEX idx_people_resolution_outcome ON people.people_resolution_history (resolution_outcome);
CREATE INDEX idx_people_resolution_outreach ON people.people_resolution_history (outreach_id);
CREATE INDEX idx_people_resolution_slot ON people.people_resolution_history (slot_type);

CREATE INDEX idx_resolution_log_intake_id ON people.company_resolution_log (person_intake_id);

CREATE INDEX idx_movement_detected ON people.person_movement_history (detected_at DESC);
CREATE INDEX idx_movement_person ON people.person_movement_history (person_unique_id);
CREATE INDEX idx_movement_type ON people.person_movement_history (movement_type, detected_at DESC);

CREATE INDEX idx_slot_history_company ON people.slot_assignment_history (company_unique_id);
CREATE INDEX idx_slot_history_displaced_by
    ON people.slot_assignment_history (displaced_by_person_id)
    WHERE displaced_by_person_id IS NOT NULL;
CREATE INDEX idx_slot_history_event_ts ON people.slot_assignment_history (event_ts DESC);
CREATE INDEX idx_slot_history_event_type ON people.slot_assignment_history (event_type);
CREATE INDEX idx_slot_history_metadata_gin
    ON people.slot_assignment_history USING gin (event_metadata);
CREATE INDEX idx_slot_history_person ON people.slot_assignment_history (person_unique_id);
CREATE INDEX idx_slot_history_slot ON people.slot_assignment_history (company_unique_id, slot_type);
CREATE INDEX idx_slot_history_slot_id ON people.slot_assignment_history (company_slot_unique_id);
CREATE INDEX idx_slot_history_slot_person_ts
    ON people.slot_assignment_history (company_unique_id, slot_type, event_ts DESC);

CREATE INDEX company_slot_archive_is_filled_idx ON people.company_slot_archive (is_filled);
CREATE INDEX company_slot_archive_outreach_id_idx ON people.company_slot_archive (outreach_id);
CREATE INDEX company_slot_archive_slot_type_idx ON people.company_slot_archive (slot_type);
