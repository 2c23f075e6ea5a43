#pragma once

#include <string>
#include <string_view>

#include "credentials/tables.h"
#include "ledger/view.h"

// The status lists of the ledger's state. A list is named "<issuer>.<number>.<purpose>"; an issuer begins a
// new one with every 65,536 credentials, so that a place drawn at random is free at the second try or so.
namespace icn::credentials {

inline constexpr std::uint64_t kEntriesUsed = 65'536;

// The list the next credential of an issuer of `issued` belongs to; 1 is the first.
inline std::uint32_t open_list(std::uint64_t issued) {
  return static_cast<std::uint32_t>(issued / kEntriesUsed) + 1;
}

struct ListName {
  Did issuer;
  std::uint32_t number = 0;
  std::string purpose;  // "revocation" or "suspension"
  std::string text() const { return issuer.text() + "." + std::to_string(number) + "." + purpose; }
};
// None: no such name.
std::optional<ListName> parse_list_name(std::string_view text);
inline constexpr std::string_view kStatusListPath = "/identity/status-lists/";

Result<bool> is_taken(const ledger::Reader& state, const Did& issuer, std::uint32_t list,
                      std::uint32_t index);
// Whether the entry is set; not taken: not set.
Result<bool> is_set(const ledger::Reader& state, const ListName& list, std::uint32_t index);
// All bits of a list.
Result<Bytes> list_bits(const ledger::Reader& state, const ListName& list);

// Takes the place of `record`, and writes its status there.
Result<void> write_status(ledger::View& view, const CredentialRecord& record);

}  // namespace icn::credentials
