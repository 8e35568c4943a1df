// How fast the tuples of a slab are found, and how fast they become lines of text.
#include "bench/sample_rows.h"
#include "engine/copy_format/text_row.h"
#include "engine/copy_format/tuple.h"

#include "benchmark/benchmark.h"

namespace regraft::bench {
namespace {

// Calls `use` with every row's fields; counts rows and wire bytes.
template <typename Use>
void ForEachRow(benchmark::State& state, Use use) {
  const SampleShape& shape = SampleShapes()[static_cast<size_t>(state.range(0))];
  const std::string slab = SampleRows(shape, kSlabBytes);
  int64_t rows = 0;
  for (auto iteration : state) {
    copy_format::TupleReader reader(slab, shape.field_count());
    copy_format::Tuple fields(static_cast<size_t>(shape.field_count()));
    for (;;) {
      const absl::StatusOr<bool> more = reader.Next(&fields);
      if (!more.ok()) {
        state.SkipWithError("malformed sample");
        return;
      }
      if (!*more) break;
      use(fields, shape);
      ++rows;
    }
  }
  state.SetLabel(std::string(shape.name));
  state.SetItemsProcessed(rows);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(slab.size()));
}

void ReadTuples(benchmark::State& state) {
  ForEachRow(state, [](std::string_view fields, const SampleShape&) {
    benchmark::DoNotOptimize(fields.data());
  });
}
BENCHMARK(ReadTuples)->DenseRange(0, 2);

void WriteTextLines(benchmark::State& state) {
  std::string lines;
  ForEachRow(state, [&lines](std::string_view fields, const SampleShape& shape) {
    if (lines.size() > kSlabBytes) lines.clear();
    copy_format::AppendTextLine(fields, shape.field_count(), &lines);
  });
}
BENCHMARK(WriteTextLines)->DenseRange(0, 2);

}  // namespace
}  // namespace regraft::bench
