// Any bytes, read as a document: an error, or a plan that our own reader reads.
//
//   build/fuzz/bin/document_reader_fuzz -max_len=8192 -timeout=10 CORPUS_FOLDER tests/document
#include "engine/document/import.h"
#include "engine/plan/read_plan.h"
#include "engine/plan/write_plan.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace regraft;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto import = document::ImportDocument(text, "fuzz.md");
  if (!import.ok()) return 0;
  if (!plan::ReadPlan(plan::WritePlan(import->plan, import->comments), "plan.yaml").ok())
    std::abort();
  return 0;
}
