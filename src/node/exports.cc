#include "node/exports.h"

#include "credentials/export.h"
#include "economics/export.h"
#include "governance/export.h"
#include "mesh/export.h"
#include "reputation/export.h"

namespace icn::node {

std::vector<identity::ExportPart> export_parts() {
  return {economics::mana_export(), credentials::credentials_export(), reputation::reputation_export(),
          governance::governance_export(), mesh::jobs_export()};
}

}  // namespace icn::node
