// Any bytes, read as a plan: an error, or a plan that is written and read again as the same.
//
//   build/fuzz/bin/plan_reader_fuzz -max_len=4096 -timeout=10 CORPUS_FOLDER
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace regraft::plan;
  const auto plan = ReadPlan(std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml");
  if (!plan.ok()) return 0;
  const std::string once = WritePlan(*plan, {});
  const auto again = ReadPlan(once, "again.yaml");
  if (!again.ok() || WritePlan(*again, {}) != once) std::abort();
  return 0;
}
