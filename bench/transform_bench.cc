// The parallel stage by itself: parse, digest as read, append a constant, digest as sent.

#include "bench/sample_rows.h"
#include "engine/copy_format/tuple.h"
#include "engine/execution/transform.h"

#include <benchmark/benchmark.h>

namespace regraft::bench {
namespace {

// A plan that passes every field through and appends one constant, as a merge with a discriminator
// does.
analysis::CopyPlan PassThroughPlan(const SampleShape& shape) {
  analysis::CopyPlan plan;
  const auto fields = static_cast<size_t>(shape.field_count());
  plan.select.resize(fields);
  plan.source_fields = fields;
  plan.back.source_shapes.resize(fields);
  for (size_t i = 0; i < fields; ++i) plan.written.push_back({.target = "c", .field = i});
  std::string framed;
  copy_format::AppendField(&framed, "2023");
  plan.written.push_back(
      {.target = "origin", .origin = analysis::WrittenColumn::Origin::kConstant, .framed = framed});
  plan.back.written_shapes.resize(fields + 1);
  return plan;
}

void TransformRows(benchmark::State& state) {
  const SampleShape& shape = SampleShapes()[static_cast<size_t>(state.range(0))];
  const analysis::CopyPlan plan = PassThroughPlan(shape);
  const execution::Transform transform(plan);
  const std::string rows = SampleRows(shape, execution::kSlabBytesDefault);
  int64_t count = 0;
  for (auto _ : state) {
    execution::Slab slab;
    slab.rows = rows;
    if (!transform.Apply(&slab).ok()) {
      state.SkipWithError("transform failed");
      break;
    }
    count += slab.written.rows;
    benchmark::DoNotOptimize(slab.out.data());
  }
  state.SetLabel(std::string(shape.name));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(rows.size()));
  state.SetItemsProcessed(count);
}
BENCHMARK(TransformRows)->DenseRange(0, 2);

}  // namespace
}  // namespace regraft::bench
