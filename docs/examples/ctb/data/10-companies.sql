-- Companies. gen.company holds what later files need to know about each; company i is on the spine
-- when i <= n(95004), in the older list (and its bridge) when it has a company_id.

CREATE TABLE gen.place (place serial, city text, state text, zip text);
INSERT INTO gen.place (city, state, zip) VALUES
    ('Pittsburgh', 'PA', '152'), ('Philadelphia', 'PA', '191'), ('Harrisburg', 'PA', '171'),
    ('Erie', 'PA', '165'), ('Scranton', 'PA', '185'), ('Allentown', 'PA', '181'),
    ('Richmond', 'VA', '232'), ('Norfolk', 'VA', '235'), ('Roanoke', 'VA', '240'),
    ('Arlington', 'VA', '222'), ('Baltimore', 'MD', '212'), ('Annapolis', 'MD', '214'),
    ('Rockville', 'MD', '208'), ('Hagerstown', 'MD', '217'), ('Columbus', 'OH', '432'),
    ('Cleveland', 'OH', '441'), ('Cincinnati', 'OH', '452'), ('Toledo', 'OH', '436'),
    ('Akron', 'OH', '443'), ('Charleston', 'WV', '253'), ('Morgantown', 'WV', '265'),
    ('Wheeling', 'WV', '260'), ('Louisville', 'KY', '402'), ('Lexington', 'KY', '405'),
    ('Bowling Green', 'KY', '421'), ('Wilmington', 'DE', '198'), ('Dover', 'DE', '199'),
    ('Charlotte', 'NC', '282'), ('Winston-Salem', 'NC', '271'), ('Oklahoma City', 'OK', '731'),
    ('Cañon Falls', 'PA', '160');

CREATE TABLE gen.company (
    i integer PRIMARY KEY, sovereign_id uuid, outreach_id uuid, company_id text, name text,
    domain text, spine_domain text, city text, state text, zip text, employees integer, ein text,
    industry text);

INSERT INTO gen.company
WITH word AS (
    SELECT ARRAY['Allegheny','Summit','Keystone','Blue Ridge','Potomac','Chesapeake','Liberty',
        'Pioneer','Patriot','Heritage','Cardinal','Buckeye','Mountaineer','Bluegrass','Monongahela',
        'Cumberland','Shenandoah','Tidewater','Piedmont','Appalachian','Ohio Valley','Three Rivers',
        'Penn','Quaker','Lehigh','Laurel','Old Dominion','Free State','Capital','Metro','Eastern',
        'Northern','Tri-State','Riverbend','Lakeside','Hilltop','Ironworks','Copperfield','Granite',
        'Sterling','Golden','Silver','Crimson','Emerald','Redwood','Maple','Oakmont','Cedar','Birch',
        'Elm Street','Stonebridge','Foxhall','Eagle','Falcon','Hawthorne','Beacon','Harbor','Anchor',
        'Compass','Meridian','Apex','Vertex','Zenith','Nova','Orion','Atlas','Titan','Vanguard',
        'Sentinel','Guardian','Premier','Prime','First','United','Allied','Integrated','Advanced',
        'Precision','Dynamic','Strategic','Global','National','Regional','Mutual','Common','Evergreen',
        'Brightwater','Clearview','Greenfield','Fairmount','Westfield','Ashland','Kensington',
        'Béchamel','Muñoz','Société','Kröger'] AS w1,
           ARRAY['Logistics','Manufacturing','Health','Dental','Medical','Foods','Freight','Plastics',
        'Steel','Glass','Paper','Packaging','Printing','Electric','Plumbing','Roofing','Builders',
        'Construction','Engineering','Design','Architects','Consulting','Staffing','Payroll',
        'Insurance','Benefits','Capital','Financial','Credit','Bank','Realty','Properties','Homes',
        'Hotels','Catering','Bakery','Dairy','Farms','Orchards','Nursery','Gardens','Landscaping',
        'Environmental','Recycling','Waste','Water','Energy','Solar','Gas','Oil','Mining','Coal',
        'Chemicals','Coatings','Pharma','Labs','Optics','Instruments','Controls','Automation',
        'Robotics','Software','Systems','Data','Networks','Telecom','Wireless','Media','Broadcasting',
        'Publishing','Books','Education','Academy','Learning','Childcare','Senior Living','Hospice',
        'Rehab','Therapy','Veterinary','Pet Supply','Sports','Fitness','Marine','Aviation','Transit',
        'Auto','Tire','Tools'] AS w2,
           ARRAY['Inc.','LLC','Group','Partners','Co.','Corporation','& Sons','Holdings','Services',
        'Solutions','Enterprises','Associates','USA','of America','Ltd.','PLLC','Brothers','Works',
        'Supply','International','Collective','Cooperative','Trust'] AS w3,
           ARRAY['.com','llc.com','group.com','partners.com','co.com','corp.com','andsons.com',
        'holdings.com','services.com','solutions.com','enterprises.com','associates.com','usa.com',
        'america.org','ltd.com','pllc.com','bros.com','works.net','supply.com','intl.com',
        'collective.org','.coop','trust.org'] AS tail,
           ARRAY['Manufacturing','Healthcare','Construction','Finance & Insurance','Retail Trade',
        'Professional Services','Education','Transportation','Hospitality','Agriculture',
        'Information Technology','Real Estate','Wholesale Trade','Utilities','Non-profit'] AS industry
), numbered AS (
    SELECT i, i - (gen.n(102426) - gen.n(74641)) AS j,
           (i::bigint * 48271) % (cardinality(w1) * cardinality(w2) * cardinality(w3)) AS x,
           i / (cardinality(w1) * cardinality(w2) * cardinality(w3)) AS round, word.*
    FROM word, generate_series(1, gen.n(102426) + gen.n(5327)) AS i
), named AS (
    SELECT i, j, industry, round, w1[1 + x % cardinality(w1)] AS a,
           w2[1 + x / cardinality(w1) % cardinality(w2)] AS b,
           x / cardinality(w1) / cardinality(w2) % cardinality(w3) AS c, w3, tail
    FROM numbered
)
SELECT i, gen.u('sovereign', i),
       CASE WHEN i <= gen.n(95004) THEN gen.u('outreach', i) END,
       CASE WHEN j BETWEEN 1 AND gen.n(74641) THEN gen.company_id(j) END,
       a || ' ' || b || ' ' || w3[1 + c] || CASE WHEN round > 0 THEN ' ' || round ELSE '' END,
       gen.ascii(a || b) || CASE WHEN round > 0 THEN round::text ELSE '' END || tail[1 + c],
       NULL, city, state, zip || lpad((gen.h('zip', i) % 100)::text, 2, '0'),
       50 + (power(gen.h('employees', i) % 1000 / 1000.0, 4) * 4950)::integer,
       gen.ein(i), industry[1 + gen.h('industry', i) % cardinality(industry)]
FROM named JOIN gen.place ON place = 1 + gen.h('place', i) % 31;

-- Spine domains: 488 groups of rows share one; 25 more differ from another in upper case only.
UPDATE gen.company c SET spine_domain = other.domain
FROM (SELECT gen.n(95004) - s + 1 AS i,
             CASE WHEN s <= gen.k(488) THEN s
                  WHEN s <= gen.k(488) + gen.k(40) THEN s - gen.k(488)
                  ELSE s - gen.k(488) - gen.k(40) END AS twin
      FROM generate_series(1, gen.k(488) + gen.k(40) + gen.k(16)) AS s) AS pair
JOIN gen.company other ON other.i = gen.n(102426) - gen.n(74641) + pair.twin
WHERE c.i = pair.i;

UPDATE gen.company c SET spine_domain = initcap(other.domain)
FROM generate_series(1, gen.k(25)) AS s
JOIN gen.company other ON other.i = gen.n(102426) - gen.n(74641) + gen.n(3000) + s
WHERE c.i = gen.n(102426) - gen.n(74641) + gen.n(2000) + s;

UPDATE gen.company SET spine_domain = domain WHERE spine_domain IS NULL;
ANALYZE gen.company;

INSERT INTO cl.company_identity
SELECT sovereign_id, name, domain,
       CASE WHEN gen.permille('cl.linkedin', i, 780)
            THEN 'https://www.linkedin.com/company/' || split_part(domain, '.', 1) END,
       gen.pick('cl.source', i, ARRAY['clay', 'apollo', 'hunter', 'dol_5500', 'manual']),
       gen.ts('cl.created', i),
       CASE WHEN gen.permille('cl.fp', i, 20) THEN '|' WHEN gen.permille('cl.fp', i, 40) THEN NULL
            ELSE domain || '|' || lower(state) END,
       'lcl-run-' || gen.h('cl.run', i) % 40, gen.permille('cl.verified', i, 930),
       'RUN-2026-01-' || lpad((1 + gen.h('cl.vrun', i) % 28)::text, 2, '0'),
       CASE WHEN gen.permille('cl.verified', i, 930) THEN gen.ts('cl.verified_at', i) END,
       (ARRAY[200, 200, 200, 200, 301, 302, 403, 503])[1 + gen.h('cl.http', i) % 8],
       (gen.h('cl.name_match', i) % 101)::integer,
       gen.pick('cl.state_match', i, ARRAY['PASS', 'PASS', 'SOFT_FAIL', 'NO_STATE']),
       CASE WHEN gen.permille('cl.canonical', i, 850) THEN upper(name) END, state,
       CASE WHEN employees < 100 THEN '51-100' WHEN employees < 500 THEN '101-500' ELSE '501+' END,
       (gen.h('cl.pass', i) % 4)::integer,
       gen.pick('cl.status', i, ARRAY['PASS', 'PASS', 'PASS', 'PENDING', 'FAIL']),
       gen.ts('cl.pass_at', i), gen.pick('cl.eligible', i, ARRAY['ELIGIBLE', 'ELIGIBLE', 'HOLD']),
       CASE WHEN gen.permille('cl.exclusion', i, 15) THEN gen.odd('cl.odd', i) END,
       gen.pick('cl.role', i, ARRAY['PARENT', 'SUBSIDIARY', 'STANDALONE', 'STANDALONE']),
       CASE WHEN gen.permille('cl.sovereign', i, 985) THEN sovereign_id END,
       CASE WHEN outreach_id IS NULL THEN 'FAIL' ELSE 'PASS' END,
       CASE WHEN outreach_id IS NULL THEN 'existence not verified' END,
       outreach_id, NULL, NULL,
       CASE WHEN outreach_id IS NOT NULL THEN gen.ts('cl.attached', i) END, NULL, NULL, domain
FROM gen.company WHERE i <= gen.n(102426);

INSERT INTO cl.company_identity_excluded (company_unique_id, company_name, company_domain,
    source_system, created_at, company_fingerprint, existence_verified, identity_pass,
    identity_status, last_pass_at, eligibility_status, exclusion_reason, final_outcome,
    normalized_domain)
SELECT sovereign_id, name, domain, 'clay', gen.ts('excl.created', i), domain || '|', false, 2,
       'FAIL', gen.ts('excl.pass', i), 'EXCLUDED',
       gen.pick('excl.reason', i, ARRAY['too_few_employees', 'out_of_territory', 'government',
                                        'duplicate_of_parent', 'closed']),
       'EXCLUDED', domain
FROM gen.company WHERE i > gen.n(102426);

INSERT INTO cl.company_identity_bridge
SELECT gen.u('bridge', i),
       CASE WHEN i > gen.n(102426) - gen.k(150)   -- from a list that company_master does not know
            THEN replace(company_id, '04.04.01.', '04.04.09.') ELSE company_id END,
       sovereign_id, 'company.company_master', gen.ts('bridge.minted', i), 'cl_bootstrap',
       'lcl-run-' || gen.h('bridge.run', i) % 40
FROM gen.company WHERE company_id IS NOT NULL;

INSERT INTO outreach.outreach
SELECT outreach_id, sovereign_id, gen.ts('spine.created', i),
       gen.ts('spine.created', i) + gen.h('spine.updated', i) % 800000 * interval '1 second',
       spine_domain, CASE WHEN gen.permille('spine.ein', i, 600) THEN ein END,
       gen.permille('spine.appointment', i, 2)
FROM gen.company WHERE i <= gen.n(95004) ORDER BY i;

INSERT INTO outreach.company_target
SELECT gen.u('target', i),
       CASE WHEN i % 317 = 0 THEN NULL ELSE coalesce(company_id, sovereign_id::text) END,
       gen.pick('ct.status', i, ARRAY['queued', 'queued', 'active', 'paused', 'completed',
                                      'disqualified']),
       CASE WHEN gen.permille('ct.bit', i, 140) THEN (gen.h('ct.bit_score', i) % 101)::integer END,
       CASE WHEN gen.permille('ct.first', i, 300) THEN gen.ts('ct.first', i) END, NULL,
       (gen.h('ct.sequence', i) % 4)::integer, NULL,
       gen.pick('ct.source', i, ARRAY['cl', 'dol', 'clay', 'import_2026_01']),
       gen.ts('ct.created', i), gen.ts('ct.updated', i), outreach_id,
       CASE WHEN gen.permille('ct.method', i, 700)
            THEN gen.pick('ct.pattern', i, ARRAY['{first}.{last}', '{f}{last}', '{first}',
                                                 '{first}_{last}', '{last}{f}']) END,
       gen.pick('ct.type', i, ARRAY['pattern', 'verified', 'guessed']),
       (gen.h('ct.confidence', i) % 10001)::numeric / 10000,
       gen.pick('ct.execution', i, ARRAY['pending', 'ready', 'ready', 'failed', 'blocked']),
       CASE WHEN gen.permille('ct.imo', i, 500) THEN gen.ts('ct.imo_at', i) END,
       gen.permille('ct.catchall', i, 120), industry, employees, 'US', state, city, zip,
       2024 + (gen.h('ct.year', i) % 2)::integer
FROM gen.company WHERE i <= gen.n(95004) ORDER BY i;
