#include "engine/proof/receipt.h"

#include "engine/base/failure_kind.h"
#include "engine/base/status_macros.h"
#include "engine/saved_plan/saved_plan_json.h"
#include "engine/saved_plan/sha256.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace regraft::proof {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;

// As `jq -cS 'del(.root)' | sha256sum` has it: sorted keys, no blanks, a newline at the end.
std::string RootOfJson(json document) {
  document.erase("root");
  return saved_plan::Sha256(document.dump() + "\n");
}

std::string Text(const std::string& text) { return saved_plan::Utf8OrEscaped(text); }

json ToJson(const Receipt& receipt) {
  const digest::SetDigest total = receipt.Total();
  json document = {{"format", kFormat},
                   {"action", Text(receipt.action)},
                   {"kind", receipt.kind},
                   {"source", Text(receipt.source)},
                   {"target", Text(receipt.target)},
                   {"source_oid", receipt.source_oid},
                   {"target_oid", receipt.target_oid},
                   {"discriminator", Text(receipt.discriminator)},
                   {"remainder_table", Text(receipt.remainder_table)},
                   {"plan_sha256", receipt.plan_sha256},
                   {"run", receipt.run},
                   {"system_identifier", receipt.system_identifier},
                   {"database", Text(receipt.database)},
                   {"database_oid", receipt.database_oid},
                   {"rows", total.rows},
                   {"digest", total.sum.Hex()},
                   {"columns", json::array()},
                   {"buckets", json::array()}};
  for (const auto& [name, type] : receipt.columns)
    document["columns"].push_back({{"name", Text(name)}, {"type", Text(type)}});
  for (const digest::SetDigest& bucket : receipt.buckets)
    document["buckets"].push_back({{"rows", bucket.rows}, {"digest", bucket.sum.Hex()}});
  return document;
}

// Throws json::exception where the document has another form.
absl::StatusOr<Receipt> FromJson(const json& document) {
  if (document.at("format").get<int>() != kFormat)
    return BadPlan(absl::StrCat("it has format ", document.at("format").get<int>(),
                                ", this program reads format ", kFormat));
  Receipt receipt{.action = document.at("action"),
                  .kind = document.at("kind"),
                  .source = document.at("source"),
                  .target = document.at("target"),
                  .discriminator = document.at("discriminator"),
                  .remainder_table = document.at("remainder_table"),
                  .source_oid = document.at("source_oid"),
                  .target_oid = document.at("target_oid"),
                  .plan_sha256 = document.at("plan_sha256"),
                  .run = document.at("run"),
                  .system_identifier = document.at("system_identifier"),
                  .database = document.at("database"),
                  .database_oid = document.at("database_oid")};
  receipt.root = document.at("root");
  for (const json& column : document.at("columns"))
    receipt.columns.emplace_back(column.at("name"), column.at("type"));
  for (const json& bucket : document.at("buckets")) {
    digest::SetDigest sum;
    ASSIGN_OR_RETURN(sum.sum, digest::Digest128::FromHex(bucket.at("digest").get<std::string>()));
    sum.rows = bucket.at("rows");
    receipt.buckets.push_back(sum);
  }
  const size_t buckets = receipt.buckets.size();
  if (buckets == 0 || buckets > (size_t{1} << kBucketBitsMax) || (buckets & (buckets - 1)) != 0)
    return BadPlan(absl::StrCat("it has ", buckets, " buckets"));
  return receipt;
}

}  // namespace

digest::SetDigest Receipt::Total() const {
  digest::SetDigest total;
  for (const digest::SetDigest& bucket : buckets) total += bucket;
  return total;
}

Receipt MakeReceipt(const Check& check) {
  const saved_plan::SavedPlan& plan = check.plan.saved;
  Receipt receipt{.action = check.action.id,
                  .kind = check.action.kind,
                  .source = check.action.source,
                  .target = check.action.target,
                  .discriminator = check.action.discriminator,
                  .remainder_table = check.proof->remainder_table,
                  .source_oid = check.action.source_oid,
                  .target_oid = check.action.target_oid,
                  .plan_sha256 = plan.sha256,
                  .run = check.plan.run_id,
                  .system_identifier = plan.system_identifier,
                  .database = plan.database,
                  .database_oid = plan.database_oid};
  for (const catalog::Column& column : check.columns)
    receipt.columns.emplace_back(column.name, column.type_sql);
  receipt.buckets = check.found->Split(BucketBits(check.found->Total().rows));
  for (digest::SetDigest& bucket : receipt.buckets) bucket.bytes = 0;
  return receipt;
}

std::string WriteReceipt(const Receipt& receipt) {
  json document = ToJson(receipt);
  document["root"] = RootOfJson(document);
  return document.dump(2);
}

std::string RootNamed(const std::string& receipt) { return json::parse(receipt).at("root"); }

std::string ReceiptDocument(const VerifyReport& report) {
  json document = {{"format", kFormat}, {"receipts", json::array()}};
  for (const ActionProof& proof : report.actions)
    if (!proof.receipt.empty()) document["receipts"].push_back(json::parse(proof.receipt));
  document["root"] = RootOfJson(document);
  return document.dump(2) + "\n";
}

absl::StatusOr<ReceiptFile> ReadReceipts(const std::string& text, const std::string& file) {
  const auto refuse = [&](absl::string_view why) {
    return BadPlan(absl::StrCat(file, " holds no receipts of regraft verify --receipt: ", why));
  };
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return refuse("it is not a JSON object");
  ReceiptFile read;
  try {
    read.root_holds = document.at("root") == RootOfJson(document);
    for (const json& one : document.at("receipts")) {
      absl::StatusOr<Receipt> receipt = FromJson(one);
      if (!receipt.ok()) return refuse(receipt.status().message());
      if (RootOfJson(one) != receipt->root) receipt->root.clear();
      if (one.at("rows") != receipt->Total().rows || one.at("digest") != receipt->Total().sum.Hex())
        receipt->root.clear();
      read.receipts.push_back(*std::move(receipt));
    }
  } catch (const json::exception& error) {
    return refuse(error.what());
  }
  if (read.receipts.empty()) return refuse("the list is empty");
  return read;
}

}  // namespace regraft::proof
