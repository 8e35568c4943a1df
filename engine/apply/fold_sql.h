// What a fold asks of the server, as SQL over a temporary table that holds which row of the source
// belongs to which of the target. Text alone. Internal to this folder.
#pragma once

#include "engine/plan/plan.h"
#include "engine/saved_plan/saved_plan.h"

#include <string>
#include <vector>

namespace regraft::apply {

class FoldSql {
 public:
  // `planned` under the names that its tables have now. Both must outlive this.
  FoldSql(const saved_plan::SavedAction& action, const plan::Action& planned);

  [[nodiscard]] const std::string& source() const { return source_; }  // quoted

  // The temporary table; `order`: of arrays, over s. Empty: the saved plan's forward SELECT is not
  // of the form that plans have.
  [[nodiscard]] std::string Match(const std::string& order) const;
  // What stands behind FROM in a count(*): rows of the target that are taken already.
  [[nodiscard]] std::string Taken() const;
  [[nodiscard]] std::string Fill() const;
  // Rows without a row of the target, into the table `remainder`.
  [[nodiscard]] std::string SetAside(const std::string& remainder) const;
  // Behind FROM: rows of the source, and rows that target and `remainder` (empty: none) give back,
  // which have no equal on the other side: by the server's own image comparison, duplicates
  // counted.
  [[nodiscard]] std::string Unequal(const std::string& remainder) const;
  // Takes the values out again.
  [[nodiscard]] std::string Empty() const;

  static constexpr const char* kTable = "pg_temp.regraft_fold";

 private:
  [[nodiscard]] std::string Condition() const;
  [[nodiscard]] bool array() const { return planned_.fold->several == plan::Several::kArray; }

  const saved_plan::SavedAction& action_;
  const plan::Action& planned_;
  std::string source_, target_;
  std::vector<std::string> homes_;  // of the target, each once; quoted
  std::string columns_;             // of the source, a list
};

}  // namespace regraft::apply
