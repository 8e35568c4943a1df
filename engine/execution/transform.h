// The parallel stage: hashes the rows as read, builds the rows as sent (constants appended, values
// mapped), hashes those. No I/O. Thread-safe: one instance serves all lanes.
#pragma once

#include "engine/analysis/copy_plan.h"
#include "engine/execution/slab.h"

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"

#include <string>
#include <vector>

namespace regraft::execution {

class Transform {
 public:
  // `plan` must outlive this.
  explicit Transform(const analysis::CopyPlan& plan);

  // Fills out, source and written from rows; frees rows. Errors: malformed rows, a value without an
  // entry in its map.
  absl::Status Apply(Slab* slab) const;

 private:
  // What the row as sent is made of, in order. Neighbouring fields of the row as read are one run.
  struct Segment {
    enum class Kind { kFields, kConstant, kMap };
    Kind kind = Kind::kFields;
    size_t first = 0, end = 0;  // kFields: [first, end)
    std::string bytes;          // kConstant: framed
    size_t map = 0, field = 0;  // kMap
  };
  struct Map {
    absl::flat_hash_map<std::string, std::string> framed;
    const analysis::ResolvedMap* plan = nullptr;
  };
  struct Row;

  void AddField(size_t field);
  void AddConstant(const std::string& framed);
  absl::Status ApplyRow(Row* row, Slab* slab) const;
  absl::Status Build(const Row& row, std::string* out) const;
  absl::Status AppendMapped(const Segment& segment, const Row& row, std::string* out) const;
  absl::Status Emit(size_t start, Row* row, Slab* slab) const;

  const analysis::CopyPlan& plan_;
  std::vector<Segment> segments_;
  std::vector<Map> maps_;
  bool normalize_source_ = false;
  bool normalize_written_ = false;
};

}  // namespace regraft::execution
