-- Row security: permissive for those commands that have a policy, closed for the others. Owners and
-- superusers are not subject to it; everybody else cannot delete a row of these tables.

ALTER TABLE outreach.people ENABLE ROW LEVEL SECURITY;
CREATE POLICY people_select ON outreach.people FOR SELECT USING (true);
CREATE POLICY people_insert ON outreach.people FOR INSERT WITH CHECK (true);
CREATE POLICY people_update ON outreach.people FOR UPDATE USING (true) WITH CHECK (true);

ALTER TABLE outreach.send_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY send_log_select ON outreach.send_log FOR SELECT USING (true);
CREATE POLICY send_log_insert ON outreach.send_log FOR INSERT WITH CHECK (true);
CREATE POLICY send_log_update ON outreach.send_log FOR UPDATE USING (true) WITH CHECK (true);

ALTER TABLE outreach.campaigns ENABLE ROW LEVEL SECURITY;
CREATE POLICY campaigns_select ON outreach.campaigns FOR SELECT USING (true);
CREATE POLICY campaigns_insert ON outreach.campaigns FOR INSERT WITH CHECK (true);
CREATE POLICY campaigns_update ON outreach.campaigns FOR UPDATE USING (true) WITH CHECK (true);

ALTER TABLE outreach.sequences ENABLE ROW LEVEL SECURITY;
CREATE POLICY sequences_select ON outreach.sequences FOR SELECT USING (true);
CREATE POLICY sequences_insert ON outreach.sequences FOR INSERT WITH CHECK (true);
CREATE POLICY sequences_update ON outreach.sequences FOR UPDATE USING (true) WITH CHECK (true);

ALTER TABLE outreach.company_target ENABLE ROW LEVEL SECURITY;
CREATE POLICY company_target_select ON outreach.company_target FOR SELECT USING (true);
CREATE POLICY company_target_insert ON outreach.company_target FOR INSERT WITH CHECK (true);
CREATE POLICY company_target_update ON outreach.company_target
    FOR UPDATE USING (true) WITH CHECK (true);

ALTER TABLE outreach.company_hub_status ENABLE ROW LEVEL SECURITY;
CREATE POLICY company_hub_status_select ON outreach.company_hub_status FOR SELECT USING (true);
CREATE POLICY company_hub_status_insert ON outreach.company_hub_status FOR INSERT WITH CHECK (true);
CREATE POLICY company_hub_status_update ON outreach.company_hub_status
    FOR UPDATE USING (true) WITH CHECK (true);

-- Events happen; a hub is registered: neither is changed afterwards.
ALTER TABLE outreach.engagement_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY engagement_events_select ON outreach.engagement_events FOR SELECT USING (true);
CREATE POLICY engagement_events_insert ON outreach.engagement_events FOR INSERT WITH CHECK (true);

ALTER TABLE outreach.hub_registry ENABLE ROW LEVEL SECURITY;
CREATE POLICY hub_registry_select ON outreach.hub_registry FOR SELECT USING (true);
CREATE POLICY hub_registry_insert ON outreach.hub_registry FOR INSERT WITH CHECK (true);
