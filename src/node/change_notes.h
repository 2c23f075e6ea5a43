#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/store.h"

// What a node that writes tells those that follow it with each batch of the ledger.
namespace icn::node {

// Tables whose answers nodes may share. Never those of accounts or ballots, or of anything else that decides
// what somebody may do or spend.
std::vector<std::uint16_t> shared_tables();

struct ChangeNote {
  std::uint64_t height = 0;           // of the newest block in the batch; 0: it holds none
  std::vector<std::uint64_t> places;  // ledger::Changes::places_of()
};

// "SCHEME HEIGHT PLACE,PLACE...": the scheme of the places in hexadecimal, then numbers.
std::string describe_change(const std::vector<storage::Row>& rows);
// None: it is of a program that counts places another way, or nothing of ours.
std::optional<ChangeNote> read_change(const std::string& text);

}  // namespace icn::node
