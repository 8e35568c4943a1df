-- Five tables of people who failed on the way in. Each has a column of failure reasons, two or more
-- rows whose company does not resolve, and (four of them) rows without a moment of creation.
-- company: a bridged company; NULL now and then; an id nobody knows; one that left the spine.

CREATE FUNCTION gen.failed_company(key text, s bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN s % 29 = 3 THEN NULL
               WHEN s % 23 = 5 THEN 'LEGACY-' || lpad(s::text, 6, '0')
               WHEN s % 19 = 2 THEN gen.company_id(gen.n(74641) - gen.k(150) - s)
               ELSE gen.company_id(1 + gen.h(key, s) % (gen.n(74641) * 3 / 5)) END $$;

INSERT INTO marketing.failed_company_match (person_id, full_name, job_title, title_seniority,
    company_name_raw, linkedin_url, best_match_company, best_match_score, best_match_notes,
    resolution_status, resolution, resolution_notes, resolved_by, resolved_at, resolved_company_id,
    source, source_file, created_at, updated_at)
SELECT 'P' || lpad(s::text, 5, '0'), gen.full_name(s), gen.title('fcm', s), 'Director',
       CASE WHEN s % 9 = 0 THEN gen.odd('fcm.odd', s) || 'Acme'
            ELSE 'Acme ' || gen.last_name(s) END,
       'https://www.linkedin.com/in/' || substr(md5('fcm' || s), 1, 12),
       CASE WHEN s % 4 <> 0 THEN c.name END, CASE WHEN s % 4 <> 0 THEN 40 + s * 0.75 END,
       gen.pick('fcm.reason', s, ARRAY['no_candidate', 'below_threshold', 'ambiguous_name',
                                       'subsidiary_of_match']),
       gen.pick('fcm.status', s, ARRAY['pending', 'pending', 'in_review', 'resolved', 'rejected']),
       CASE WHEN s % 5 = 0 THEN 'manual_match' END,
       CASE WHEN s % 5 = 0 THEN 'matched by hand, see sheet "Q4"' END,
       CASE WHEN s % 5 = 0 THEN 'dave@example.com' END,
       CASE WHEN s % 5 = 0 THEN gen.lt('fcm.resolved', s) END,
       CASE WHEN s % 5 = 0 THEN gen.failed_company('fcm.company', s) END,
       'clay', 'people_2025_11.csv',
       CASE WHEN s IN (7, 19) THEN NULL WHEN s = 4 THEN gen.clock_change(s)
            ELSE gen.lt('fcm.created', s) END, gen.lt('fcm.updated', s)
FROM generate_series(1, 32) AS s JOIN gen.company c ON c.i = s ORDER BY s;

INSERT INTO marketing.failed_email_verification (person_id, full_name, job_title, title_seniority,
    company_name_raw, linkedin_url, company_id, company_name, company_domain, email_pattern,
    slot_type, generated_email, verification_error, verification_notes, email_variants,
    resolution_status, resolution, resolution_notes, resolved_by, resolved_at, verified_email,
    verified_email_source, source, source_file, created_at, updated_at)
SELECT 'P' || lpad((1000 + s)::text, 5, '0'), gen.full_name(1000 + s), gen.title('fev', s),
       gen.pick('fev.seniority', s, ARRAY['C-Level', 'VP', 'Director', NULL]), c.name,
       'https://www.linkedin.com/in/' || substr(md5('fev' || s), 1, 12),
       gen.failed_company('fev.company', s), c.name, c.domain, '{first}.{last}',
       gen.pick('fev.slot', s, ARRAY['CEO', 'CFO', 'HR']),
       gen.ascii(gen.first_name(1000 + s)) || '.' || gen.ascii(gen.last_name(1000 + s)) || '@' || c.domain,
       gen.pick('fev.reason', s, ARRAY['mailbox_not_found', 'catch_all', 'smtp_timeout',
                                       'disposable_domain', 'mailbox_full', 'domain_not_found']),
       CASE WHEN s % 25 = 0 THEN gen.odd('fev.odd', s) WHEN s % 3 = 0 THEN '' END,
       CASE WHEN s % 4 = 0 THEN NULL
            ELSE '["a.b@' || c.domain || '",  "ab@' || c.domain || '" ]' END,
       gen.pick('fev.status', s, ARRAY['pending', 'pending', 'pending', 'in_review', 'resolved',
                                       'rejected']),
       CASE WHEN s % 8 = 0 THEN 'bounced' END, NULL, CASE WHEN s % 8 = 0 THEN 'va-team' END,
       CASE WHEN s % 8 = 0 THEN gen.lt('fev.resolved', s) END, NULL, NULL, 'millionverifier',
       'verify_' || s % 4 || '.csv',
       CASE WHEN s % 62 = 0 THEN NULL WHEN s % 100 = 1 THEN gen.clock_change(s)
            ELSE gen.lt('fev.created', s) END,
       CASE WHEN s % 103 = 0 THEN NULL ELSE gen.lt('fev.updated', s) END
FROM generate_series(1, 310) AS s JOIN gen.company c ON c.i = s ORDER BY s;

INSERT INTO marketing.failed_low_confidence (person_id, full_name, job_title, title_seniority,
    company_name_raw, linkedin_url, matched_company_id, matched_company_name,
        matched_company_domain,
    fuzzy_score, match_notes, resolution_status, source, source_file, created_at, updated_at)
SELECT 'P' || lpad((2000 + s)::text, 5, '0'), gen.full_name(2000 + s), gen.title('flc', s), 'VP',
       c.name || ' (' || c.city || ')', 'https://www.linkedin.com/in/' || substr(md5('flc' || s), 1, 12),
       CASE s WHEN 2 THEN 'LEGACY-000002' WHEN 4 THEN NULL ELSE gen.company_id(s) END, c.name,
       c.domain, 70 + s * 1.25,
       (ARRAY['name_only_match', 'state_mismatch', 'multiple_candidates'])[1 + s % 3],
       (ARRAY['pending', 'in_review'])[1 + s % 2], 'clay', 'people_2025_12.csv',
       CASE WHEN s = 3 THEN NULL ELSE gen.lt('flc.created', s) END, gen.lt('flc.updated', s)
FROM generate_series(1, 5) AS s JOIN gen.company c ON c.i = s ORDER BY s;

INSERT INTO marketing.failed_no_pattern (person_id, full_name, job_title, company_name_raw,
    linkedin_url, company_id, company_name, company_domain, slot_type, failure_reason,
    failure_notes, resolution_status, resolution_notes, resolved_at, source, source_file,
    created_at, updated_at)
SELECT 'P' || lpad((3000 + s)::text, 5, '0'), gen.full_name(3000 + s), gen.title('fnp', s), c.name,
       NULL, CASE s WHEN 1 THEN 'LEGACY-000001' WHEN 5 THEN NULL ELSE gen.company_id(s) END, c.name,
       c.domain, 'HR', (ARRAY['no_emails_found', 'domain_unreachable',
           'pattern_conflict'])[1 + s % 3],
       CASE WHEN s = 2 THEN E'tried:\n\t{first}.{last}\n\t{f}{last}' END,
       CASE WHEN s = 6 THEN 'resolved' ELSE 'pending' END,
       CASE WHEN s = 6 THEN 'pattern found in a press release' END,
       CASE WHEN s = 6 THEN gen.lt('fnp.resolved', s) END, 'hunter', 'patterns_1.csv',
       CASE WHEN s = 4 THEN NULL ELSE gen.lt('fnp.created', s) END, gen.lt('fnp.updated', s)
FROM generate_series(1, 6) AS s JOIN gen.company c ON c.i = s ORDER BY s;

INSERT INTO marketing.failed_slot_assignment (person_id, full_name, job_title, title_seniority,
    company_name_raw, linkedin_url, matched_company_id, matched_company_name,
    matched_company_domain, fuzzy_score, slot_type, lost_to_person_id, lost_to_person_name,
    lost_to_seniority, resolution_status, resolution, resolution_notes, source, source_file,
    created_at, updated_at)
SELECT 'P' || lpad((4000 + s)::text, 5, '0'), gen.full_name(4000 + s), gen.title('fsa', s),
       gen.pick('fsa.seniority', s, ARRAY['VP', 'Director', 'Manager']), c.name,
       'https://www.linkedin.com/in/' || substr(md5('fsa' || s), 1, 12),
       gen.failed_company('fsa.company', s), c.name, c.domain,
       CASE WHEN s = 111 THEN 'NaN' ELSE (7000 + gen.h('fsa.score', s) % 3001)::numeric / 100 END,
       gen.pick('fsa.slot', s, ARRAY['CEO', 'CFO', 'HR']),
       'P' || lpad((5000 + s)::text, 5, '0'), gen.full_name(5000 + s),
       gen.pick('fsa.lost', s, ARRAY['C-Level', 'VP', 'Director']),
       gen.pick('fsa.status', s, ARRAY['pending', 'pending', 'in_review', 'rejected']), NULL,
       gen.pick('fsa.reason', s, ARRAY['lower_seniority', 'slot_already_filled',
                                       'same_seniority_later_date', 'title_not_mapped']),
       'slot_engine', 'slots_' || s % 5 || '.csv',
       CASE WHEN s % 55 = 0 THEN NULL WHEN s % 74 = 1 THEN gen.clock_change(s)
            ELSE gen.lt('fsa.created', s) END,
       CASE WHEN s = 10 THEN NULL ELSE gen.lt('fsa.updated', s) END
FROM generate_series(1, 222) AS s JOIN gen.company c ON c.i = s ORDER BY s;

INSERT INTO marketing.review_queue (person_id, full_name, job_title,
    company_name_raw, review_reason,
    review_notes, fuzzy_score, fuzzy_matched_company, matched_company_id, review_status, source,
    source_file, created_at, updated_at)
SELECT 'P' || lpad((6000 + s)::text, 5, '0'), gen.full_name(6000 + s), gen.title('rq', s), c.name,
       gen.pick('rq.reason', s, ARRAY['fuzzy_match', 'title_unclear', 'duplicate_person']),
       CASE WHEN s % 30 = 0 THEN gen.odd('rq.odd', s) END,
       (5000 + gen.h('rq.score', s) % 5001)::numeric / 100, c.name, gen.company_id(s),
       gen.pick('rq.status', s, ARRAY['pending', 'approved', 'rejected']), 'clay', 'review_1.csv',
       gen.lt('rq.created', s), gen.lt('rq.updated', s)
FROM generate_series(1, 516) AS s JOIN gen.company c ON c.i = s ORDER BY s;
