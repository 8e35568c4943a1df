-- Secondary and unique indexes, built after the data.

CREATE INDEX idx_outreach_created ON outreach.outreach (created_at);
CREATE UNIQUE INDEX idx_outreach_sovereign_unique ON outreach.outreach (sovereign_id);

CREATE INDEX idx_company_target_bit_score ON outreach.company_target (bit_score_snapshot)
    WHERE bit_score_snapshot >= 50;
CREATE UNIQUE INDEX idx_company_target_company ON outreach.company_target (company_unique_id);
CREATE INDEX idx_company_target_execution_status ON outreach.company_target (execution_status);
CREATE INDEX idx_company_target_outreach ON outreach.company_target (outreach_id);
CREATE INDEX idx_company_target_pending ON outreach.company_target (outreach_id)
    WHERE execution_status = 'pending';
CREATE INDEX idx_company_target_status ON outreach.company_target (outreach_status);
CREATE INDEX idx_company_target_industry ON outreach.company_target (industry);
CREATE INDEX idx_company_target_state ON outreach.company_target (state);
CREATE INDEX idx_company_target_employees ON outreach.company_target (employees);

CREATE INDEX idx_dol_ein ON outreach.dol (ein) WHERE ein IS NOT NULL;
CREATE INDEX idx_dol_outreach ON outreach.dol (outreach_id);

CREATE INDEX idx_blog_outreach ON outreach.blog (outreach_id);
CREATE INDEX idx_blog_source_type ON outreach.blog (source_type);

CREATE INDEX idx_bit_scores_last_signal ON outreach.bit_scores (last_signal_at DESC);
CREATE INDEX idx_bit_scores_score ON outreach.bit_scores (score DESC);
CREATE INDEX idx_bit_scores_tier ON outreach.bit_scores (score_tier);

CREATE INDEX idx_bit_signals_correlation ON outreach.bit_signals (correlation_id);
CREATE INDEX idx_bit_signals_outreach_id ON outreach.bit_signals (outreach_id);
CREATE INDEX idx_bit_signals_source ON outreach.bit_signals (source_spoke);
CREATE INDEX idx_bit_signals_timestamp ON outreach.bit_signals (signal_timestamp DESC);
CREATE INDEX idx_bit_signals_type ON outreach.bit_signals (signal_type);

CREATE INDEX idx_company_hub_status_company ON outreach.company_hub_status (company_unique_id);
CREATE INDEX idx_company_hub_status_hub ON outreach.company_hub_status (hub_id);
CREATE INDEX idx_company_hub_status_status ON outreach.company_hub_status (status);

CREATE INDEX idx_appointments_domain ON outreach.appointments (domain);
CREATE INDEX idx_appointments_outreach_id ON outreach.appointments (outreach_id);
CREATE INDEX idx_appointments_company_name ON outreach.appointments (company_name);
CREATE INDEX idx_appointments_appt_date ON outreach.appointments (appt_date);

CREATE INDEX idx_people_company ON outreach.people (company_unique_id);
CREATE INDEX idx_people_email ON outreach.people (email);
CREATE INDEX idx_people_lifecycle ON outreach.people (lifecycle_state);
CREATE INDEX idx_people_outreach ON outreach.people (outreach_id);
CREATE INDEX idx_people_status ON outreach.people (contact_status);
CREATE INDEX idx_people_target ON outreach.people (target_id);

CREATE INDEX idx_campaigns_active ON outreach.campaigns (campaign_status, start_date, end_date)
    WHERE campaign_status = 'active';
CREATE INDEX idx_campaigns_status ON outreach.campaigns (campaign_status);
CREATE INDEX idx_campaigns_type ON outreach.campaigns (campaign_type);

CREATE INDEX idx_sequences_campaign ON outreach.sequences (campaign_id);
CREATE INDEX idx_sequences_order ON outreach.sequences (campaign_id, sequence_order);
CREATE INDEX idx_sequences_status ON outreach.sequences (sequence_status);

CREATE INDEX idx_send_log_campaign ON outreach.send_log (campaign_id);
CREATE INDEX idx_send_log_company ON outreach.send_log (company_unique_id);
CREATE INDEX idx_send_log_email ON outreach.send_log (email_to);
CREATE INDEX idx_send_log_person ON outreach.send_log (person_id);
CREATE INDEX idx_send_log_scheduled ON outreach.send_log (scheduled_at)
    WHERE send_status = 'scheduled';
CREATE INDEX idx_send_log_sent ON outreach.send_log (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX idx_send_log_status ON outreach.send_log (send_status);
CREATE INDEX idx_send_log_target ON outreach.send_log (target_id);

CREATE UNIQUE INDEX idx_events_hash ON outreach.engagement_events (event_hash)
    WHERE event_hash IS NOT NULL;
CREATE INDEX idx_events_outreach ON outreach.engagement_events (outreach_id);
CREATE INDEX idx_events_person ON outreach.engagement_events (person_id);
CREATE INDEX idx_events_target ON outreach.engagement_events (target_id);
CREATE INDEX idx_events_ts ON outreach.engagement_events (event_ts);
CREATE INDEX idx_events_type ON outreach.engagement_events (event_type);
CREATE INDEX idx_events_unprocessed ON outreach.engagement_events (is_processed)
    WHERE is_processed = false;

CREATE INDEX idx_ct_errors_outreach ON outreach.company_target_errors (outreach_id);
CREATE INDEX idx_ct_errors_unresolved ON outreach.company_target_errors (resolved_at)
    WHERE resolved_at IS NULL;
CREATE INDEX idx_company_target_errors_disposition ON outreach.company_target_errors (disposition)
    WHERE disposition IN ('RETRY', 'PARKED');
CREATE INDEX idx_company_target_errors_ttl ON outreach.company_target_errors (created_at, ttl_tier)
    WHERE archived_at IS NULL;
CREATE INDEX idx_company_target_errors_escalation
    ON outreach.company_target_errors (escalation_level)
    WHERE disposition = 'PARKED' AND escalation_level > 0;

CREATE INDEX idx_people_errors_outreach ON outreach.people_errors (outreach_id);
CREATE INDEX idx_people_errors_unresolved ON outreach.people_errors (resolved_at)
    WHERE resolved_at IS NULL;

CREATE INDEX idx_dol_errors_outreach ON outreach.dol_errors (outreach_id);
CREATE INDEX idx_dol_errors_unresolved ON outreach.dol_errors (resolved_at)
    WHERE resolved_at IS NULL;
CREATE INDEX idx_dol_errors_disposition ON outreach.dol_errors (disposition)
    WHERE disposition IN ('RETRY', 'PARKED');
CREATE INDEX idx_dol_errors_ttl ON outreach.dol_errors (created_at, ttl_tier)
    WHERE archived_at IS NULL;
CREATE INDEX idx_dol_errors_escalation ON outreach.dol_errors (escalation_level)
    WHERE disposition = 'PARKED' AND escalation_level > 0;

CREATE INDEX idx_blog_errors_outreach ON outreach.blog_errors (outreach_id);
CREATE INDEX idx_blog_errors_unresolved ON outreach.blog_errors (resolved_at)
    WHERE resolved_at IS NULL;

CREATE INDEX idx_bit_errors_code ON outreach.bit_errors (failure_code);
CREATE INDEX idx_bit_errors_created ON outreach.bit_errors (created_at DESC);
CREATE INDEX idx_bit_errors_outreach_id ON outreach.bit_errors (outreach_id);
CREATE INDEX idx_bit_errors_stage ON outreach.bit_errors (pipeline_stage);

CREATE INDEX idx_pipeline_audit_run ON outreach.pipeline_audit_log (run_id);

CREATE INDEX idx_dol_audit_run ON outreach.dol_audit_log (run_id);

CREATE INDEX idx_blog_source_history_checksum ON outreach.blog_source_history (checksum)
    WHERE checksum IS NOT NULL;
CREATE INDEX idx_blog_source_history_last_checked ON outreach.blog_source_history (last_checked_at);
CREATE INDEX idx_blog_source_history_outreach ON outreach.blog_source_history (outreach_id);
CREATE INDEX idx_blog_source_history_status ON outreach.blog_source_history (status);

CREATE INDEX idx_bit_input_history_fingerprint ON outreach.bit_input_history (signal_fingerprint);
CREATE INDEX idx_bit_input_history_first_seen ON outreach.bit_input_history (first_seen_at);
CREATE INDEX idx_bit_input_history_outreach ON outreach.bit_input_history (outreach_id);
CREATE INDEX idx_bit_input_history_signal_type ON outreach.bit_input_history (signal_type);
CREATE INDEX idx_bit_input_history_source ON outreach.bit_input_history (source);

CREATE INDEX outreach_archive_created_at_idx ON outreach.outreach_archive (created_at);
CREATE UNIQUE INDEX outreach_archive_sovereign_id_idx ON outreach.outreach_archive (sovereign_id);

CREATE INDEX company_target_archive_bit_score_snapshot_idx
    ON outreach.company_target_archive (bit_score_snapshot)
    WHERE bit_score_snapshot >= 50;
CREATE UNIQUE INDEX company_target_archive_company_unique_id_idx
    ON outreach.company_target_archive (company_unique_id);
CREATE INDEX company_target_archive_execution_status_idx
    ON outreach.company_target_archive (execution_status);
CREATE INDEX company_target_archive_outreach_id_idx
    ON outreach.company_target_archive (outreach_id);
CREATE INDEX company_target_archive_outreach_id_idx1
    ON outreach.company_target_archive (outreach_id)
    WHERE execution_status = 'pending';
CREATE INDEX company_target_archive_outreach_status_idx
    ON outreach.company_target_archive (outreach_status);

CREATE INDEX people_archive_company_unique_id_idx ON outreach.people_archive (company_unique_id);
CREATE INDEX people_archive_contact_status_idx ON outreach.people_archive (contact_status);
CREATE INDEX people_archive_email_idx ON outreach.people_archive (email);
CREATE INDEX people_archive_lifecycle_state_idx ON outreach.people_archive (lifecycle_state);
CREATE INDEX people_archive_outreach_id_idx ON outreach.people_archive (outreach_id);
CREATE INDEX people_archive_target_id_idx ON outreach.people_archive (target_id);
