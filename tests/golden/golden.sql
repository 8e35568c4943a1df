-- Where tests/golden/*.copy come from: scripts/golden-regenerate runs this file in two databases.
-- One file for each type. The rows of a file are distinct by their binary image, be it only by it.

SET lc_monetary = 'C';
SET client_min_messages = warning;  -- the empty tsquery is meant

-- Booleans, numbers --------------------------------------------------------------------------------
COPY (VALUES (true), (false), (NULL)) TO STDOUT (FORMAT binary) \g bool.copy
COPY (VALUES (0::int2), (-1), (32767), (-32768), (NULL)) TO STDOUT (FORMAT binary) \g int2.copy
COPY (VALUES (0), (-1), (2147483647), (-2147483648), (NULL)) TO STDOUT (FORMAT binary) \g int4.copy
COPY (VALUES (0::int8), (-1), (9223372036854775807), (-9223372036854775808), (NULL))
  TO STDOUT (FORMAT binary) \g int8.copy
COPY (VALUES ('0'::float4), ('-0'), ('1e-45'), ('3.4028235e38'), ('Infinity'), ('-Infinity'), ('NaN'),
             (NULL)) TO STDOUT (FORMAT binary) \g float4.copy
COPY (VALUES ('0'::float8), ('-0'), ('5e-324'), ('1.7976931348623157e308'), ('Infinity'),
             ('-Infinity'), ('NaN'), (NULL)) TO STDOUT (FORMAT binary) \g float8.copy
COPY (VALUES ('0'::numeric), ('0.00'), ('1'), ('1.0'), ('1.00'), ('-12345678901234567890.0123456789'),
             ('1e-20'), ('1e100'), ('Infinity'), ('-Infinity'), ('NaN'), (NULL))
  TO STDOUT (FORMAT binary) \g numeric.copy
COPY (VALUES ('0'::money), ('-12.34'), ('92233720368547758.07'), (NULL))
  TO STDOUT (FORMAT binary) \g money.copy
COPY (VALUES (0::oid), (4294967295), (NULL)) TO STDOUT (FORMAT binary) \g oid.copy

-- Text and bytes -----------------------------------------------------------------------------------
COPY (VALUES (''::text), (' '), ('NULL'), ('\N'), (E'\t\n\r\v\b\f\\'), ('żółć €😀'), (repeat('x', 300)),
             (NULL)) TO STDOUT (FORMAT binary) \g text.copy
COPY (VALUES (''::varchar(5)), ('abc  '), (NULL)) TO STDOUT (FORMAT binary) \g varchar.copy
COPY (VALUES (''::char(5)), ('abc'), (NULL)) TO STDOUT (FORMAT binary) \g bpchar.copy
COPY (VALUES (''::"char"), ('x'), ('\377'), (NULL)) TO STDOUT (FORMAT binary) \g char.copy
COPY (VALUES (''::name), ('pg_class'), (repeat('n', 63)::name), (NULL))
  TO STDOUT (FORMAT binary) \g name.copy
COPY (VALUES (''::bytea), ('\x00'), ('\xffffffff'), ('\x5047434f50590aff0d0a00'), (NULL))
  TO STDOUT (FORMAT binary) \g bytea.copy
COPY (VALUES (B''::bit(3)), (B'101'), (NULL)) TO STDOUT (FORMAT binary) \g bit.copy
COPY (VALUES (B''::varbit), (B'0'), (B'00'), (B'101010101'), (NULL))
  TO STDOUT (FORMAT binary) \g varbit.copy

-- Times --------------------------------------------------------------------------------------------
COPY (VALUES ('2000-01-01'::date), ('4713-01-01 BC'), ('5874897-12-31'), ('infinity'), ('-infinity'),
             (NULL)) TO STDOUT (FORMAT binary) \g date.copy
COPY (VALUES ('00:00'::time), ('23:59:59.999999'), ('24:00'), (NULL))
  TO STDOUT (FORMAT binary) \g time.copy
COPY (VALUES ('12:00+00'::timetz), ('13:00+01'), ('23:59:59.999999-15:59'), (NULL))
  TO STDOUT (FORMAT binary) \g timetz.copy
COPY (VALUES ('2000-01-01'::timestamp), ('1999-12-31 23:59:59.999999'), ('4713-01-01 BC'),
             ('294276-12-31 23:59:59.999999'), ('infinity'), ('-infinity'), (NULL))
  TO STDOUT (FORMAT binary) \g timestamp.copy
COPY (VALUES ('2000-01-01 00:00+00'::timestamptz), ('2000-01-01 00:00+14'), ('0044-03-15 12:00+00 BC'),
             ('infinity'), ('-infinity'), (NULL)) TO STDOUT (FORMAT binary) \g timestamptz.copy
COPY (VALUES ('0'::interval), ('1 mon'), ('30 days'), ('720 hours'), ('-1 year 2 days -3.000004 s'),
             (NULL)) TO STDOUT (FORMAT binary) \g interval.copy

-- Networks, identifiers, documents, search ---------------------------------------------------------
COPY (VALUES ('00000000-0000-0000-0000-000000000000'::uuid), ('ffffffff-ffff-ffff-ffff-ffffffffffff'),
             (NULL)) TO STDOUT (FORMAT binary) \g uuid.copy
COPY (VALUES ('0.0.0.0'::inet), ('10.1.2.3/8'), ('::1'), ('2001:db8::1/64'), (NULL))
  TO STDOUT (FORMAT binary) \g inet.copy
COPY (VALUES ('10.0.0.0/8'::cidr), ('2001:db8::/32'), (NULL)) TO STDOUT (FORMAT binary) \g cidr.copy
COPY (VALUES ('08:00:2b:01:02:03'::macaddr), (NULL)) TO STDOUT (FORMAT binary) \g macaddr.copy
COPY (VALUES ('08:00:2b:01:02:03:04:05'::macaddr8), (NULL)) TO STDOUT (FORMAT binary) \g macaddr8.copy
COPY (VALUES ('null'::json), ('{"a":1, "a":2}'), ('{"a":1,"a":2}'), (NULL))
  TO STDOUT (FORMAT binary) \g json.copy
COPY (VALUES ('null'::jsonb), ('{}'), ('{"a": [1, 1.0, "ż", null]}'), (NULL))
  TO STDOUT (FORMAT binary) \g jsonb.copy
COPY (VALUES ('$.a[*] ? (@ > 1)'::jsonpath), (NULL)) TO STDOUT (FORMAT binary) \g jsonpath.copy
COPY (VALUES (''::xml), ('<a>ż</a>'), ('<?xml version="1.0" encoding="ISO-8859-1"?><a/>'), (NULL))
  TO STDOUT (FORMAT binary) \g xml.copy
COPY (VALUES (''::tsvector), ('a:1A b:2,3'), (NULL)) TO STDOUT (FORMAT binary) \g tsvector.copy
COPY (VALUES (''::tsquery), ('a & !b:* <2> c'), (NULL)) TO STDOUT (FORMAT binary) \g tsquery.copy

-- Geometry -----------------------------------------------------------------------------------------
COPY (VALUES ('(0,-0)'::point), ('(Infinity,NaN)'), (NULL)) TO STDOUT (FORMAT binary) \g point.copy
COPY (VALUES ('{1,-1,0}'::line), (NULL)) TO STDOUT (FORMAT binary) \g line.copy
COPY (VALUES ('[(0,0),(1,1)]'::lseg), (NULL)) TO STDOUT (FORMAT binary) \g lseg.copy
COPY (VALUES ('(1,1),(0,0)'::box), (NULL)) TO STDOUT (FORMAT binary) \g box.copy
COPY (VALUES ('[(0,0),(1,1)]'::path), ('((0,0),(1,1))'), (NULL)) TO STDOUT (FORMAT binary) \g path.copy
COPY (VALUES ('((0,0),(1,1),(1,0))'::polygon), (NULL)) TO STDOUT (FORMAT binary) \g polygon.copy
COPY (VALUES ('<(0,0),1>'::circle), (NULL)) TO STDOUT (FORMAT binary) \g circle.copy

-- The system's own ---------------------------------------------------------------------------------
COPY (VALUES ('0/0'::pg_lsn), ('FFFFFFFF/FFFFFFFF'), (NULL)) TO STDOUT (FORMAT binary) \g pg_lsn.copy
COPY (VALUES ('10:20:10,14,15'::pg_snapshot), (NULL)) TO STDOUT (FORMAT binary) \g pg_snapshot.copy
COPY (VALUES ('(0,1)'::tid), ('(4294967295,65535)'), (NULL)) TO STDOUT (FORMAT binary) \g tid.copy
COPY (VALUES ('3'::xid), (NULL)) TO STDOUT (FORMAT binary) \g xid.copy
COPY (VALUES ('18446744073709551615'::xid8), (NULL)) TO STDOUT (FORMAT binary) \g xid8.copy
COPY (VALUES ('pg_class'::regclass), (NULL)) TO STDOUT (FORMAT binary) \g regclass.copy
COPY (VALUES ('text'::regtype), (NULL)) TO STDOUT (FORMAT binary) \g regtype.copy
COPY (VALUES (''::int2vector), ('1 -2'), (NULL)) TO STDOUT (FORMAT binary) \g int2vector.copy
COPY (VALUES (''::oidvector), ('25 1043'), (NULL)) TO STDOUT (FORMAT binary) \g oidvector.copy

-- Arrays and ranges of built-in types --------------------------------------------------------------
COPY (VALUES ('{}'::text[]), ('{""}'), ('{NULL}'), ('{"NULL"}'), ('{a,b}'), ('{{a},{b}}'),
             ('[0:1]={a,b}'), ('[-2:-1][5:5]={{a},{b}}'), ('{{{{{{a}}}}}}'), (NULL))
  TO STDOUT (FORMAT binary) \g text_array.copy
COPY (VALUES ('empty'::int4range), ('[1,2)'), ('[1,)'), ('(,1)'), ('(,)'), (NULL))
  TO STDOUT (FORMAT binary) \g int4range.copy
COPY (VALUES ('empty'::numrange), ('[1,2)'), ('(1,2)'), ('[1,2]'), ('(1,2]'), ('[1.0,2)'), (NULL))
  TO STDOUT (FORMAT binary) \g numrange.copy
COPY (VALUES ('[2000-01-01,infinity]'::tsrange), ('[2000-01-01,)'), (NULL))
  TO STDOUT (FORMAT binary) \g tsrange.copy
COPY (VALUES ('{}'::nummultirange), ('{[1,2)}'), ('{(,1),[2,3],(4,)}'), (NULL))
  TO STDOUT (FORMAT binary) \g nummultirange.copy

-- User-defined types. Those whose form names OIDs have a .second.copy, from the second database. ----
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy ☺');
CREATE DOMAIN posint AS int CHECK (value > 0);
CREATE DOMAIN intlist AS int[];
CREATE DOMAIN moodlist AS mood[];
CREATE TYPE nothing AS ();
CREATE TYPE plain_pair AS (a int, b text);
CREATE TYPE pair AS (dropped text, number posint, feeling mood, list mood[]);
ALTER TYPE pair DROP ATTRIBUTE dropped;
CREATE DOMAIN checked_pair AS pair;
CREATE TYPE nest AS (inside pair, several pair[], note text);
CREATE TYPE mood_range AS RANGE (subtype = mood, multirange_type_name = mood_multirange);
CREATE TYPE pair_range AS RANGE (subtype = pair, multirange_type_name = pair_multirange);

COPY (VALUES ('sad'::mood), ('happy ☺'), (NULL)) TO STDOUT (FORMAT binary) \g enum.copy
COPY (VALUES (1::posint), (NULL)) TO STDOUT (FORMAT binary) \g domain.copy
COPY (VALUES ('{}'::intlist), ('{1,NULL}'), (NULL)) TO STDOUT (FORMAT binary) \g domain_over_array.copy
COPY (VALUES (ROW()::nothing), (NULL)) TO STDOUT (FORMAT binary) \g empty_composite.copy
COPY (VALUES ('(1,x)'::plain_pair), ('(,)'), ('(,"")'), (NULL))
  TO STDOUT (FORMAT binary) \g plain_composite.copy
COPY (VALUES ('[sad,ok]'::mood_range), ('empty'), (NULL)) TO STDOUT (FORMAT binary) \g enum_range.copy
COPY (VALUES ('{[sad,ok)}'::mood_multirange), ('{}'), (NULL))
  TO STDOUT (FORMAT binary) \g enum_multirange.copy

COPY (VALUES ('{}'::mood[]), ('{sad,NULL}'), ('[0:1][7:7]={{sad},{ok}}'), (NULL))
  TO STDOUT (FORMAT binary) \g enum_array.copy
COPY (VALUES ('{}'::posint[]), ('{1,2}'), (NULL)) TO STDOUT (FORMAT binary) \g domain_array.copy
COPY (VALUES ('{sad}'::moodlist), (NULL)) TO STDOUT (FORMAT binary) \g domain_over_enum_array.copy
COPY (VALUES ('(1,sad,"{ok,NULL}")'::pair), ('(,,)'), ('(1,,{})'), (NULL))
  TO STDOUT (FORMAT binary) \g composite.copy
COPY (VALUES ('(1,sad,{ok})'::checked_pair), (NULL))
  TO STDOUT (FORMAT binary) \g domain_over_composite.copy
COPY (VALUES (ARRAY['(1,sad,{})', NULL]::pair[]), ('{}'), (NULL))
  TO STDOUT (FORMAT binary) \g composite_array.copy
COPY (VALUES (ROW('(1,sad,{ok})', ARRAY['(2,ok,)']::pair[], 'note')::nest), (ROW(NULL, NULL, '')::nest),
             (NULL)) TO STDOUT (FORMAT binary) \g nested_composite.copy
COPY (VALUES (pair_range('(1,sad,{ok})', '(2,ok,)')), (pair_range('(1,sad,)', NULL, '()')), ('empty'),
             (NULL)) TO STDOUT (FORMAT binary) \g composite_range.copy
COPY (VALUES (pair_multirange(pair_range('(1,sad,)', '(2,ok,)'), pair_range('(3,sad,)', NULL))), ('{}'),
             (NULL)) TO STDOUT (FORMAT binary) \g composite_multirange.copy
COPY (VALUES (ARRAY[pair_range('(1,sad,)', NULL)]), (NULL))
  TO STDOUT (FORMAT binary) \g composite_range_array.copy

-- Whole rows: no row, no column, many columns ------------------------------------------------------
COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT binary) \g no_rows.copy
COPY (SELECT FROM generate_series(1, 3)) TO STDOUT (FORMAT binary) \g no_columns.copy
COPY (VALUES (1::int8, 'text', NULL::text, '{sad,NULL}'::mood[], '(1,sad,{ok})'::pair, 1.50, true),
             (2, '', 'x', NULL, '(,,)', NULL, false)) TO STDOUT (FORMAT binary) \g wide.copy
