-- Secondary and unique indexes, built after the data.

CREATE INDEX idx_dol_signals_company ON dol.pressure_signals (company_unique_id);
CREATE INDEX idx_dol_signals_correlation ON dol.pressure_signals (correlation_id);
CREATE INDEX idx_dol_signals_expires ON dol.pressure_signals (expires_at);
CREATE INDEX idx_dol_signals_magnitude ON dol.pressure_signals (magnitude DESC);
CREATE INDEX idx_dol_signals_type ON dol.pressure_signals (signal_type);

CREATE INDEX idx_dol_icp_name_trgm
    ON dol.form_5500_icp_filtered USING gin (normalized_name public.gin_trgm_ops);
CREATE INDEX idx_dol_icp_state ON dol.form_5500_icp_filtered (spons_dfe_mail_us_state);

CREATE INDEX idx_col_meta_category ON dol.column_metadata (category);
CREATE INDEX idx_col_meta_column_id ON dol.column_metadata (column_id);
CREATE INDEX idx_col_meta_description
    ON dol.column_metadata USING gin (to_tsvector('english', description));
CREATE INDEX idx_col_meta_keywords ON dol.column_metadata USING gin (search_keywords);
CREATE INDEX idx_col_meta_table ON dol.column_metadata (table_name);

CREATE INDEX idx_blog_signals_company ON blog.pressure_signals (company_unique_id);
CREATE INDEX idx_blog_signals_correlation ON blog.pressure_signals (correlation_id);
CREATE INDEX idx_blog_signals_expires ON blog.pressure_signals (expires_at);
CREATE INDEX idx_blog_signals_magnitude ON blog.pressure_signals (magnitude DESC);
CREATE INDEX idx_blog_signals_type ON blog.pressure_signals (signal_type);

CREATE INDEX idx_authlog_company ON bit.authorization_log (company_unique_id);
CREATE INDEX idx_authlog_correlation ON bit.authorization_log (correlation_id)
    WHERE correlation_id IS NOT NULL;
CREATE INDEX idx_authlog_denied ON bit.authorization_log (authorized) WHERE authorized = false;
CREATE INDEX idx_authlog_time ON bit.authorization_log (requested_at DESC);

CREATE INDEX idx_movement_company ON bit.movement_events (company_unique_id);
CREATE INDEX idx_movement_company_valid ON bit.movement_events (company_unique_id, valid_until);
CREATE INDEX idx_movement_detected ON bit.movement_events (detected_at DESC);
CREATE INDEX idx_movement_domain ON bit.movement_events (domain);
CREATE INDEX idx_movement_pressure ON bit.movement_events (pressure_class);
CREATE INDEX idx_movement_valid ON bit.movement_events (valid_until);

CREATE INDEX idx_phase_band ON bit.phase_state (current_band);
CREATE INDEX idx_phase_dol_active ON bit.phase_state (dol_active) WHERE dol_active = true;
CREATE INDEX idx_phase_status ON bit.phase_state (phase_status);

CREATE INDEX idx_proof_band ON bit.proof_lines (band);
CREATE INDEX idx_proof_company ON bit.proof_lines (company_unique_id);
CREATE INDEX idx_proof_company_valid ON bit.proof_lines (company_unique_id, valid_until);
CREATE INDEX idx_proof_valid ON bit.proof_lines (valid_until);

CREATE INDEX idx_movement_history_correlation ON talent_flow.movement_history (correlation_id);
CREATE INDEX idx_movement_history_detected ON talent_flow.movement_history (detected_at);
CREATE INDEX idx_movement_history_from ON talent_flow.movement_history (from_outreach_id)
    WHERE from_outreach_id IS NOT NULL;
CREATE INDEX idx_movement_history_person ON talent_flow.movement_history (person_identifier);
CREATE INDEX idx_movement_history_to ON talent_flow.movement_history (to_outreach_id)
    WHERE to_outreach_id IS NOT NULL;

CREATE INDEX idx_tf_movements_confidence ON talent_flow.movements (confidence_score DESC);
CREATE INDEX idx_tf_movements_contact ON talent_flow.movements (contact_id);
CREATE INDEX idx_tf_movements_detected ON talent_flow.movements (detected_at DESC);
CREATE INDEX idx_tf_movements_new_company ON talent_flow.movements (new_company_id)
    WHERE new_company_id IS NOT NULL;
CREATE INDEX idx_tf_movements_old_company ON talent_flow.movements (old_company_id)
    WHERE old_company_id IS NOT NULL;
CREATE INDEX idx_tf_movements_type ON talent_flow.movements (movement_type);
