-- The table of scripts/bench: the columns of the example's company.company_source_urls, no key, no
-- index, values of like width, some 270 bytes a row.
CREATE TABLE app.company_source_urls (
    source_id                uuid,
    company_unique_id        text NOT NULL,
    source_type              varchar(50) NOT NULL,
    source_url               text NOT NULL,
    page_title               text,
    discovered_at            timestamptz NOT NULL DEFAULT now(),
    discovered_from          varchar(100),
    last_checked_at          timestamptz,
    http_status              integer,
    is_accessible            boolean DEFAULT true,
    content_checksum         text,
    last_content_change_at   timestamptz,
    extraction_status        varchar(50) DEFAULT 'pending',
    extracted_at             timestamptz,
    created_at               timestamptz DEFAULT now(),
    updated_at               timestamptz DEFAULT now(),
    extraction_error         text,
    people_extracted         integer DEFAULT 0,
    requires_paid_enrichment boolean DEFAULT false
);

INSERT INTO app.company_source_urls
SELECT md5('id' || s)::uuid, '04.04.01.' || lpad((s % 1000000)::text, 6, '0'),
       (ARRAY['about_page', 'team_page', 'leadership_page', 'contact_page', 'press_page'])[1 + s % 5],
       'https://www.company-' || s || '.example.com/about/team',
       CASE WHEN s % 8 > 0 THEN 'About Us | Company ' || s || ' – Manufacturing' END,
       at, (ARRAY['sitemap', 'homepage_links', 'guess', 'search'])[1 + s % 4],
       CASE WHEN s % 10 > 0 THEN at + interval '1 day 01:02:03.456789' END, status, status < 400,
       CASE WHEN status = 200 THEN md5('content' || s) END,
       CASE WHEN s % 5 = 0 THEN at + interval '9 days' END,
       (ARRAY['extracted', 'pending', 'no_people', 'needs_paid'])[1 + s % 4],
       CASE WHEN s % 3 > 0 THEN at + interval '2 days' END, at, at + interval '3 days',
       CASE WHEN status >= 400 THEN 'HTTP ' || status || E': server said\n\t"Not Found"' END,
       (s % 9)::integer, s % 3 = 0
FROM generate_series(1, :rows) AS s,
     LATERAL (SELECT timestamptz '2025-01-01 00:00:00Z' + s * interval '7.000123 s' AS at,
                     (ARRAY[200, 200, 200, 200, 301, 403, 404, 200, NULL])[1 + s % 9] AS status) AS fetched;
