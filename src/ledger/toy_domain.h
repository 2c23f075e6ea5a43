#pragma once

#include "base/errors.h"
#include "base/random.h"
#include "crypto/key_text.h"
#include "ledger/block.h"
#include "ledger/rules.h"
#include "ledger/state.h"

// A tiny domain for tests of the ledger itself: named counters that members raise, with a cap of 100.
namespace icn::ledger::toy {

struct Counter {
  std::int64_t value = 0;
  static constexpr auto fields() { return described(codec::field("value", &Counter::value)); }
};
inline const Table<std::string, Counter> kCounters{190, "toy_counters"};

struct Raise {
  struct Body {
    std::string name;
    std::int64_t by = 0;
    std::optional<std::uint64_t> reset_after_secs;
    static constexpr auto fields() {
      return described(codec::field("name", &Body::name, "", {1, 20}), codec::field("by", &Body::by),
                       codec::field("reset_after_secs", &Body::reset_after_secs));
    }
  };
  struct Output {
    std::int64_t value = 0;
    static constexpr auto fields() { return described(codec::field("value", &Output::value)); }
  };
  static Result<void> check(const Transaction&, const Body& body) {
    return body.by == 0 ? Result<void>(Error(errors::kMalformed, "by: must not be 0")) : Result<void>();
  }
  static Result<void> precheck(const ApplyContext&, const Body&, const View&) { return {}; }
  // Writes before it refuses, so that tests see the undo.
  static Result<Output> apply(const ApplyContext& context, const Body& body, View& view) {
    ICN_TRY_ASSIGN(old, kCounters.get(view, body.name));
    const Counter now{(old ? old->value : 0) + body.by};
    ICN_TRY(kCounters.put(view, body.name, now));
    context.events.push_back({"Raised", "{}"});
    if (now.value > 100) return Error(errors::kRuleBroken, "a counter may not pass 100");
    if (body.reset_after_secs) {
      ICN_TRY(schedule(view, context.block, context.block.running_secs() + *body.reset_after_secs,
                       "toy.reset", body.name));
    }
    return Output{now.value};
  }
};

// Of the did:key of `key`, in the network of genesis().
inline Transaction signed_raise(const crypto::SecretKey& key, Random& random, TimestampSecs expires,
                                const std::string& name = "a", std::int64_t by = 1,
                                std::optional<std::uint64_t> reset_after_secs = {}) {
  Transaction transaction;
  transaction.network = "toy-net";
  transaction.sender = crypto::did_key(key.public_key());
  transaction.key = crypto::did_key_method(key.public_key());
  transaction.nonce.bytes = random.bytes(16);
  transaction.type = "toy.raise";
  transaction.body = codec::Json::object({{"name", name}, {"by", by}});
  if (reset_after_secs) transaction.body.set("reset_after_secs", *reset_after_secs);
  transaction.expires = expires;
  sign(transaction, key);
  return transaction;
}

inline Result<void> reset(const BlockContext&, const std::string& id, View& view, std::vector<Event>&) {
  return kCounters.erase(view, id);
}

// The value 13 is unlucky: no transaction may leave it behind.
inline Result<void> not_unlucky(const View& view, View::Savepoint savepoint) {
  return view.changes_since(
      savepoint, kCounters.schema(),
      [](ByteView, const std::optional<Bytes>&, const std::optional<Bytes>& after) -> Result<void> {
        if (!after) return {};
        ICN_TRY_ASSIGN(counter, codec::decode_record<Counter>(*after));
        if (counter.value == 13) return Error(errors::kInternal, "a counter is 13");
        return {};
      });
}

inline Result<crypto::PublicKey> resolve_key(const Reader&, const Did& sender, const KeyId&) {
  return crypto::read_did_key(sender.text());
}

inline Rules rules() {
  return Rules{TransactionTypes({make_transaction_type<Raise>(999, "toy.raise", false, "raises a counter")}),
               {{"toy.reset", &reset}},
               {{"not unlucky", &not_unlucky}},
               {},
               &resolve_key,
               {}};
}

inline std::vector<storage::TableSchema> tables() {
  storage::TableSet tables(kCounters);
  for (const auto& table : own_tables()) tables.add(table);
  return tables.schemas();
}

inline constexpr TimestampSecs kStart = 1'700'000'000;

inline Genesis genesis() { return {"toy-net", "development", Did("did:key:operator"), kStart}; }

}  // namespace icn::ledger::toy
