#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace icn::config {

// What single rows cannot see: settings that contradict each other, one line each. Internal to this folder.
std::vector<std::string> contradictions(const Settings& settings);

}  // namespace icn::config
