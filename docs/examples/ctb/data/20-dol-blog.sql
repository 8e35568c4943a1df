-- What hangs on the spine besides the target: filings, blog, scores, hub states.

-- Two thousand plans share the EIN of an earlier one, ten of them with a third; some have none.
INSERT INTO outreach.dol
SELECT gen.u('dol', i), outreach_id,
       CASE WHEN i > gen.n(70150) - gen.k(10)
            THEN gen.ein(i - (gen.n(70150) - gen.k(10)))
            WHEN i > gen.n(70150) - gen.k(10) - gen.k(2000)
            THEN gen.ein(i - (gen.n(70150) - gen.k(10) - gen.k(2000)))
            WHEN i > gen.k(2000) AND gen.permille('dol.no_ein', i, 40) THEN NULL
            ELSE ein END,
       CASE WHEN i % 50 = 0 THEN NULL ELSE i % 4 <> 0 END,
       gen.pick('dol.funding', i, ARRAY['self_funded', 'fully_insured', 'unknown', NULL]),
       CASE WHEN gen.permille('dol.broker', i, 350) THEN gen.last_name(i) || ' & Associates' END,
       CASE WHEN gen.permille('dol.odd', i, 4) THEN gen.odd('dol.odd', i)
            ELSE gen.pick('dol.carrier', i, ARRAY['Aetna', 'Cigna', 'UPMC Health Plan', 'Highmark',
                                                  'UnitedHealthcare', NULL]) END,
       gen.ts('dol.created', i), gen.ts('dol.updated', i)
FROM gen.company WHERE i <= gen.n(70150) ORDER BY i;

-- Sixteen researched plans: rows 1 to 5 match no EIN in outreach.dol, 6 to 12 one, 13 to 16 several.
INSERT INTO outreach.dol_url_enrichment
SELECT gen.u('dol_url', s),
       CASE WHEN s <= 5 THEN '99999990' || s
            WHEN s <= 12 THEN (SELECT min(ein) FROM outreach.dol WHERE outreach_id =
                gen.u('outreach', (SELECT min(d.i) FROM gen.company d JOIN outreach.dol o
                     USING (outreach_id) WHERE o.ein IS NOT NULL
                     AND d.i > gen.k(2000) + s * gen.n(2000)
                     AND d.i <= gen.n(70150) - gen.k(10) - gen.k(2000))))
            ELSE gen.ein(CASE WHEN s % 2 = 1 THEN 1 ELSE gen.k(2000) END) END,
       upper(c.name), CASE WHEN s % 3 = 0 THEN c.name END, upper(c.city), c.state, c.zip || '-0001',
       (100 + gen.h('dol_url.participants', s) % 900)::integer,
       CASE WHEN s % 5 <> 0 THEN 'https://www.' || c.domain END,
       '"' || c.name || '" ' || c.city || ' official site',
       gen.pick('dol_url.confidence', s, ARRAY['high', 'medium', 'low']),
       CASE WHEN s % 4 <> 0 THEN coalesce(c.company_id, c.sovereign_id::text) END,
       CASE WHEN s % 4 <> 0 THEN 'matched' ELSE 'unmatched' END, gen.ts('dol_url.created', s)
FROM generate_series(1, 16) AS s
JOIN gen.company c ON c.i = gen.n(102426) - gen.n(74641) + s;

-- No primary key, and twelve pairs of rows that are equal in every column.
INSERT INTO dol.form_5500_icp_filtered
SELECT gen.ein(k), upper(name), state, upper(city), 50 + (gen.h('icp.count', k) % 4000)::integer,
       CASE WHEN gen.permille('icp.null', k, 10) THEN NULL
            ELSE lower(regexp_replace(name, '[^A-Za-z0-9 ]', '', 'g')) END
FROM (SELECT CASE WHEN s > gen.n(24892) - 12 THEN s - (gen.n(24892) - 12) ELSE s END AS k
      FROM generate_series(1, gen.n(24892)) AS s) AS s
JOIN gen.company ON i = k;

INSERT INTO dol.column_metadata (table_name, column_name, column_id, description, category,
    data_type, format_pattern, max_length, search_keywords, is_pii, example_values, created_at)
SELECT gen.pick('x', t, ARRAY['form_5500', 'form_5500_sf', 'schedule_a']) || '_' || t,
       'field_' || s, 'DOL_' || upper(to_hex(s)), 'Field ' || s || ' of the yearly filing, line '
       || 1 + s % 40 || CASE WHEN s % 9 = 0 THEN ' (see instructions)' ELSE '' END,
       gen.pick('meta.category', s, ARRAY['sponsor', 'plan', 'financial', 'participants']),
       gen.pick('meta.type', s, ARRAY['text', 'numeric', 'date', 'integer']), NULL,
       (gen.h('meta.length', s) % 200)::integer,
       CASE WHEN s % 40 = 0 THEN '{}'::text[] WHEN s % 37 = 0 THEN '[2:3]={plan,year}'
            ELSE ARRAY['field', 'line ' || s % 40] END,
       s % 25 = 0, ARRAY[s::text, NULL], gen.lt('meta.created', s)
FROM generate_series(1, 441) AS s, LATERAL (SELECT s % 3 AS t) AS t;

INSERT INTO outreach.blog
SELECT gen.u('blog', i), outreach_id,
       CASE WHEN gen.permille('blog.summary', i, 600) THEN NULL
            WHEN gen.permille('blog.summary', i, 610) THEN gen.odd('blog.odd', i)
            ELSE name || ' announced ' || gen.pick('blog.news', i, ARRAY['a new plant', 'a merger',
                 'record growth', 'a new chief executive', 'layoffs']) || ' in ' || city || '.' END,
       gen.pick('blog.type', i, ARRAY['website', 'blog', 'press', 'news', NULL]),
       'https://' || domain || '/' || gen.pick('blog.path', i,
           ARRAY['news', 'blog', 'press-room', '']),
       CASE WHEN gen.permille('blog.moment', i, 300) THEN gen.ts('blog.moment', i) END,
       gen.ts('blog.created', i),
       gen.pick('blog.enum', i, ARRAY['website', 'blog', 'press', 'news',
           'filing', 'careers', NULL])
           ::outreach.blog_source_type,
       CASE WHEN gen.permille('blog.about', i, 400) THEN 'https://' || domain || '/about' END,
       CASE WHEN gen.permille('blog.news_url', i, 300) THEN 'https://' || domain || '/news' END,
       CASE WHEN gen.permille('blog.about', i, 400) THEN 'sitemap' END,
       CASE WHEN gen.permille('blog.about', i, 400) THEN gen.ts('blog.extracted', i) END
FROM gen.company WHERE i <= gen.n(95004) ORDER BY i;

INSERT INTO outreach.blog_ingress_control (control_id, enabled, enabled_at, enabled_by, notes,
    created_at, updated_at)
VALUES (gen.u('blog_control', 1), true, '2025-12-03 14:00:00+00', 'ops', 'pilot: 100 URLs an hour',
        '2025-12-01 09:00:00+00', '2025-12-03 14:00:00+00');

INSERT INTO outreach.bit_scores
SELECT outreach_id, score, CASE WHEN score >= 75 THEN 'BURNING' WHEN score >= 50 THEN 'HOT'
                                WHEN score >= 25 THEN 'WARM' ELSE 'COLD' END,
       (gen.h('bit.signals', i) % 12)::integer, score * 0.4, score * 0.3, score * 0.2, score * 0.1,
       CASE WHEN i % 3 <> 0 THEN gen.ts('bit.signal', i) END, gen.ts('bit.scored', i),
       gen.ts('bit.created', i), gen.ts('bit.updated', i)
FROM (SELECT c.*, ((gen.h('bit.score', i) % 10001)::numeric / 100) AS score FROM gen.company c) AS c
WHERE i > gen.n(95004) - gen.n(13226) AND i <= gen.n(95004) ORDER BY i;

INSERT INTO outreach.hub_registry
SELECT hub, initcap(replace(hub, '-', ' ')), '04.04.0' || n,
       CASE WHEN n <= 4 THEN 'required' ELSE 'optional' END,
       n <= 4, n, metric, 70, 40, 'Hub ' || n || ' of the waterfall', gen.ts('hub.created', n),
       gen.ts('hub.updated', n)
FROM (VALUES (1, 'company-target', 'coverage'), (2, 'dol-filings', 'filing match rate'),
             (3, 'people-intelligence', 'slot fill rate'), (4, 'blog-content', 'fresh articles'),
             (5, 'talent-flow', 'movements'), (6, 'outreach-execution', 'reply rate'))
     AS hub (n, hub, metric);

INSERT INTO outreach.company_hub_status
SELECT c.sovereign_id::text, h.hub_id,
       gen.pick(h.hub_id, c.i, ARRAY['PASS', 'IN_PROGRESS', 'IN_PROGRESS', 'FAIL', 'BLOCKED'])
           ::outreach.hub_status_enum,
       CASE WHEN gen.permille(h.hub_id || '.reason', c.i, 250) THEN
            gen.pick('hub.reason', c.i, ARRAY['waiting for upstream hub', 'no domain', 'no EIN',
                                              'metric below threshold']) END,
       (gen.h(h.hub_id || '.metric', c.i) % 1000001)::numeric / 10000,
       gen.ts(h.hub_id || '.run', c.i), gen.ts(h.hub_id || '.created', c.i),
       gen.ts(h.hub_id || '.updated', c.i)
FROM outreach.hub_registry h
JOIN gen.company c ON c.i <= gen.n(68908) / 4
WHERE h.waterfall_order <= 4;
