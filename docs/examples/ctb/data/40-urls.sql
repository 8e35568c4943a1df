-- URLs discovered for the companies of company.company_master, and the failures of that search.

-- Company j has a URL for j <= n(74641), and a second one for the first 29,371 of them. The page
-- differs between the two, so (company, URL) is unique.
INSERT INTO company.company_source_urls
SELECT gen.u('source_url', s), company_id,
       (ARRAY['about_page', 'team_page', 'leadership_page', 'contact_page', 'press_page',
              'careers_page', 'homepage'])[1 + page],
       'https://www.' || domain || (ARRAY['/about', '/team', '/leadership', '/contact-us', '/news',
                                          '/careers', '/'])[1 + page]
       || CASE WHEN s % 700 = 0 THEN '?q=caf%C3%A9&ref=' || repeat('x', 1500)
               WHEN s % 211 = 0 THEN '/über-uns#team "A"' WHEN s % 89 = 0 THEN '/Index.HTML?a=1&b=2'
               ELSE '' END,
       CASE WHEN gen.permille('csu.title', s, 120) THEN NULL
            WHEN gen.permille('csu.title', s, 135) THEN ''
            WHEN gen.permille('csu.title', s, 155) THEN gen.odd('csu.odd', s)
            ELSE (ARRAY['About Us', 'Our Team', 'Leadership', 'Contact', 'News & Press', 'Careers',
                        'Home'])[1 + page] || ' | ' || name
                 || repeat(' – ' || industry, (gen.h('csu.length', s) % 4)::integer) END,
       gen.ts('csu.discovered', s), gen.pick('csu.from', s,
           ARRAY['sitemap', 'homepage_links', 'guess',
                                                                  'search']),
       CASE WHEN gen.permille('csu.checked', s, 850) THEN gen.ts('csu.checked', s) END, status,
       CASE WHEN status IS NOT NULL THEN status < 400 END,
       CASE WHEN status = 200 THEN md5('content' || s) END,
       CASE WHEN gen.permille('csu.changed', s, 200) THEN gen.ts('csu.changed', s) END,
       CASE WHEN status = 200 THEN gen.pick('csu.extraction', s, ARRAY['extracted', 'extracted',
                                                     'pending', 'no_people', 'needs_paid'])
            ELSE gen.pick('csu.extraction', s, ARRAY['failed', 'pending', 'skipped']) END,
       CASE WHEN status = 200 AND gen.permille('csu.extracted', s, 600)
            THEN gen.ts('csu.extracted', s) END,
       gen.ts('csu.created', s), gen.ts('csu.updated', s),
       CASE WHEN status >= 400 THEN 'HTTP ' || status || E': server said\n\t"'
            || gen.pick('csu.error', s, ARRAY['Forbidden', 'Not Found',
                'Service Unavailable']) || '"' END,
       CASE WHEN status = 200 THEN (gen.h('csu.people', s) % 9)::integer ELSE 0 END,
       gen.permille('csu.paid', s, 300)
FROM generate_series(1, gen.n(104012)) AS s
JOIN gen.company c ON c.i = gen.n(102426) - gen.n(74641)
                            + CASE WHEN s <= gen.n(74641) THEN s ELSE s - gen.n(74641) END,
     LATERAL (SELECT (c.i + s / (gen.n(74641) + 1)) % 7 AS page,
                     (ARRAY[200, 200, 200, 200, 200, 200, 301, 403, 404, 503, NULL])
                         [1 + gen.h('csu.http', s) % 11] AS status) AS fetched;

INSERT INTO company.url_discovery_failures (failure_id, company_unique_id, website_url,
    failure_reason, retry_count, last_attempt_at, next_retry_at, resolved_at, created_at,
    disposition, max_retries, parked_at, parked_by, park_reason, ttl_tier, last_retry_at,
    retry_exhausted)
SELECT gen.u('url_failure', i), company_id,
       CASE WHEN i % 25 <> 0 THEN 'https://www.' || domain END,
       gen.pick('udf.reason', i, ARRAY['dns_failure', 'timeout', 'http_403', 'http_404', 'no_links',
           'robots_disallow', 'tls_handshake_failed_after_redirect_to_a_parked_domain_page']),
       (gen.h('udf.retry', i) % 3)::integer, gen.ts('udf.last', i), NULL, NULL,
       gen.ts('udf.created', i),
       gen.pick('udf.disposition', i, ARRAY['ARCHIVED', 'ARCHIVED', 'PARKED', 'RETRY', 'IGNORE'])
           ::public.error_disposition, 1,
       CASE WHEN i % 10 = 0 THEN gen.ts('udf.parked', i) END, CASE WHEN i % 10 = 0 THEN 'ops' END,
       CASE WHEN i % 10 = 0 THEN gen.odd('udf.odd', i) END,
       gen.pick('udf.ttl', i, ARRAY['LONG', 'LONG', 'INFINITE'])::public.ttl_tier, NULL, i % 2 = 0
FROM gen.company WHERE company_id IS NOT NULL
 AND i > gen.n(102426) - gen.n(42348) AND i <= gen.n(102426) ORDER BY i;

INSERT INTO company.pipeline_events (event_type, payload, status, error_message, retry_count,
    created_at, processed_at)
SELECT gen.pick('pe.type', s, ARRAY['company_promoted', 'slot_created', 'email_verified']),
       CASE WHEN s % 200 = 0 THEN 'null'::jsonb ELSE jsonb_build_object('company_unique_id',
            gen.company_id(s), 'score', (gen.h('pe.score', s) % 1000)::numeric / 100,
            'note', gen.odd('pe.odd', s), 'tags', jsonb_build_array(NULL, s, 'a')) END,
       gen.pick('pe.status', s, ARRAY['processed', 'processed', 'pending', 'processing', 'failed']),
       CASE WHEN s % 5 = 0 THEN gen.odd('pe.error', s) END, (s % 3)::integer,
       CASE WHEN s % 500 = 1 THEN gen.clock_change(s) ELSE gen.lt('pe.created', s) END,
       CASE WHEN s % 2 = 0 THEN gen.lt('pe.processed', s) END
FROM generate_series(1, gen.n(2185)) AS s;
