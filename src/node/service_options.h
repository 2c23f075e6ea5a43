#pragma once

#include "config/settings.h"
#include "mesh/service_options.h"

namespace icn::node {

// The executor of jobs as the settings mesh.* want it.
mesh::ServiceOptions service_options(const config::Settings& settings);

}  // namespace icn::node
