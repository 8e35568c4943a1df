-- Secondary and unique indexes, built after the data.

CREATE INDEX idx_err_existence_run ON cl.cl_err_existence (verification_run_id);

CREATE INDEX idx_cl_company_domain ON cl.company_identity (company_domain);
CREATE INDEX idx_cl_company_identity_normalized_domain ON cl.company_identity (normalized_domain)
    WHERE normalized_domain IS NOT NULL;
CREATE INDEX idx_cl_company_linkedin ON cl.company_identity (linkedin_company_url);
CREATE INDEX idx_cl_identity_existence ON cl.company_identity (existence_verified);
CREATE INDEX idx_cl_identity_pass ON cl.company_identity (identity_pass);
CREATE INDEX idx_cl_identity_status ON cl.company_identity (identity_status);
CREATE INDEX idx_company_identity_client_id ON cl.company_identity (client_id)
    WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX idx_company_identity_fingerprint_unique
    ON cl.company_identity (company_fingerprint)
    WHERE (company_fingerprint IS NOT NULL) AND (company_fingerprint <> '|');
CREATE INDEX idx_company_identity_outreach_id ON cl.company_identity (outreach_id)
    WHERE outreach_id IS NOT NULL;
CREATE INDEX idx_company_identity_sales_process_id ON cl.company_identity (sales_process_id)
    WHERE sales_process_id IS NOT NULL;
