#include "tests/support/zoo_columns.h"

namespace regraft::support {

const char* const kZooTypes = R"sql(
SET client_min_messages = warning;
CREATE EXTENSION citext SCHEMA app;
CREATE EXTENSION hstore SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'happy ☺', 'it''s', 'a,b', '');
CREATE TYPE app."Odd.Enum " AS ENUM ('A', 'a', ' ');
CREATE DOMAIN app.posint AS int CHECK (value > 0);
CREATE DOMAIN app.code AS varchar(5) CHECK (value <> 'never');
CREATE DOMAIN app.padded AS char(4);
CREATE DOMAIN app.price AS numeric(10, 2);
CREATE DOMAIN app.prices AS app.price;
CREATE DOMAIN app.mood_domain AS app.mood CHECK (value <> 'sad');
CREATE DOMAIN app.moods AS app.mood[];
CREATE TYPE app.pair AS (gone text, number app.posint, feeling app.mood,
                         feelings app.mood[], note text);
ALTER TYPE app.pair DROP ATTRIBUTE gone;
CREATE TYPE app.nest AS (inside app.pair, several app.pair[], "Größe " float8, span int4range);
CREATE TYPE app.nothing AS ();
CREATE DOMAIN app.checked_pair AS app.pair CHECK ((value).number IS DISTINCT FROM 13);
CREATE TYPE app.mood_range AS RANGE (subtype = app.mood, multirange_type_name = app.mood_multirange);
CREATE TYPE app.float_range AS RANGE (subtype = float8, subtype_diff = float8mi,
                                      multirange_type_name = app.float_multirange);
CREATE TYPE app.opaque;
CREATE FUNCTION app.opaque_in(cstring) RETURNS app.opaque IMMUTABLE STRICT LANGUAGE internal AS 'textin';
CREATE FUNCTION app.opaque_out(app.opaque) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS 'textout';
CREATE TYPE app.opaque (INPUT = app.opaque_in, OUTPUT = app.opaque_out, LIKE = text);
CREATE TYPE app.holds_opaque AS (feeling app.mood, hidden app.opaque, dark app.opaque[]);
CREATE TABLE app."Some table" (id int);
)sql";

const std::vector<ZooColumn>& ZooColumns() {
  static const std::vector<ZooColumn> columns = {
      // Booleans and numbers.
      {"bool", "bool", {"t", "f", nullptr}},
      {"int2", "int2", {"0", "-32768", "32767", nullptr}},
      {"int4", "int4", {"0", "-2147483648", "2147483647", nullptr}},
      {"int8", "int8", {"0", "-9223372036854775808", "9223372036854775807", nullptr}},
      {"float4",
       "float4",
       {"0", "-0", "1e-45", "3.4028235e38", "NaN", "Infinity", "-Infinity", "0.1", nullptr}},
      {"float8",
       "float8",
       {"0", "-0", "5e-324", "1.7976931348623157e308", "NaN", "Infinity", "-Infinity", "0.1",
        "0.30000000000000004", nullptr}},
      {"numeric",
       "numeric",
       {"0", "0.00", "-0.000", "1", "1.0", "1.00", "NaN", "Infinity", "-Infinity", "1e-300",
        "1e1000", "12345678901234567890123456789012345678901234567890.0000000012300", nullptr}},
      {"numeric_10_2", "numeric(10,2)", {"0", "99999999.99", "-0.01", "NaN", nullptr}},
      {"numeric_5__2", "numeric(5,-2)", {"0", "9999900", "-100", nullptr}},
      {"numeric_3_5", "numeric(3,5)", {"0.00999", "-0.00001", "0", nullptr}},
      {"money", "money", {"0", "-0.01", "92233720368547758.07", nullptr}},
      {"oid", "oid", {"0", "4294967295", "16384", nullptr}},
      // Text and bytes. Text COPY's own words are values here.
      {"text",
       "text",
       {"",
        " ",
        R"(\N)",
        R"(\.)",
        R"(\\N)",
        R"(\)",
        "NULL",
        "null",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\b\f\v",
        R"(\t\n\x41\101)",
        "a\tb\nc\\d\re",
        "\\.\n\\.\n",
        "\"',;{}()[]%s%n$1:",
        "żółć €😀",
        "e\u0301 ≠ é",
        "\x01\x7f",
        "\u200b\ufeff",
        nullptr}},
      {"varchar", "varchar", {"", "  blanks  ", "\\", nullptr}},
      {"varchar_5", "varchar(5)", {"", "abcde", "😀😀😀😀😀", "a    ", nullptr}},
      {"char_n", "char(6)", {"", "abc", " abc  ", "żółć€😀", "\t", nullptr}},
      {"char_1", "char", {"", "x", "\\", nullptr}},
      {"char_quoted", "\"char\"", {"", "\\", "x", "\\377", "\t", nullptr}},
      {"name", "name", {"", "pg_class", "It's \"odd\"", "\\N", nullptr}},
      {"bytea",
       "bytea",
       {"", "\\x00", "\\x0000000000", "\\xff00ff", "\\x5c2e0a5c4e09", "\\x5047434f50590aff0d0a00",
        nullptr}},
      {"bit", "bit(9)", {"000000000", "101010101", nullptr}},
      {"varbit", "varbit", {"", "0", "00", "101010101", nullptr}},
      {"varbit_7", "varbit(7)", {"", "1", "1010101", nullptr}},
      {"uuid",
       "uuid",
       {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", nullptr}},
      // Times.
      {"date",
       "date",
       {"2000-01-01", "4714-11-24 BC", "0001-12-31 BC", "5874897-12-31", "infinity", "-infinity",
        nullptr}},
      {"time", "time", {"00:00", "24:00", "23:59:59.999999", nullptr}},
      {"time_3", "time(3)", {"23:59:59.999", nullptr}},
      {"timetz",
       "timetz",
       {"12:00+00", "13:00+01", "24:00-15:59", "00:00:00.000001+15:59:59", nullptr}},
      {"timestamp",
       "timestamp",
       {"2000-01-01", "4714-11-24 BC", "294276-12-31 23:59:59.999999", "infinity", "-infinity",
        "1999-12-31 23:59:59.999999", "2021-03-28 02:30", nullptr}},
      {"timestamptz",
       "timestamptz",
       {"2000-01-01 00:00+00", "0044-03-15 12:00+00 BC", "infinity", "-infinity",
        "294276-12-31 23:59:59.999999+00", "2021-10-31 02:30+02", "2021-10-31 02:30+01", nullptr}},
      {"timestamptz_0", "timestamptz(0)", {"2000-01-01 00:00:01+00", nullptr}},
      {"interval",
       "interval",
       {"0", "1 mon", "30 days", "720 hours", "-1 mon 1 day -00:00:00.000001", "1 year",
        "178000000 years", nullptr}},
      {"interval_year", "interval year to month", {"1 year 2 mons", "-5 mons", nullptr}},
      // Documents. json keeps its text, jsonb its meaning; null of either is not NULL.
      {"json",
       "json",
       {"null", "{ \"a\" : 1,\n\t\"a\":2 }", "{\"a\":2,\"a\":1}", "1.0", "1.00", "\"\\u0041\"",
        "\"\\u0000\"", " {} ", "[]", nullptr}},
      {"jsonb",
       "jsonb",
       {"null", "{}", "[]", "\"null\"", "1.0", "1.00", "1e100", "{\"\": {\"a\": null}}",
        "[1, \"ż😀\\n\\t\\\\\", false]", nullptr}},
      {"jsonpath", "jsonpath", {"$", "strict $.\"a b\"[*] ? (@ > 1.50)", nullptr}},
      {"tsvector",
       "tsvector",
       {"", "a:1A b:2,3B 'it''s':4 '\\\\':5", "plain words", "a:16383", nullptr}},
      {"tsquery", "tsquery", {"", "a & !b:*AB <2> 'it''s' | '\\\\'", nullptr}},
      // Networks.
      {"inet", "inet", {"0.0.0.0", "10.1.2.3/8", "::1", "2001:db8::1/64", "10.1.2.3", nullptr}},
      {"cidr", "cidr", {"0.0.0.0/0", "10.0.0.0/8", "2001:db8::/32", nullptr}},
      {"macaddr", "macaddr", {"08:00:2b:01:02:03", nullptr}},
      {"macaddr8", "macaddr8", {"08:00:2b:01:02:03:04:05", nullptr}},
      // Geometry: none of these types has an equality that means the same bytes.
      {"point", "point", {"(0,-0)", "(-0,0)", "(Infinity,NaN)", "(0.1,5e-324)", nullptr}},
      {"line", "line", {"{1,-1,0}", "{0,1,-0}", nullptr}},
      {"lseg", "lseg", {"[(0,0),(1,1)]", "[(1,1),(0,0)]", nullptr}},
      {"box", "box", {"(1,1),(0,0)", "(NaN,0),(0,-0)", nullptr}},
      {"path", "path", {"[(0,0),(1,1)]", "((0,0),(1,1))", nullptr}},
      {"polygon", "polygon", {"((0,0),(1,1),(1,0))", "((-0,0))", nullptr}},
      {"circle", "circle", {"<(0,0),1>", "<(NaN,-0),0>", nullptr}},
      // The system's own.
      {"pg_lsn", "pg_lsn", {"0/0", "FFFFFFFF/FFFFFFFF", nullptr}},
      {"tid", "tid", {"(0,0)", "(4294967295,65535)", nullptr}},
      {"xid", "xid", {"0", "3", "4294967295", nullptr}},
      {"xid8", "xid8", {"18446744073709551615", nullptr}},
      {"cid", "cid", {"4294967295", nullptr}},
      {"txid_snapshot", "txid_snapshot", {"10:20:10,14,15", "1:1:", nullptr}},
      {"pg_snapshot", "pg_snapshot", {"10:20:10,14,15", nullptr}},
      {"refcursor", "refcursor", {"", "a cursor", nullptr}},
      {"regclass", "regclass", {"pg_class", "app.\"Some table\"", "-", nullptr}, true},
      {"regproc", "regproc", {"now", "app.opaque_in", "-", nullptr}, true},
      {"regprocedure", "regprocedure", {"abs(numeric)", "app.opaque_in(cstring)", nullptr}, true},
      {"regoper", "regoper", {"0", "||/", nullptr}, true},
      {"regoperator", "regoperator", {"+(integer,integer)", "!~(text,text)", nullptr}, true},
      {"regtype", "regtype", {"integer", "app.mood", "app.mood[]", "numeric", nullptr}, true},
      {"regrole", "regrole", {"pg_monitor", nullptr}, true},
      {"regnamespace", "regnamespace", {"pg_catalog", "app", nullptr}, true},
      {"regcollation", "regcollation", {"\"C\"", nullptr}, true},
      {"regconfig", "regconfig", {"english", nullptr}, true},
      {"regdictionary", "regdictionary", {"simple", nullptr}, true},
      // Arrays: bounds, dimensions and NULL elements are part of the value.
      {"ints",
       "int[]",
       {"{}", "{NULL}", "{1,NULL,3}", "[0:1]={1,2}", "[-2:-1][5:6]={{1,2},{3,4}}", "{{{{{{1}}}}}}",
        nullptr}},
      {"texts",
       "text[]",
       {"{}", "{\"\"}", "{NULL}", "{\"NULL\"}", R"({"a\\b","c\"d","{}",",","\\N"})", "{\"\t\n\"}",
        "[7:7]={x}", nullptr}},
      {"numerics", "numeric[]", {"{1.0,1.00,NaN,-Infinity,NULL}", nullptr}},
      {"floats", "float8[]", {"{-0,0,NaN}", nullptr}},
      {"chars", "char(3)[]", {"{a,\"b  \",NULL}", nullptr}},
      {"times", "timestamptz[]", {"{infinity,-infinity,\"0001-01-01 00:00+00 BC\"}", nullptr}},
      {"jsons", "json[]", {"{\"{ \\\"a\\\":1}\",null,\"null\"}", nullptr}},
      {"byteas", "bytea[]", {R"({"\\x00","\\x"})", nullptr}},
      {"points", "point[]", {"{\"(0,-0)\"}", nullptr}},
      {"boxes", "box[]", {"{(1,1),(0,0);(2,2),(0,0)}", nullptr}},
      {"regtypes", "regtype[]", {"{integer,NULL}", nullptr}, true},
      {"moods", "app.mood[]", {"{}", "[0:1][7:7]={{sad},{NULL}}", "{\"\",\"a,b\"}", nullptr}, true},
      {"posints", "app.posint[]", {"{1,NULL}", nullptr}, true},
      // Ranges and multiranges.
      {"int4range", "int4range", {"empty", "[1,2)", "[1,)", "(,1)", "(,)", nullptr}},
      {"numrange", "numrange", {"empty", "[1.0,2)", "[1,2]", "(1,2.00)", "[NaN,]", nullptr}},
      {"tsrange", "tsrange", {"[2000-01-01,infinity]", "[2000-01-01,)", nullptr}},
      {"tstzrange", "tstzrange", {"[-infinity,\"0001-01-01 00:00+00 BC\"]", "(,)", nullptr}},
      {"daterange", "daterange", {"[2000-01-01,2000-01-02]", "(-infinity,infinity)", nullptr}},
      {"float_range", "app.float_range", {"[-0,0]", "[0,NaN)", "empty", nullptr}},
      {"mood_range", "app.mood_range", {"[sad,ok]", "[\"it's\",\"\"]", "empty", nullptr}},
      {"ranges", "int4range[]", {"{\"[1,2)\",empty,NULL}", nullptr}},
      {"nummultirange", "nummultirange", {"{}", "{(,1.0),[2,3],(4,)}", nullptr}},
      {"mood_multirange", "app.mood_multirange", {"{[sad,sad],[\"it's\",\"\"]}", "{}", nullptr}},
      {"float_multirange", "app.float_multirange", {"{[-0,1],[2,)}", nullptr}},
      // The user's own.
      {"mood", "app.mood", {"sad", "happy ☺", "it's", "a,b", "", nullptr}},
      {"odd_enum", "app.\"Odd.Enum \"", {"A", "a", " ", nullptr}},
      {"posint", "app.posint", {"1", "2147483647", nullptr}},
      {"code", "app.code", {"", "abcde", "é    ", nullptr}},
      {"padded", "app.padded", {"", "ab", nullptr}},
      {"prices", "app.prices", {"0", "-0.01", "NaN", nullptr}},
      {"mood_domain", "app.mood_domain", {"ok", "it's", nullptr}},
      {"mood_list", "app.moods", {"{sad,NULL}", "{}", nullptr}, true},
      {"pair",
       "app.pair",
       {"(,,,)", "(1,sad,\"{ok,NULL}\",\"a\\\\b\"\"c\")", "(2,\"\",{},\"\")", nullptr},
       true},
      {"nest",
       "app.nest",
       {"(,,,)", R"((,{},-0,empty))",
        "(\"(1,sad,,x)\",\"[0:1]={\"\"(1,,,)\"\",NULL}\",NaN,\"[1,2)\")", nullptr},
       true},
      {"pairs", "app.pair[]", {"{\"(,,,)\",NULL}", "{}", nullptr}, true},
      {"checked_pair", "app.checked_pair", {"(1,,,)", "(,,,)", nullptr}, true},
      {"nothing", "app.nothing", {"()", nullptr}},
      {"citext", "app.citext", {"", "Straße", "ABC", "abc", nullptr}},
      {"hstore", "app.hstore", {"", "a=>1,\"b c\"=>NULL,\"\"=>\"\\\\\"", nullptr}},
      // What COPY cannot carry in binary.
      {"xml",
       "xml",
       {"", "<a>ż</a>", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>",
        "<?xml version=\"1.0\"?><a>\n\t\\N</a>", "text <b/> &amp; more", nullptr},
       false,
       true},
      {"int2vector", "int2vector", {"", "1 -2", nullptr}, false, true},
      {"oidvector", "oidvector", {"", "25 4294967295", nullptr}, false, true},
      {"opaque", "app.opaque", {"", "\\N", "\\.\t\n", "NULL", nullptr}, false, true},
      {"opaques", "app.opaque[]", {"{\"\",NULL,\"\\\\N\"}", nullptr}, true, true},
      {"holds_opaque",
       "app.holds_opaque",
       {"(,,)", "(sad,\"a,b\",\"{x,NULL}\")", nullptr},
       true,
       true},
      {"aclitem", "aclitem", {"=r/postgres", "postgres=arwdDxt/postgres", nullptr}, false, true},
  };
  return columns;
}

}  // namespace regraft::support
