#include "credentials/status_pages.h"

#include <algorithm>
#include <charconv>

#include "credentials/status_list.h"

namespace icn::credentials {
namespace {

constexpr std::size_t kPageBytes = kPageEntries / 8;

Result<StatusPage> page_of(const ledger::Reader& state, const Did& issuer, std::uint32_t list,
                           std::uint32_t index) {
  ICN_TRY_ASSIGN(page, kStatusPages.get(state, {issuer, list, index / kPageEntries}));
  if (page) return std::move(*page);
  return StatusPage{Bytes(kPageBytes), Bytes(kPageBytes), Bytes(kPageBytes)};
}

const Bytes& bits_for(const StatusPage& page, const std::string& purpose) {
  return purpose == "suspension" ? page.suspended : page.revoked;
}

}  // namespace

std::optional<ListName> parse_list_name(std::string_view text) {
  const std::size_t second = text.rfind('.');
  const std::size_t first =
      second == std::string_view::npos || second == 0 ? second : text.rfind('.', second - 1);
  if (first == std::string_view::npos || second == std::string_view::npos || first == second)
    return std::nullopt;
  ListName out{Did(std::string(text.substr(0, first))), 0, std::string(text.substr(second + 1))};
  const std::string_view number = text.substr(first + 1, second - first - 1);
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), out.number);
  const bool is_number = code == std::errc() && end == number.data() + number.size() && out.number > 0;
  const bool is_purpose = out.purpose == "revocation" || out.purpose == "suspension";
  if (!is_number || !is_purpose || out.text() != text) return std::nullopt;
  return out;
}

Result<bool> is_taken(const ledger::Reader& state, const Did& issuer, std::uint32_t list,
                      std::uint32_t index) {
  ICN_TRY_ASSIGN(page, page_of(state, issuer, list, index));
  return status_bit(page.taken, index % kPageEntries);
}

Result<bool> is_set(const ledger::Reader& state, const ListName& list, std::uint32_t index) {
  ICN_TRY_ASSIGN(page, page_of(state, list.issuer, list.number, index));
  return status_bit(bits_for(page, list.purpose), index % kPageEntries);
}

Result<Bytes> list_bits(const ledger::Reader& state, const ListName& list) {
  Bytes out(kStatusListEntries / 8);
  ICN_TRY_ASSIGN(rows,
                 kStatusPages.scan(state, ledger::prefix_range(ledger::key_of(list.issuer, list.number))));
  while (true) {
    ICN_TRY_ASSIGN(page, rows.next());
    if (!page) return out;
    Did issuer;
    std::uint32_t number = 0;
    std::uint32_t place = 0;
    if (!storage::parse_key(rows.key(), issuer, number, place))
      return Error(errors::kInternal, "the key of a status page cannot be read");
    const Bytes& bits = bits_for(*page, list.purpose);
    const std::size_t begin = std::size_t{place} * kPageBytes;
    if (begin + bits.size() <= out.size())
      std::copy(bits.begin(), bits.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

Result<void> write_status(ledger::View& view, const CredentialRecord& record) {
  ICN_TRY_ASSIGN(page, page_of(view, record.issuer, record.list, record.index));
  const std::uint32_t place = record.index % kPageEntries;
  set_status_bit(page.taken, place, true);
  set_status_bit(page.revoked, place, record.status == CredentialStatus::kRevoked);
  set_status_bit(page.suspended, place, is_suspended(record));
  return kStatusPages.put(view, {record.issuer, record.list, record.index / kPageEntries}, page);
}

}  // namespace icn::credentials
