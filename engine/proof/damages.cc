#include "engine/proof/damages.h"

#include "engine/analysis/sql.h"
#include "engine/pg/identifier.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include <algorithm>

namespace regraft::proof {
namespace {

using saved_plan::ColumnHome;
using saved_plan::SavedAction;

enum class Family { kText, kInteger, kBoolean, kNumeric, kTime, kOther };

Family FamilyOf(const std::string& type) {
  if (type == "text" || absl::StartsWith(type, "character varying")) return Family::kText;
  if (type == "smallint" || type == "integer" || type == "bigint") return Family::kInteger;
  if (type == "boolean") return Family::kBoolean;
  if (type == "numeric") return Family::kNumeric;
  return absl::StartsWith(type, "timestamp") ? Family::kTime : Family::kOther;
}

// One value in its home: how it is read, and how it is set. In SQL below, $ stands for the value.
class Place {
 public:
  Place(const SavedAction& action, const ColumnHome& home)
      : home_("d." + pg::QuoteIdentifier(home.home)),
        assigned_(pg::QuoteIdentifier(home.home)),
        type_(home.type),
        in_json_(home.how == "overflow" || home.how == "folded") {
    const bool array = absl::StrContains(action.inverse, " AS t, jsonb_array_elements(");
    path_ = absl::StrCat(array ? "ARRAY['0', " : "ARRAY[", analysis::Literal(home.column), "]");
    // What a value map or a change of zone made of it is not the value itself.
    damageable_ = in_json_ || home.how == "same" || home.how == "cast";
    if (!in_json_) type_ = home.home_type;
  }

  [[nodiscard]] bool damageable() const { return damageable_; }
  [[nodiscard]] bool in_json() const { return in_json_; }
  [[nodiscard]] Family family() const { return FamilyOf(type_); }
  [[nodiscard]] const std::string& home() const { return home_; }
  [[nodiscard]] std::string text() const {
    return in_json_ ? absl::StrCat("(", home_, " #>> ", path_, ")")
                    : absl::StrCat("(CASE WHEN num_nulls(", home_, ") = 0 THEN format('%s', ",
                                   home_, ") END)");
  }
  [[nodiscard]] std::string typed() const {
    return in_json_ ? absl::StrCat("(", text(), "::", type_, ")") : home_;
  }
  // `sql` gives a value of the type, or its text; NULL takes the value away.
  [[nodiscard]] std::string Set(const std::string& sql) const {
    if (!in_json_) return absl::StrCat(assigned_, " = (", sql, ")::", type_);
    return absl::StrCat(assigned_, " = CASE WHEN num_nulls(", sql, ") = 1 THEN ", home_, " #- ",
                        path_, " ELSE jsonb_set(", home_, ", ", path_, ", to_jsonb((", sql,
                        ")::text)) END");
  }

 private:
  std::string home_, assigned_, type_, path_;
  bool in_json_;
  bool damageable_ = false;
};

// The change of one row for which `condition` holds.
std::string ChangeOne(const std::string& table, const Place& place, const std::string& condition,
                      const std::string& value) {
  return absl::StrCat("UPDATE ", table, " AS d SET ", place.Set(value),
                      " WHERE d.ctid = (SELECT d.ctid FROM ", table, " AS d WHERE ", condition,
                      " LIMIT 1)");
}

std::string Flip(const std::string& table, const Place& place) {
  const std::string value = place.typed();
  const std::string there = absl::StrCat("num_nulls(", value, ") = 0");
  switch (place.family()) {
    case Family::kText:
      return ChangeOne(table, place, absl::StrCat("ascii(", value, ") BETWEEN 33 AND 126"),
                       absl::StrCat("chr(ascii(", value, ") # 1) || substr(", value, ", 2)"));
    case Family::kInteger:
      return ChangeOne(table, place, there, absl::StrCat(value, " # 1"));
    case Family::kBoolean:
      return ChangeOne(table, place, there, absl::StrCat("NOT ", value));
    case Family::kTime:
      return ChangeOne(table, place, absl::StrCat("isfinite(", value, ")"),
                       absl::StrCat(value, " + interval '1 microsecond'"));
    default:
      return "";
  }
}

std::string Swap(const std::string& table, const Place& place) {
  const std::string text = place.text();
  const std::string present = absl::StrCat("num_nulls(", text, ") = 0");
  // Of two rows that differ, each gets the other's.
  const std::string one = absl::StrCat("(SELECT d.ctid FROM ", table, " AS d WHERE ", present,
                                       " ORDER BY ", text, " LIMIT 1)");
  const std::string other = absl::StrReplaceAll(one, {{" LIMIT 1)", " DESC LIMIT 1)"}});
  const auto value_at = [&](const std::string& ctid) {
    return absl::StrCat("(SELECT ", place.typed(), " FROM ", table, " AS d WHERE d.ctid = ", ctid,
                        ")");
  };
  return absl::StrCat("WITH pair AS (SELECT ", one, " AS a, ", other, " AS b), swapped AS (SELECT ",
                      "a, b, ", value_at("a"), " AS va, ", value_at("b"),
                      " AS vb FROM pair WHERE a <> b) UPDATE ", table, " AS d SET ",
                      place.Set("CASE d.ctid WHEN swapped.a THEN swapped.vb ELSE swapped.va END"),
                      " FROM swapped WHERE d.ctid IN (swapped.a, swapped.b) AND swapped.va::text ",
                      "<> swapped.vb::text");
}

std::string NullForEmpty(const std::string& table, const Place& place) {
  if (place.family() != Family::kText) return "";
  const std::string value = place.typed();
  const std::string holder =
      place.in_json() ? absl::StrCat("num_nulls(", place.home(), ") = 0 AND ") : "";
  return ChangeOne(table, place, absl::StrCat(holder, "coalesce(", value, ", '') = ''"),
                   absl::StrCat("CASE WHEN num_nulls(", value, ") = 1 THEN '' END"));
}

std::string TrailingZero(const std::string& table, const Place& place) {
  if (place.family() != Family::kNumeric) return "";
  const std::string text = place.text();
  return ChangeOne(
      table, place, absl::StrCat(text, " ~ '^-?[0-9.]+$'"),
      absl::StrCat(text, " || CASE WHEN strpos(", text, ", '.') > 0 THEN '0' ELSE '.0' END"));
}

std::string OtherZone(const std::string& table, const Place& place) {
  if (place.family() != Family::kTime) return "";
  return ChangeOne(table, place, absl::StrCat("isfinite(", place.typed(), ")"),
                   absl::StrCat(place.typed(), " + interval '1 hour'"));
}

std::string InColumn(DamageKind kind, const std::string& table, const Place& place) {
  switch (kind) {
    case DamageKind::kFlip:
      return Flip(table, place);
    case DamageKind::kSwap:
      return Swap(table, place);
    case DamageKind::kNullForEmpty:
      return NullForEmpty(table, place);
    case DamageKind::kTrailingZero:
      return TrailingZero(table, place);
    case DamageKind::kTimeZone:
      return OtherZone(table, place);
    default:
      return "";
  }
}

}  // namespace

std::string DamageWords(DamageKind kind) {
  switch (kind) {
    case DamageKind::kFlip:
      return "one bit of one value flipped";
    case DamageKind::kSwap:
      return "two rows' values swapped";
    case DamageKind::kDrop:
      return "one row dropped";
    case DamageKind::kDuplicate:
      return "one row duplicated";
    case DamageKind::kNullForEmpty:
      return "NULL for empty text, or the reverse";
    case DamageKind::kTrailingZero:
      return "a trailing zero added to a number";
    case DamageKind::kTimeZone:
      return "one time shifted by a zone";
  }
  return "";
}

std::vector<Damage> DamagesOf(DamageKind kind, const SavedAction& action,
                              const std::vector<size_t>& key, const std::string& table) {
  if (kind == DamageKind::kDrop)
    return {{"", absl::StrCat("DELETE FROM ", table, " AS d WHERE d.ctid = (SELECT d.ctid FROM ",
                              table, " AS d LIMIT 1)")}};
  if (kind == DamageKind::kDuplicate)
    return {{"", absl::StrCat("INSERT INTO ", table, " SELECT d.* FROM ", table, " AS d LIMIT 1")}};
  std::vector<Damage> damages, of_key;
  for (size_t i = 0; i < action.homes.size(); ++i) {
    const Place place(action, action.homes[i]);
    const std::string sql = place.damageable() ? InColumn(kind, table, place) : "";
    if (sql.empty()) continue;
    const bool in_key = std::find(key.begin(), key.end(), i) != key.end();
    (in_key ? of_key : damages).push_back({action.homes[i].column, sql});
  }
  damages.insert(damages.end(), of_key.begin(), of_key.end());
  return damages;
}

}  // namespace regraft::proof
