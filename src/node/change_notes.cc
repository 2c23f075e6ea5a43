#include "node/change_notes.h"

#include <algorithm>
#include <charconv>

#include "governance/tables.h"
#include "identity/tables.h"
#include "ledger/block.h"
#include "ledger/changes.h"
#include "mesh/tables.h"

namespace icn::node {
namespace {

std::string scheme_text() {
  Bytes bytes;
  append_u64(bytes, ledger::Changes::scheme());
  return hex_encode(bytes);
}

bool take_number(std::string_view& text, std::uint64_t& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return code == std::errc();
}

}  // namespace

std::vector<std::uint16_t> shared_tables() {
  return {identity::kDocuments.schema().id, governance::kProposals.schema().id, mesh::kJobs.schema().id};
}

std::string describe_change(const std::vector<storage::Row>& rows) {
  std::uint64_t height = 0;
  for (const storage::Row& row : rows) {
    std::uint64_t each = 0;
    if (row.table->id == ledger::kHeaders.schema().id && row.record && storage::parse_key(row.key, each))
      height = std::max(height, each);
  }
  std::string out = scheme_text() + " " + std::to_string(height) + " ";
  for (const std::uint64_t place : ledger::Changes::places_of(shared_tables(), rows))
    out += std::to_string(place) + ",";
  return out;
}

std::optional<ChangeNote> read_change(const std::string& text) {
  std::string_view rest(text);
  const std::string scheme = scheme_text() + " ";
  if (!rest.starts_with(scheme)) return std::nullopt;
  rest.remove_prefix(scheme.size());
  ChangeNote out;
  if (!take_number(rest, out.height) || !rest.starts_with(' ')) return std::nullopt;
  rest.remove_prefix(1);
  while (!rest.empty()) {
    std::uint64_t place = 0;
    if (!take_number(rest, place) || !rest.starts_with(',')) return std::nullopt;
    rest.remove_prefix(1);
    out.places.push_back(place);
  }
  return out;
}

}  // namespace icn::node
