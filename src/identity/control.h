#pragma once

#include "identity/document.h"
#include "ledger/view.h"

// Who else may change a DID. Devices, services and ephemeral DIDs have controllers: from the version that
// names them on, those rotate its key, change its services, end it and name other controllers, each by itself
// (tx/manage_did.h). People and organisations have guardians instead (guardianship.h).
namespace icn::identity {

inline constexpr std::size_t kControllersMax = 8;

struct Controllers {
  std::vector<Did> dids;
  std::vector<Did> agreed;  // those of them who made the thing or changed it
  static constexpr auto fields() {
    return described(codec::field("dids", &Controllers::dids), codec::field("agreed", &Controllers::agreed));
  }
};

// From which version on. Key (DID, version).
inline const ledger::Table<std::tuple<Did, std::uint64_t>, Controllers> kControllers{25,
                                                                                     "identity_controllers"};

// A device, service or ephemeral DID.
bool is_thing(IdentityType type);

// In force in `version`; empty: itself alone.
Result<std::vector<Did>> controllers_of(const ledger::Reader& state, const Did& did, std::uint64_t version);

// In force from `version` on. Who is named is not asked: agreed are those who agreed before, `sender`, and who
// made `did`.
Result<void> put_controllers(ledger::View& view, const Did& did, std::uint64_t version,
                             const std::vector<Did>& controllers, const Did& sender);

// Whose a thing is, as others may take it: its controllers who agreed, and while there are none, who made it.
// Empty of all other DIDs, and of a thing that made itself.
Result<std::vector<Did>> owners_of(const ledger::Reader& state, const Did& did);

// bad_controllers: more than 8, one twice, the DID itself, no DID of the ledger's methods.
Result<void> check_controllers(const Did& did, const std::vector<Did>& controllers);
// did_not_found, did_deactivated: a controller that is none.
Result<void> check_controllers_live(const ledger::Reader& state, const std::vector<Did>& controllers);

}  // namespace icn::identity
