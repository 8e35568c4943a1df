-- Foreign keys, added after the data: one check per table instead of one per row.

ALTER TABLE marketing.people_master
    ADD CONSTRAINT people_master_company_unique_id_fkey FOREIGN KEY (company_unique_id)
    REFERENCES marketing.company_master (company_unique_id);

ALTER TABLE company.company_slots
    ADD CONSTRAINT company_slots_company_unique_id_fkey FOREIGN KEY (company_unique_id)
    REFERENCES company.company_master (company_unique_id);

ALTER TABLE outreach.company_target_errors
    ADD CONSTRAINT company_target_errors_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE outreach.people_errors
    ADD CONSTRAINT people_errors_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE outreach.people
    ADD CONSTRAINT people_target_id_fkey FOREIGN KEY (target_id)
    REFERENCES outreach.company_target (target_id) ON DELETE CASCADE;

ALTER TABLE outreach.people
    ADD CONSTRAINT people_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE CASCADE;

ALTER TABLE outreach.blog_source_history
    ADD CONSTRAINT blog_source_history_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE outreach.bit_input_history
    ADD CONSTRAINT bit_input_history_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE people.people_resolution_history
    ADD CONSTRAINT people_resolution_history_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE people.person_movement_history
    ADD CONSTRAINT person_movement_history_person_unique_id_fkey FOREIGN KEY (person_unique_id)
    REFERENCES people.people_master (unique_id);

ALTER TABLE people.person_movement_history
    ADD CONSTRAINT person_movement_history_company_from_id_fkey FOREIGN KEY (company_from_id)
    REFERENCES company.company_master (company_unique_id);

ALTER TABLE people.person_movement_history
    ADD CONSTRAINT person_movement_history_company_to_id_fkey FOREIGN KEY (company_to_id)
    REFERENCES company.company_master (company_unique_id);

ALTER TABLE outreach.send_log
    ADD CONSTRAINT send_log_campaign_id_fkey FOREIGN KEY (campaign_id)
    REFERENCES outreach.campaigns (campaign_id) ON DELETE SET NULL;

ALTER TABLE outreach.send_log
    ADD CONSTRAINT send_log_sequence_id_fkey FOREIGN KEY (sequence_id)
    REFERENCES outreach.sequences (sequence_id) ON DELETE SET NULL;

ALTER TABLE outreach.send_log
    ADD CONSTRAINT send_log_person_id_fkey FOREIGN KEY (person_id)
    REFERENCES outreach.people (person_id) ON DELETE SET NULL;

ALTER TABLE outreach.send_log
    ADD CONSTRAINT send_log_target_id_fkey FOREIGN KEY (target_id)
    REFERENCES outreach.company_target (target_id) ON DELETE SET NULL;

ALTER TABLE people.people_resolution_queue
    ADD CONSTRAINT fk_queue_company FOREIGN KEY (company_unique_id)
    REFERENCES company.company_master (company_unique_id) ON DELETE CASCADE;

ALTER TABLE people.people_resolution_queue
    ADD CONSTRAINT fk_queue_slot FOREIGN KEY (company_slot_unique_id)
    REFERENCES company.company_slots (company_slot_unique_id) ON DELETE CASCADE;

ALTER TABLE outreach.bit_signals
    ADD CONSTRAINT bit_signals_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE outreach.company_hub_status
    ADD CONSTRAINT company_hub_status_hub_id_fkey FOREIGN KEY (hub_id)
    REFERENCES outreach.hub_registry (hub_id);

ALTER TABLE outreach.engagement_events
    ADD CONSTRAINT engagement_events_person_id_fkey FOREIGN KEY (person_id)
    REFERENCES outreach.people (person_id) ON DELETE CASCADE;

ALTER TABLE outreach.engagement_events
    ADD CONSTRAINT engagement_events_target_id_fkey FOREIGN KEY (target_id)
    REFERENCES outreach.company_target (target_id) ON DELETE CASCADE;

ALTER TABLE outreach.engagement_events
    ADD CONSTRAINT engagement_events_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE CASCADE;

ALTER TABLE people.people_sidecar
    ADD CONSTRAINT people_sidecar_person_unique_id_fkey FOREIGN KEY (person_unique_id)
    REFERENCES people.people_master (unique_id) ON DELETE CASCADE;

ALTER TABLE people.person_scores
    ADD CONSTRAINT person_scores_person_unique_id_fkey FOREIGN KEY (person_unique_id)
    REFERENCES people.people_master (unique_id);

ALTER TABLE outreach.dol
    ADD CONSTRAINT dol_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE CASCADE;

ALTER TABLE outreach.bit_scores
    ADD CONSTRAINT bit_scores_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE public.sn_meeting
    ADD CONSTRAINT sn_meeting_prospect_id_fkey FOREIGN KEY (prospect_id)
    REFERENCES public.sn_prospect (id);

ALTER TABLE public.sn_meeting
    ADD CONSTRAINT sn_meeting_sales_process_id_fkey FOREIGN KEY (sales_process_id)
    REFERENCES public.sn_sales_process (id);

ALTER TABLE public.sn_meeting_outcome
    ADD CONSTRAINT sn_meeting_outcome_meeting_id_fkey FOREIGN KEY (meeting_id)
    REFERENCES public.sn_meeting (id);

ALTER TABLE public.sn_sales_process
    ADD CONSTRAINT sn_sales_process_prospect_id_fkey FOREIGN KEY (prospect_id)
    REFERENCES public.sn_prospect (id);

ALTER TABLE talent_flow.movement_history
    ADD CONSTRAINT movement_history_from_outreach_id_fkey FOREIGN KEY (from_outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE SET NULL;

ALTER TABLE talent_flow.movement_history
    ADD CONSTRAINT movement_history_to_outreach_id_fkey FOREIGN KEY (to_outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE SET NULL;

ALTER TABLE outreach.company_target
    ADD CONSTRAINT company_target_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE CASCADE;

ALTER TABLE outreach.dol_errors
    ADD CONSTRAINT dol_errors_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE outreach.blog
    ADD CONSTRAINT blog_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE CASCADE;

ALTER TABLE outreach.blog_errors
    ADD CONSTRAINT blog_errors_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE people.company_slot
    ADD CONSTRAINT company_slot_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE outreach.bit_errors
    ADD CONSTRAINT bit_errors_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id);

ALTER TABLE outreach.appointments
    ADD CONSTRAINT appointments_outreach_id_fkey FOREIGN KEY (outreach_id)
    REFERENCES outreach.outreach (outreach_id) ON DELETE SET NULL;

ALTER TABLE outreach.sequences
    ADD CONSTRAINT sequences_campaign_id_fkey FOREIGN KEY (campaign_id)
    REFERENCES outreach.campaigns (campaign_id) ON DELETE CASCADE;

ALTER TABLE company.company_events
    ADD CONSTRAINT company_events_company_unique_id_fkey FOREIGN KEY (company_unique_id)
    REFERENCES company.company_master (company_unique_id);

ALTER TABLE company.company_sidecar
    ADD CONSTRAINT company_sidecar_company_unique_id_fkey FOREIGN KEY (company_unique_id)
    REFERENCES company.company_master (company_unique_id);

ALTER TABLE company.contact_enrichment
    ADD CONSTRAINT contact_enrichment_company_slot_unique_id_fkey
    FOREIGN KEY (company_slot_unique_id)
    REFERENCES company.company_slots (company_slot_unique_id);

ALTER TABLE archive.marketing_company_slot_v2_820258
    ADD CONSTRAINT company_slot_v2_company_unique_id_fkey FOREIGN KEY (company_unique_id)
    REFERENCES company.company_master (company_unique_id);
