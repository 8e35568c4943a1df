// CSV as COPY TO writes it, back into fields. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regraft::audit {

// Every line's fields; an empty field without quotes is NULL.
std::vector<std::vector<std::optional<std::string>>> ReadCsv(std::string_view csv);

}  // namespace regraft::audit
