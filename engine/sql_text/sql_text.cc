#include "engine/sql_text/sql_text.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include <pg_query.h>

#include <algorithm>
#include <memory>
#include <set>

namespace regraft::sql_text {
namespace {

using nlohmann::json;

struct FreeParse {
  void operator()(PgQueryParseResult* result) const {
    pg_query_free_parse_result(*result);
    delete result;
  }
};

// The grammar's tree of `head + text + tail`, which must be one statement. Positions in errors are
// those in `text`.
absl::StatusOr<json> Parse(const std::string& head, const std::string& text,
                           const std::string& tail) {
  const std::string sql = head + text + tail;
  const std::unique_ptr<PgQueryParseResult, FreeParse> parsed(
      new PgQueryParseResult(pg_query_parse(sql.c_str())));
  if (parsed->error != nullptr) {
    const int64_t place =
        static_cast<int64_t>(parsed->error->cursorpos) - static_cast<int64_t>(head.size());
    return BadPlan(absl::StrCat("\"", text, "\"",
                                place > 0 && place <= static_cast<int64_t>(text.size())
                                    ? absl::StrCat(", character ", place)
                                    : "",
                                ": ", parsed->error->message));
  }
  const json tree = json::parse(parsed->parse_tree, nullptr, /*allow_exceptions=*/false);
  if (tree.is_discarded() || !tree.contains("stmts") || tree["stmts"].size() != 1)
    return BadPlan(absl::StrCat("\"", text, "\" is not one piece of SQL"));
  return tree["stmts"][0]["stmt"];
}

std::string TextOf(const json& node, const char* key) {
  return node.contains(key) && node[key].is_string() ? node[key].get<std::string>() : "";
}

// Where a node begins in the text behind `head`.
size_t PlaceOf(const json& node, const std::string& head) {
  return node.value("location", size_t{0}) - head.size();
}

pg::QualifiedName FunctionName(const json& call) {
  std::vector<std::string> parts;
  for (const json& part : call["funcname"])
    parts.push_back(part.contains("String") ? TextOf(part["String"], "sval") : "");
  if (parts.empty()) return {};
  return {.schema = parts.size() > 1 ? parts[parts.size() - 2] : "", .name = parts.back()};
}

class NameCollector {
 public:
  ExpressionNames Collect(const json& tree) {
    Walk(tree);
    ExpressionNames names;
    for (pg::QualifiedName& relation : found_.relations)
      if (!relation.schema.empty() || !with_names_.contains(relation.name))
        names.relations.push_back(std::move(relation));
    names.functions = std::move(found_.functions);
    names.has_sub_select = found_.has_sub_select;
    return names;
  }

 private:
  static void Add(pg::QualifiedName name, std::vector<pg::QualifiedName>* to) {
    if (std::find(to->begin(), to->end(), name) == to->end()) to->push_back(std::move(name));
  }

  void Walk(const json& node) {
    if (node.is_object()) {
      for (const auto& [key, value] : node.items()) {
        if (key == "RangeVar")
          Add({TextOf(value, "schemaname"), TextOf(value, "relname")}, &found_.relations);
        if (key == "SubLink") found_.has_sub_select = true;
        if (key == "FuncCall") Add(FunctionName(value), &found_.functions);
        if (key == "CommonTableExpr") with_names_.insert(TextOf(value, "ctename"));
        Walk(value);
      }
    } else if (node.is_array()) {
      for (const json& item : node) Walk(item);
    }
  }

  ExpressionNames found_;
  std::set<std::string> with_names_;
};

// A SELECT of one nameless expression, and nothing besides.
bool IsOneExpression(const json& statement) {
  if (!statement.contains("SelectStmt")) return false;
  const json& select = statement["SelectStmt"];
  static const std::set<std::string> kExpected = {"targetList", "limitOption", "op"};
  for (const auto& [key, value] : select.items())
    if (!kExpected.contains(key)) return false;
  return TextOf(select, "op") == "SETOP_NONE" && select["targetList"].size() == 1 &&
         !select["targetList"][0]["ResTarget"].contains("name");
}

bool HasOneElement(const json& statement) {
  const json& value = statement["SelectStmt"]["targetList"][0]["ResTarget"]["val"];
  return value.contains("A_ArrayExpr") && value["A_ArrayExpr"].contains("elements") &&
         value["A_ArrayExpr"]["elements"].size() == 1;
}

// SELECT * FROM ( one sub-select ), and nothing besides.
bool IsOneQuery(const json& statement) {
  if (!statement.contains("SelectStmt")) return false;
  const json& select = statement["SelectStmt"];
  static const std::set<std::string> kExpected = {"targetList", "fromClause", "limitOption", "op"};
  for (const auto& [key, value] : select.items())
    if (!kExpected.contains(key)) return false;
  return TextOf(select, "op") == "SETOP_NONE" && select["targetList"].size() == 1 &&
         select["fromClause"].size() == 1 && select["fromClause"][0].contains("RangeSubselect");
}

bool HasKey(const json& node, const std::string& key) {
  if (!node.is_structured()) return false;
  if (node.is_object() && node.contains(key)) return true;
  return std::any_of(node.begin(), node.end(),
                     [&](const json& inner) { return HasKey(inner, key); });
}

}  // namespace

absl::StatusOr<ExpressionNames> ReadExpression(const std::string& sql) {
  // Two kinds of brackets: what closes ours to open its own fits only one of them, and a list in an
  // array has more than one element.
  ASSIGN_OR_RETURN(const json array, Parse("SELECT ARRAY[", sql, "\n]"));
  ASSIGN_OR_RETURN(const json statement, Parse("SELECT (", sql, "\n)"));
  if (!IsOneExpression(statement) || !IsOneExpression(array) || !HasOneElement(array))
    return BadPlan(absl::StrCat("\"", sql, "\" is not one SQL expression"));
  return NameCollector().Collect(statement);
}

absl::StatusOr<ExpressionNames> ReadQuery(const std::string& sql) {
  // In brackets it must be one query: a second statement, and INTO, do not fit between them.
  ASSIGN_OR_RETURN(const json statement, Parse("SELECT * FROM (", sql, "\n) AS q"));
  if (!IsOneQuery(statement)) return BadPlan(absl::StrCat("\"", sql, "\" is not one query"));
  if (HasKey(statement, "intoClause") || HasKey(statement, "lockingClause"))
    return BadPlan(absl::StrCat("\"", sql, "\" stores or locks rows"));
  for (const char* written : {"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
    if (HasKey(statement, written)) return BadPlan(absl::StrCat("\"", sql, "\" changes rows"));
  return NameCollector().Collect(statement);
}

absl::StatusOr<ColumnDefinition> ReadColumnDefinition(const std::string& text) {
  const std::string head = "CREATE TABLE t (c ";
  ASSIGN_OR_RETURN(const json statement, Parse(head, text, "\n)"));
  const json& elements = statement["CreateStmt"]["tableElts"];
  if (!elements.is_array() || elements.size() != 1 || !elements[0].contains("ColumnDef"))
    return BadPlan(absl::StrCat("\"", text, "\" is not the definition of one column"));
  ColumnDefinition definition;
  std::vector<size_t> ends = {text.size()};
  const json& column = elements[0]["ColumnDef"];
  const json constraints = column.contains("constraints") ? column["constraints"] : json::array();
  for (const json& entry : constraints) {
    const json& constraint = entry["Constraint"];
    const std::string kind = TextOf(constraint, "contype");
    const size_t at = PlaceOf(constraint, head);
    ends.push_back(at);
    definition.not_null |= kind == "CONSTR_NOTNULL";
    if (kind != "CONSTR_NOTNULL" && kind != "CONSTR_NULL" && kind != "CONSTR_DEFAULT")
      return BadPlan(absl::StrCat("\"", text,
                                  "\": an added column has a type and may have DEFAULT "
                                  "and NOT NULL, nothing else"));
  }
  std::sort(ends.begin(), ends.end());
  for (const json& entry : constraints) {
    const json& constraint = entry["Constraint"];
    if (TextOf(constraint, "contype") != "CONSTR_DEFAULT") continue;
    const size_t at = PlaceOf(constraint, head) + std::string("DEFAULT").size();
    const size_t end = *std::upper_bound(ends.begin(), ends.end(), at - 1);
    definition.default_sql = std::string(absl::StripAsciiWhitespace(text.substr(at, end - at)));
  }
  definition.type = std::string(absl::StripAsciiWhitespace(text.substr(0, ends.front())));
  return definition;
}

absl::StatusOr<IndexDefinition> ReadIndexDefinition(const std::string& text) {
  ASSIGN_OR_RETURN(const json statement, Parse("CREATE UNIQUE INDEX i ON t ", text, ""));
  const json& index = statement["IndexStmt"];
  IndexDefinition definition;
  definition.nulls_not_distinct = index.value("nulls_not_distinct", false);
  for (const json& parameter : index["indexParams"]) {
    const std::string name = TextOf(parameter["IndexElem"], "name");
    if (name.empty())
      return BadPlan(absl::StrCat("\"", text,
                                  "\": the key of a replaced unique index is made of "
                                  "columns, not of expressions"));
    definition.columns.push_back(name);
  }
  if (!index.contains("whereClause")) return definition;
  // The first WHERE outside the brackets: the columns in front of it hold none.
  const std::string lower = absl::AsciiStrToLower(text);
  const size_t at = lower.find("where", text.find(')'));
  definition.predicate = std::string(absl::StripAsciiWhitespace(text.substr(at + 5)));
  return definition;
}

}  // namespace regraft::sql_text
