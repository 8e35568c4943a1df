// How fast rows are hashed: alone, behind the tuple reader, and when OIDs are rewritten first.

#include "bench/sample_rows.h"
#include "engine/copy_format/tuple.h"
#include "engine/digest/digest.h"
#include "engine/digest/normalize.h"

#include "benchmark/benchmark.h"

namespace regraft::bench {
namespace {

using copy_format::TypeShape;

void Report(benchmark::State& state, const SampleShape& shape, const digest::SetDigest& set) {
  state.SetLabel(std::string(shape.name));
  state.SetItemsProcessed(set.rows);
  state.SetBytesProcessed(set.bytes + set.rows * static_cast<int64_t>(sizeof(int16_t)));
}

// Adds all rows of `slab`; false when they are malformed.
bool AddRows(const std::string& slab, int16_t field_count, digest::SetDigest* set) {
  copy_format::TupleReader reader(slab, field_count);
  copy_format::Tuple fields(static_cast<size_t>(field_count));
  for (;;) {
    const absl::StatusOr<bool> more = reader.Next(&fields);
    if (!more.ok() || !*more) return more.ok();
    set->Add(fields);
  }
}

void ReadAndHash(benchmark::State& state) {
  const SampleShape& shape = SampleShapes()[static_cast<size_t>(state.range(0))];
  const std::string slab = SampleRows(shape, static_cast<size_t>(state.range(1)) << 20);
  digest::SetDigest set;
  for (auto iteration : state) {
    if (!AddRows(slab, shape.field_count(), &set)) {
      state.SkipWithError("malformed sample");
      return;
    }
  }
  benchmark::DoNotOptimize(set);
  Report(state, shape, set);
}
BENCHMARK(ReadAndHash)->ArgNames({"shape", "MiB"})->ArgsProduct({{0, 1, 2}, {8}})->Args({1, 744});

void HashRows(benchmark::State& state) {
  const std::string row(static_cast<size_t>(state.range(0)), 'x');
  digest::SetDigest set;
  for (auto iteration : state) {
    std::string_view fields = row;
    benchmark::DoNotOptimize(fields);
    set.Add(fields);
  }
  benchmark::DoNotOptimize(set);
  state.SetItemsProcessed(set.rows);
  state.SetBytesProcessed(set.bytes);
}
BENCHMARK(HashRows)->ArgName("bytes")->Arg(37)->Arg(128)->Arg(240)->Arg(258)->Arg(1024)->Arg(5000);

// An array of 20 labels of a user-defined enum: the dearest shape that is common.
std::string LabelArray() {
  std::string array;
  for (const int32_t head : {1, 0, 16400, 20, 1}) AppendBig<int32_t>(&array, head);
  for (int i = 0; i < 20; ++i) copy_format::AppendField(&array, "label");
  return array;
}

void NormalizeAndHash(benchmark::State& state) {
  std::string row;
  copy_format::AppendField(&row, "an ordinary text");
  copy_format::AppendField(&row, LabelArray());
  const TypeShape plain;
  const TypeShape array = {
      .kind = TypeShape::Kind::kArray, .parts = {plain}, .carries_user_oid = true};
  const std::vector<TypeShape> shapes = {plain, array};
  digest::SetDigest set;
  std::string normalized;
  for (auto iteration : state) {
    normalized.clear();
    if (!digest::AppendNormalized(row, shapes, &normalized).ok()) {
      state.SkipWithError("malformed sample");
      return;
    }
    set.Add(normalized);
  }
  benchmark::DoNotOptimize(set);
  state.SetItemsProcessed(set.rows);
  state.SetBytesProcessed(set.bytes);
}
BENCHMARK(NormalizeAndHash);

}  // namespace
}  // namespace regraft::bench
