#include "network/ledger_comparison.h"

#include <algorithm>

#include "codec/records.h"
#include "network/errors.h"

namespace icn::network {
namespace {

constexpr std::size_t kQuestionBytesMax = 1'024;

struct Question {
  std::string network;
  std::uint64_t height = 0;
  static constexpr auto fields() {
    return described(codec::field("network", &Question::network, "", {1, 256}),
                     codec::field("height", &Question::height));
  }
};

struct Answer {
  std::uint64_t height = 0;
  std::optional<Bytes> hash;  // of the header at the lesser of both heights
  static constexpr auto fields() {
    return described(codec::field("height", &Answer::height), codec::field("hash", &Answer::hash));
  }
};

std::optional<crypto::Hash> hash_at(const ComparedLedger& ledger, const ComparedLedger::Newest& newest,
                                    std::uint64_t height) {
  return height == newest.height ? newest.hash : ledger.header_hash(height);
}

LedgerRelation relation_of(const ComparedLedger& ledger, const ComparedLedger::Newest& own,
                           const Answer& theirs) {
  const auto here = hash_at(ledger, own, std::min(own.height, theirs.height));
  if (!here || !theirs.hash) return LedgerRelation::kUnknown;
  if (!std::ranges::equal(*here, *theirs.hash)) return LedgerRelation::kDiverged;
  if (own.height == theirs.height) return LedgerRelation::kIdentical;
  return own.height > theirs.height ? LedgerRelation::kAhead : LedgerRelation::kBehind;
}

}  // namespace

ComparedLedger compared(const ledger::Ledger& ledger) {
  ComparedLedger out;
  out.newest = [&ledger] {
    const auto now = ledger.published();
    return ComparedLedger::Newest{now->network.network, now->head.header.height, now->head.hash};
  };
  out.header_hash = [&ledger](std::uint64_t height) -> std::optional<crypto::Hash> {
    const auto store = ledger.store();
    if (!store.ok()) return std::nullopt;
    const auto header = ledger::kHeaders.get(**store, height);
    if (!header.ok() || !*header) return std::nullopt;
    return ledger::header_hash(**header);
  };
  return out;
}

LedgerComparison::LedgerComparison(Transport* transport, ComparedLedger ledger, const Clock& clock,
                                   Strike strike)
    : transport_(transport), ledger_(std::move(ledger)), clock_(clock), strike_(std::move(strike)) {
  if (transport_ == nullptr) return;
  transport_->serve(Protocol::kSync, [this](const PeerId& peer, const Bytes& question,
                                            const Respond& respond) { respond(answer(peer, question)); });
}

std::optional<Bytes> LedgerComparison::answer(const PeerId& peer, const Bytes& bytes) {
  if (!gate_.allow(peer.text(), clock_.now_ms())) return std::nullopt;
  const auto question = bytes.size() > kQuestionBytesMax ? Result<Question>(Error(kTooLarge))
                                                         : codec::decode_block<Question>(bytes);
  if (!question.ok()) {
    strike_(peer);
    return std::nullopt;
  }
  const ComparedLedger::Newest own = ledger_.newest();
  if (question->network != own.network) return std::nullopt;
  Answer answer{own.height, {}};
  if (const auto hash = hash_at(ledger_, own, std::min(own.height, question->height)))
    answer.hash = Bytes(hash->begin(), hash->end());
  return codec::encode_block(answer);
}

void LedgerComparison::ask(const PeerId& peer, Done<LedgerComparisonResult> done) const {
  if (transport_ == nullptr) return done(Error(kOff));
  const ComparedLedger::Newest own = ledger_.newest();
  transport_->request(Protocol::kSync, peer, codec::encode_block(Question{own.network, own.height}),
                      [this, own, done = std::move(done)](const Result<Bytes>& bytes) {
                        if (!bytes.ok()) return done(bytes.error());
                        const auto theirs = codec::decode_block<Answer>(*bytes);
                        if (!theirs.ok()) return done(Error(kBadAnswer, theirs.error().detail()));
                        done(LedgerComparisonResult{relation_of(ledger_, own, *theirs), theirs->height});
                      });
}

}  // namespace icn::network
