#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/fields.h"
#include "config/settings.h"

// The file UNFINISHED of a data folder: something that changes its stores was begun and has not ended. A node
// does not start while it is there.
namespace icn::node {

struct Unfinished {
  std::string what;                 // "restore", "switch"
  std::string engine;               // that the stores become of
  std::vector<std::string> paths;   // that were made, relative to nothing
  static constexpr auto fields() {
    using codec::field, codec::described;
    return described(field("what", &Unfinished::what), field("engine", &Unfinished::engine),
                      field("paths", &Unfinished::paths));
  }
};

// None: nothing is.   malformed: the file cannot be read
Result<std::optional<Unfinished>> read_unfinished(const config::Settings& settings);
// Durably.
Result<void> write_unfinished(const config::Settings& settings, const Unfinished& unfinished);
Result<void> remove_unfinished(const config::Settings& settings);
// conflict, with what to do: something is.
Result<void> refuse_unfinished(const config::Settings& settings);

}  // namespace icn::node
