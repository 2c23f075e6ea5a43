#pragma once

#include <string>
#include <vector>

namespace icn::registry {

// Every type of event that GET /system/events tells, by name.
std::vector<std::string> event_types();

}  // namespace icn::registry
