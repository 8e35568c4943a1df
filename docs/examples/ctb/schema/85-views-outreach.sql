-- Views on the spine and what hangs on it.

CREATE VIEW outreach.v_context_current AS
    SELECT o.outreach_id, o.domain, t.industry, t.employees, d.filing_present, b.context_summary,
           (SELECT count(*) FROM outreach.people p
            WHERE p.outreach_id = o.outreach_id AND p.contact_status = 'active') AS contacts
    FROM outreach.outreach o
    LEFT JOIN outreach.company_target t USING (outreach_id)
    LEFT JOIN outreach.dol d USING (outreach_id)
    LEFT JOIN outreach.blog b USING (outreach_id);
CREATE VIEW outreach.v_outreach_diagnostic AS
    SELECT o.outreach_id, o.domain,
           EXISTS (SELECT FROM outreach.company_target t
                   WHERE t.outreach_id = o.outreach_id) AS has_target,
           EXISTS (SELECT FROM outreach.dol d WHERE d.outreach_id = o.outreach_id) AS has_filing,
           EXISTS (SELECT FROM outreach.blog b WHERE b.outreach_id = o.outreach_id) AS has_blog,
           EXISTS (SELECT FROM outreach.people p WHERE p.outreach_id = o.outreach_id) AS has_people,
           (SELECT count(*) FROM outreach.company_target_errors e
            WHERE e.outreach_id = o.outreach_id) AS target_errors,
           (SELECT count(*) FROM outreach.dol_errors e
            WHERE e.outreach_id = o.outreach_id) AS filing_errors,
           (SELECT count(*) FROM outreach.blog_errors e
            WHERE e.outreach_id = o.outreach_id) AS blog_errors,
           (SELECT count(*) FROM outreach.people_errors e
            WHERE e.outreach_id = o.outreach_id) AS people_errors
    FROM outreach.outreach o;
CREATE VIEW outreach.v_bit_hot_companies AS
    SELECT s.outreach_id, o.domain, s.score, s.score_tier
    FROM outreach.bit_scores s JOIN outreach.outreach o USING (outreach_id)
    WHERE s.score_tier IN ('HOT', 'BURNING');
CREATE VIEW outreach.v_bit_tier_distribution AS
    SELECT score_tier, count(*) AS companies, avg(score) AS average
    FROM outreach.bit_scores GROUP BY score_tier;
-- Shows rows that 1F merges as soon as they are there.
CREATE VIEW outreach.v_bit_recent_signals AS
    SELECT g.signal_id, o.domain, g.signal_type, g.signal_impact, g.signal_timestamp
    FROM outreach.bit_signals g JOIN outreach.outreach o USING (outreach_id)
    WHERE g.signal_timestamp > now() - interval '30 days';
CREATE VIEW outreach.v_blog_ready AS
    SELECT o.outreach_id, o.domain, max(h.last_checked_at) AS last_checked_at
    FROM outreach.outreach o
    JOIN outreach.blog b USING (outreach_id)
    JOIN outreach.blog_source_history h USING (outreach_id)
    WHERE h.status = 'active' GROUP BY o.outreach_id, o.domain;
CREATE VIEW outreach.v_blog_ingestion_queue AS
    SELECT o.outreach_id, coalesce(o.domain, c.company_domain) AS domain, h.source_url
    FROM outreach.outreach o
    JOIN cl.company_identity c ON c.outreach_id = o.outreach_id
    JOIN outreach.company_target t ON t.outreach_id = o.outreach_id
    LEFT JOIN outreach.blog_source_history h ON h.outreach_id = o.outreach_id
    WHERE t.outreach_status = 'active'
      AND EXISTS (SELECT FROM outreach.blog_ingress_control k WHERE k.enabled);

CREATE VIEW outreach.vw_sovereign_completion AS
    SELECT t.outreach_id, t.company_unique_id,
           count(*) FILTER (WHERE s.status = 'PASS') AS passed,
           count(*) FILTER (WHERE r.classification = 'required' AND s.status <> 'PASS') AS missing,
           bool_or(s.status = 'BLOCKED') AS blocked
    FROM outreach.company_target t
    JOIN outreach.company_hub_status s USING (company_unique_id)
    JOIN outreach.hub_registry r USING (hub_id)
    GROUP BY t.outreach_id, t.company_unique_id;
CREATE VIEW outreach.vw_marketing_eligibility AS
    SELECT outreach_id, company_unique_id,
           CASE WHEN blocked THEN -1 WHEN missing = 0 THEN 3 WHEN passed > 0 THEN 1 ELSE 0 END AS tier
    FROM outreach.vw_sovereign_completion;
CREATE VIEW outreach.vw_marketing_eligibility_with_overrides AS
    SELECT e.outreach_id, e.company_unique_id, e.tier,
           CASE WHEN t.outreach_status = 'disqualified' THEN -1 ELSE e.tier END AS effective_tier
    FROM outreach.vw_marketing_eligibility e JOIN outreach.company_target t USING (outreach_id);
