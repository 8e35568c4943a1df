-- Helpers of the generator. Every value is a function of (seed, column, row number), so two loads
-- of the same scale are equal; nothing here calls random() or now(). Dropped by 99-drop-gen.sql.

CREATE SCHEMA gen;

-- The scale reaches SQL as the body of a function, because psql does not look inside quotes.
SELECT 'SELECT ' || :'scale' || '::numeric' AS scale_body \gset
CREATE FUNCTION gen.scale() RETURNS numeric LANGUAGE sql IMMUTABLE AS :'scale_body';

-- n: rows of a table at this scale; tables that had fewer than 2,000 rows keep their size.
CREATE FUNCTION gen.n(rows bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN rows < 2000 THEN rows ELSE ceil(rows * gen.scale()) END::integer $$;

-- k: planted rows at this scale; never fewer than one.
CREATE FUNCTION gen.k(rows bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT greatest(1, round(rows * gen.scale()))::integer $$;

-- h: a hash that is not negative.
CREATE FUNCTION gen.h(key text, i bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT hashint8extended(i, hashtextextended(key COLLATE "C", 20260206)) & 9223372036854775807 $$;

-- pct: true for about this many rows in a thousand.
CREATE FUNCTION gen.permille(key text, i bigint, of_thousand integer) RETURNS boolean
LANGUAGE sql IMMUTABLE AS
$$ SELECT gen.h(key, i) % 1000 < of_thousand $$;

CREATE FUNCTION gen.pick(key text, i bigint, words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT words[1 + gen.h(key, i) % cardinality(words)] $$;

CREATE FUNCTION gen.u(key text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT overlay(overlay(md5(key || ':' || i || ':20260206') placing '4' from 13)
                  placing '8' from 17)::uuid $$;

-- ts, lt: a moment (with and without zone) between 2025-11-01 and 2026-02-05, to the microsecond.
CREATE FUNCTION gen.ts(key text, i bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT timestamptz '2025-11-01 00:00:00+00'
          + (gen.h(key, i) % 8380800000000) * interval '1 microsecond' $$;

CREATE FUNCTION gen.lt(key text, i bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE AS
$$ SELECT timestamp '2025-11-01 00:00:00'
          + (gen.h(key, i) % 8380800000) * interval '1 millisecond' $$;

-- Identifiers of the three kinds that the database uses: company, person, slot.
CREATE FUNCTION gen.company_id(j bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT '04.04.01.' || lpad((j % 97)::text, 2, '0') || '.' || lpad((j % 100000)::text, 5, '0')
          || '.' || lpad((1 + j / 100000)::text, 3, '0') $$;

CREATE FUNCTION gen.person_id(p bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT '04.04.02.' || lpad((p % 89)::text, 2, '0') || '.'
          || lpad((p % 1000000)::text, greatest(5, length((p % 1000000)::text)), '0') || '.'
          || lpad((1 + p / 1000000)::text, 3, '0') $$;

CREATE FUNCTION gen.slot_id(s bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT '04.04.05.' || lpad((s % 83)::text, 2, '0') || '.' || lpad((s % 1000000)::text, 6, '0')
          || '.' || lpad((1 + s / 1000000)::text, 3, '0') $$;

CREATE FUNCTION gen.ein(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT ((i * 104729 + 271828) % 899999981 + 100000000)::text $$;

CREATE FUNCTION gen.first_name(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT gen.pick('first_name', i, ARRAY[
    'James','Mary','Robert','Patricia','John','Jennifer','Michael','Linda','David','Elizabeth',
    'William','Barbara','Richard','Susan','Joseph','Jessica','Thomas','Sarah','Karen','Lisa',
    'Daniel','Nancy','Matthew','Sandra','Anthony','Betty','Mark','Ashley','Donald','Emily',
    'Steven','Kimberly','Andrew','Margaret','Paul','Donna','Joshua','Michelle','Kenneth','Carol',
    'Kevin','Amanda','Brian','Melissa','Timothy','Deborah','Ronald','Stephanie','George','Rebecca',
    'Jason','Laura','Edward','Helen','Jeffrey','Sharon','Ryan','Cynthia','Jacob','Kathleen',
    'Nicholas','Amy','Gary','Angela','Eric','Shirley','Jonathan','Brenda','Larry','Emma',
    'José','Zoë','François','Renée','Søren','Łukasz','Jürgen','Chloé','Nuño','Anaïs',
    'Björn','Ángel','Sinéad','Gülşen','Þóra','Željko','Mary-Jo','D''Andre','Jo Ann','Lê']) $$;

CREATE FUNCTION gen.last_name(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT gen.pick('last_name', i, ARRAY[
    'Smith','Johnson','Williams','Brown','Jones','Garcia','Miller','Davis','Rodriguez','Martinez',
    'Hernandez','Lopez','Gonzalez','Wilson','Anderson','Thomas','Taylor','Moore','Jackson','Martin',
    'Lee','Perez','Thompson','White','Harris','Sanchez','Clark','Ramirez','Lewis','Robinson',
    'Walker','Young','Allen','King','Wright','Scott','Torres','Nguyen','Hill','Flores',
    'Green','Adams','Nelson','Baker','Hall','Rivera','Campbell','Mitchell','Carter','Roberts',
    'Gomez','Phillips','Evans','Turner','Diaz','Parker','Cruz','Edwards','Collins','Reyes',
    'Stewart','Morris','Morales','Murphy','Cook','Rogers','Gutierrez','Ortiz','Morgan','Cooper',
    'Peterson','Bailey','Reed','Kelly','Howard','Ramos','Kim','Cox','Ward','Richardson',
    'O''Brien','D''Angelo','Müller','Nguyễn','García-Márquez','Smith-Jones','de la Cruz','Øberg',
    'Kowalski','Dvořák','Çelik','Peña','St. James','McNamara','van der Berg','Şahin']) $$;

CREATE FUNCTION gen.full_name(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT gen.first_name(i) || ' ' || gen.last_name(i) $$;

CREATE FUNCTION gen.title(key text, i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT gen.pick(key, i, ARRAY[
    'Chief Executive Officer','CEO','President & CEO','Founder','Chief Financial Officer','CFO',
    'VP Finance','Controller','Director of Finance','Chief Human Resources Officer',
    'HR Director','VP, People & Culture','HR Manager','Human Resources Generalist',
    'Benefits Administrator','Payroll Manager','Director, Total Rewards','Office Manager',
    'Chief Operating Officer','Vice-président, Ressources humaines','Head of Talent',
    'Sr. Director – Benefits','Owner/Operator','General Counsel']) $$;

-- odd: text that is legal everywhere and that a careless copy damages.
CREATE FUNCTION gen.odd(key text, i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT gen.pick(key, i, ARRAY[
    '', ' ', E'tab\there', E'first line\nsecond line', E'carriage\r\nreturn', 'C:\temp\new',
    'says "quoted" and ''single''', '\N', '\.', 'NULL', '{"looks": "like json"}', '{a,b}',
    'ünïcödé – “curly” 漢字 🚀', E'trailing backslash\\', 'comma, semicolon; pipe | percent %',
    E'non\u00a0breaking and zero\u200bwidth', 'e' || U&'\0301' || ' decomposed', '  padded  ']) $$;

-- ascii: letters and digits only, for e-mail names and domains.
CREATE FUNCTION gen.ascii(word text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT translate(lower(word), 'áàâäãåéèêëễíìîïóòôöõøúùûüñçšşžłýřÞþ .,&''’–/-',
                                 'aaaaaaeeeeeiiiiooooo' || 'uuuuncsszlyrtt') $$;

-- The sign of a row with a local time inside a change of clocks: 01:30 on 2 November 2025 happened
-- twice in New York, 02:30 on 9 March 2025 never.
CREATE FUNCTION gen.clock_change(i bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN i % 2 = 0 THEN timestamp '2025-11-02 01:00:00'
               ELSE timestamp '2025-03-09 02:00:00' END
          + (gen.h('clock_change', i) % 3600) * interval '1 second' $$;
