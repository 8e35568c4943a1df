// Differences between rows in words, for all that report them.
#pragma once

#include "engine/verification/row_diff.h"

#include <string>
#include <vector>

namespace regraft::verification {

// How B, which should be A, differs: "missing", "extra", "changed", "duplicated".
std::string KindWord(RowDifferenceKind kind);

// "id='7', part='a'": the key columns (`key` indexes `columns`), or the whole row without a key.
std::string KeyWords(const RowDifference& difference, const std::vector<std::string>& columns,
                     const std::vector<size_t>& key);

// "note: 'a' is now 'b' (letter case)": empty unless the row is changed.
std::string ChangeWords(const RowDifference& difference, const std::vector<std::string>& columns);

// "row id='7': changed, note: 'a' is now 'b'".
std::string Sentence(const RowDifference& difference, const std::vector<std::string>& columns,
                     const std::vector<size_t>& key);

}  // namespace regraft::verification
