-- Views on identities and on the older lists. They follow their tables wherever those go.

CREATE VIEW cl.v_company_lifecycle_status AS
    SELECT company_unique_id, company_name,
           CASE WHEN client_id IS NOT NULL THEN 'client'
                WHEN sales_process_id IS NOT NULL THEN 'sales'
                WHEN outreach_id IS NOT NULL THEN 'outreach'
                ELSE 'identity' END AS stage,
           outreach_attached_at, sales_opened_at, client_promoted_at
    FROM cl.company_identity;
CREATE VIEW cl.v_company_identity_eligible AS
    SELECT company_unique_id, company_name, normalized_domain FROM cl.company_identity
    WHERE identity_status = 'PASS' AND exclusion_reason IS NULL;
CREATE VIEW cl.v_company_promotable AS
    SELECT company_unique_id, company_name FROM cl.company_identity
    WHERE existence_verified AND outreach_id IS NULL;
CREATE VIEW cl.v_identity_gate_summary AS
    SELECT identity_status, count(*) AS companies, count(outreach_id) AS attached
    FROM cl.company_identity GROUP BY identity_status;
CREATE VIEW cl.v_linkage_summary AS
    SELECT count(*) AS companies, count(outreach_id) AS in_outreach,
           count(sales_process_id) AS in_sales, count(client_id) AS clients
    FROM cl.company_identity;
CREATE VIEW cl.v_orphan_detection AS
    SELECT c.company_unique_id, c.outreach_id FROM cl.company_identity c
    WHERE c.outreach_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM outreach.outreach o WHERE o.outreach_id = c.outreach_id);

CREATE VIEW company.v_needs_enrichment AS
    SELECT company_unique_id, company_name, address_state FROM company.company_master
    WHERE website_url IS NULL OR linkedin_url IS NULL OR email_pattern IS NULL;
CREATE VIEW marketing.v_companies_need_enrichment AS
    SELECT company_unique_id, company_name, employee_count FROM company.company_master
    WHERE validated_at IS NULL;
CREATE VIEW marketing.v_phase_stats AS
    SELECT event_type, status, count(*) AS events, max(created_at) AS latest
    FROM company.pipeline_events GROUP BY event_type, status;
-- In a schema with the name of a table.
CREATE VIEW company_target.vw_company_authorization AS
    SELECT company_unique_id, company_name, bit_band, bit_phase, bit_band >= 3 AS may_contact
    FROM marketing.company_master;
CREATE VIEW company_target.vw_all_pressure_signals AS
    SELECT 'dol' AS hub, * FROM dol.pressure_signals
    UNION ALL SELECT 'blog', * FROM blog.pressure_signals
    UNION ALL SELECT 'people', * FROM people.pressure_signals;
