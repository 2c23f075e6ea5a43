#include "federation/affiliation.h"

#include "federation/validators.h"

namespace icn::federation {

Result<mesh::Affiliation> find_affiliation(const ledger::Reader& state, std::string_view network,
                                           const mesh::Job&, const Did& executor) {
  mesh::Affiliation out;
  ICN_TRY_ASSIGN(member, member_of_operator(state, executor));
  if (member) out.federations.emplace_back(network);
  return out;
}

}  // namespace icn::federation
