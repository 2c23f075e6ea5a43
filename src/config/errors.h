#pragma once

#include "base/result.h"

namespace icn::config::errors {

inline constexpr ErrorKind kBadFile{Category::kMalformed, "bad_settings_file",
                                    "the settings file cannot be read"};
inline constexpr ErrorKind kBadSettings{Category::kMalformed, "bad_settings",
                                        "a setting is unknown or has a value that is not allowed"};

}  // namespace icn::config::errors
