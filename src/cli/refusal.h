#pragma once

#include <string>

#include "base/result.h"
#include "cli/session.h"
#include "cli/table.h"

namespace icn::cli {

// Says no as the node would: "<title>: <detail> (<code>)", kRefused.
inline void refuse(Session& session, const Error& error) {
  const std::string_view title = error.kind().title;
  const std::string begin = error.detail().starts_with(title) ? "" : std::string(title) + ": ";
  session.fail(kRefused, harmless(begin + error.detail() + " (" + std::string(error.code()) + ")"));
}

}  // namespace icn::cli
