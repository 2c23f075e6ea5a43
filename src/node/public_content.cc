#include "node/public_content.h"

#include <algorithm>
#include <array>

#include "credentials/tables.h"
#include "dag/texts.h"
#include "federation/directory/profile.h"
#include "federation/directory/trust.h"
#include "federation/tables.h"
#include "governance/tables.h"
#include "reputation/appeals.h"

namespace icn::node {
namespace {

constexpr std::chrono::milliseconds kEvery{500};
constexpr std::chrono::minutes kSettleEvery{1};
// A node that is so far behind reads the records instead.
constexpr std::size_t kHeightsMax = 5'000;

bool names_content(std::string_view member) {
  constexpr std::array<std::string_view, 7> kNames{"content",   "cid",     "reason", "evidence",
                                                   "statement", "charter", "profile"};
  return member.ends_with("_cid") || std::ranges::find(kNames, member) != kNames.end();
}

void collect(const codec::Json& value, std::string_view member, std::vector<codec::Cid>& out) {
  if (const std::string* text = value.string()) {
    if (!names_content(member)) return;
    if (auto cid = codec::Cid::parse(*text); cid.ok()) out.push_back(std::move(*cid));
  } else if (const auto* members = value.object()) {
    for (const auto& [name, each] : *members) collect(each, name, out);
  } else if (const auto* items = value.array()) {
    for (const codec::Json& each : *items) collect(each, member, out);
  }
}

// Whether a transaction's canonical JSON, or a block that holds some, can name any. Most ballots do not:
// reading them all would cost more than all the rest.
bool may_name_content(std::string_view text) {
  return text.find("cid\":\"") != std::string_view::npos ||
         text.find("content\":\"") != std::string_view::npos;
}

network::ContentKeeperOptions keeper_options(const Did& node_did) {
  network::ContentKeeperOptions out;
  out.owner = node_did;
  return out;
}

}  // namespace

std::vector<codec::Cid> content_named_in(const codec::Json& record) {
  std::vector<codec::Cid> out;
  collect(record, "", out);
  return out;
}

bool names_public_content(std::string_view type) {
  return type.starts_with("governance.") || type.starts_with("cooperative.") ||
         type.starts_with("federation.") || type.starts_with("reputation.") || type == "credential.schema" ||
         type == "economics.contest_penalty";
}

PublicContent::PublicContent(ledger::Ledger& ledger, network::Network& network,
                             network::BlockExchange& exchange, dag::BlockStore& blocks, const Clock& clock,
                             std::shared_ptr<Log> log, const Did& node_did)
    : ledger_(ledger),
      log_(log),
      keeper_(network, exchange, blocks, clock, log, keeper_options(node_did)),
      heard_version_(version()),
      housekeeper_(std::vector<Housekeeper::Task>{{kEvery, [this] { round(); }},
                                                  {kSettleEvery, [this, &blocks] { settle(blocks); }}}) {
  ledger_.listen([this](const ledger::Published& now, const std::vector<ledger::Event>&) {
    heard(now.head.header.height);
  });
}

void PublicContent::stop() {
  is_stopping_ = true;
  housekeeper_.stop();
}

// Grows when a table changes in which such records lie.
std::uint64_t PublicContent::version() const {
  const ledger::Changes& changes = ledger_.changes();
  return std::max({changes.of(governance::kProposals), changes.of(governance::kBallots),
                   changes.of(governance::kEmergencies), changes.of(governance::kDisputes),
                   changes.of(federation::kFederation), changes.of(federation::kChanges),
                   changes.of(federation::kCooperatives), changes.of(federation::kTrustEdges),
                   changes.of(credentials::kSchemas), changes.of(reputation::kAppeals),
                   changes.of(reputation::kEndorsements)});
}

void PublicContent::heard(std::uint64_t height) {
  const std::uint64_t newest = version();
  if (newest == heard_version_) return;
  heard_version_ = newest;
  const std::lock_guard lock(mutex_);
  if (heights_.size() < kHeightsMax) return heights_.push_back(height);
  heights_.clear();
  needs_records_ = true;
}

void PublicContent::settle(dag::BlockStore& blocks) {
  const auto done = dag::settle_texts(ledger_, blocks);
  if (!done.ok()) log_->warn("texts of refused acts were not removed: {}", done.error().detail());
}

void PublicContent::round() {
  std::vector<std::uint64_t> heights;
  bool reads_records = left_out_ > 0 && keeper_.waiting() == 0;
  {
    const std::lock_guard lock(mutex_);
    heights.swap(heights_);
    reads_records = reads_records || needs_records_;
    needs_records_ = false;
  }
  if (const auto done = read(heights, reads_records); !done.ok()) {
    log_->debug("content that the ledger names: {}", done.error().detail());
    const std::lock_guard lock(mutex_);
    needs_records_ = true;
  }
  if (!is_stopping_) keeper_.tick();
}

Result<void> PublicContent::read(const std::vector<std::uint64_t>& heights, bool reads_records) {
  for (std::size_t i = 0; i < heights.size() && !reads_records && !is_stopping_; ++i) {
    ICN_TRY_ASSIGN(store, ledger_.store());
    ICN_TRY_ASSIGN(bytes, store->get(ledger::kBodies.schema(), ledger::key_of(heights[i])));
    reads_records = !bytes;  // a snapshot came in place of the blocks
    if (!bytes || !may_name_content(as_text(*bytes))) continue;
    ICN_TRY_ASSIGN(body, storage::RecordCodec<ledger::BlockBody>::decode(*bytes));
    ICN_TRY(read_block(body));
  }
  if (reads_records) return read_records();
  return {};
}

Result<void> PublicContent::read_block(const ledger::BlockBody& body) {
  for (std::size_t i = 0; i < body.transactions.size() && i < body.outcomes.size(); ++i) {
    const std::string& canonical = body.transactions[i].canonical;
    if (!body.outcomes[i].ok || !may_name_content(canonical)) continue;
    ICN_TRY_ASSIGN(transaction, codec::parse_json(canonical));
    const codec::Json* type = transaction.find("type");
    const codec::Json* fields = transaction.find("body");
    if (type == nullptr || type->string() == nullptr || fields == nullptr) continue;
    if (names_public_content(*type->string())) want(*fields);
  }
  return {};
}

template <typename Table>
Result<void> PublicContent::read_table(const storage::Reader& state, const Table& table) {
  ICN_TRY_ASSIGN(rows, table.scan(state, {}));
  while (!is_stopping_) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return {};
    want(codec::to_json(*row));
  }
  return {};
}

Result<void> PublicContent::read_records() {
  left_out_ = 0;
  ICN_TRY_ASSIGN(state, ledger_.snapshot());
  ICN_TRY(read_table(*state, federation::kFederation));
  ICN_TRY(read_table(*state, federation::kCooperatives));
  ICN_TRY(read_table(*state, credentials::kSchemas));
  ICN_TRY(read_table(*state, governance::kProposals));
  ICN_TRY(read_table(*state, governance::kEmergencies));
  ICN_TRY(read_table(*state, governance::kDisputes));
  ICN_TRY(read_table(*state, federation::kChanges));
  ICN_TRY(read_table(*state, federation::kTrustEdges));
  ICN_TRY(read_table(*state, reputation::kAppeals));
  ICN_TRY(read_table(*state, reputation::kEndorsements));
  // Of a ballot its reason alone is a CID, and there may be millions.
  ICN_TRY_ASSIGN(ballots, governance::kBallots.scan(*state, {}));
  while (!is_stopping_) {
    ICN_TRY_ASSIGN(ballot, ballots.next());
    if (!ballot) break;
    if (ballot->reason) want(*ballot->reason);
  }
  return {};
}

void PublicContent::want(const codec::Json& record) {
  for (const codec::Cid& cid : content_named_in(record)) want(cid);
}

void PublicContent::want(const codec::Cid& cid) {
  if (!keeper_.want(cid)) ++left_out_;
}

}  // namespace icn::node
