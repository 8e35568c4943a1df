#include "engine/analysis/read_back_plan.h"

#include "nlohmann/json.hpp"

namespace regraft::analysis {
namespace {

using copy_format::TypeShape;
using nlohmann::json;

json ShapeToJson(const TypeShape& shape) {
  json parts = json::array();
  for (const TypeShape& part : shape.parts) parts.push_back(ShapeToJson(part));
  return {{"kind", static_cast<int>(shape.kind)},
          {"user_oid", shape.carries_user_oid},
          {"parts", parts}};
}

TypeShape ShapeFromJson(const json& value) {
  TypeShape shape{.kind = static_cast<TypeShape::Kind>(value.at("kind").get<int>()),
                  .parts = {},
                  .carries_user_oid = value.at("user_oid").get<bool>()};
  for (const json& part : value.at("parts")) shape.parts.push_back(ShapeFromJson(part));
  return shape;
}

json ShapesToJson(const std::vector<TypeShape>& shapes) {
  json list = json::array();
  for (const TypeShape& shape : shapes) list.push_back(ShapeToJson(shape));
  return list;
}

std::vector<TypeShape> ShapesFromJson(const json& list) {
  std::vector<TypeShape> shapes;
  for (const json& value : list) shapes.push_back(ShapeFromJson(value));
  return shapes;
}

}  // namespace

std::string ReadBackToJson(const ReadBackPlan& plan) {
  json inverse = json::array();
  for (const InverseColumn& column : plan.inverse) inverse.push_back({column.written, column.own});
  const json document = {{"written", plan.written},
                         {"written_shapes", ShapesToJson(plan.written_shapes)},
                         {"unwritten", plan.unwritten},
                         {"inverse_own", plan.inverse_own},
                         {"inverse", inverse},
                         {"source_columns", plan.source_columns},
                         {"source_select", plan.source_select},
                         {"source_text", plan.source_text},
                         {"source_shapes", ShapesToJson(plan.source_shapes)},
                         {"key", plan.key},
                         {"where", plan.where},
                         {"provenance", plan.provenance}};
  return document.dump();
}

absl::StatusOr<ReadBackPlan> ReadBackFromJson(const std::string& text) try {
  const json document = json::parse(text);
  ReadBackPlan plan;
  document.at("written").get_to(plan.written);
  plan.written_shapes = ShapesFromJson(document.at("written_shapes"));
  document.at("unwritten").get_to(plan.unwritten);
  document.at("inverse_own").get_to(plan.inverse_own);
  for (const json& column : document.at("inverse"))
    plan.inverse.push_back({column.at(0).get<int>(), column.at(1).get<size_t>()});
  document.at("source_columns").get_to(plan.source_columns);
  document.at("source_select").get_to(plan.source_select);
  document.at("source_text").get_to(plan.source_text);
  plan.source_shapes = ShapesFromJson(document.at("source_shapes"));
  document.at("key").get_to(plan.key);
  document.at("where").get_to(plan.where);
  document.at("provenance").get_to(plan.provenance);
  return plan;
} catch (const nlohmann::json::exception& error) {
  return absl::DataLossError(std::string("the ledger's read-back plan cannot be read: ") +
                             error.what());
}

}  // namespace regraft::analysis
