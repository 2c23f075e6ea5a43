#include "ledger/api/writer.h"

#include <algorithm>
#include <charconv>

#include "base/errors.h"
#include "ledger/errors.h"
#include "ledger/transaction_type.h"

namespace icn::ledger {
namespace {

constexpr std::uint64_t kWaitDefaultMs = 10'000;
constexpr std::uint64_t kWaitMaxSecs = 60;
constexpr TimestampSecs kQueuedLifetimeSecs = ~TimestampSecs{0};  // as long as the ledger allows
constexpr std::string_view kNoQuorumRetrySecs = "5";

// Whether it is to be kept when it cannot be ordered.
Result<bool> queue_of(const http::Request& request) {
  if (request.query.empty()) return false;
  const auto text = request.query_parameter("queue");
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return Error(errors::kMalformed, "queue: must be true or false");
}

http::Response refusal(const Error& error, const http::Request& request) {
  http::Response response = http::problem(error, request);
  if (!error.is(kNoQuorum)) return response;
  for (auto& [name, value] : response.headers) {
    if (name == "retry-after") value = kNoQuorumRetrySecs;
  }
  return response;
}

// How long the caller waits for the outcome; zero: not at all.
Result<std::chrono::milliseconds> wait_of(const http::Request& request) {
  if (request.query.empty()) return std::chrono::milliseconds(kWaitDefaultMs);
  if (const auto wait = request.query_parameter("wait"); wait && *wait == "none")
    return std::chrono::milliseconds(0);
  const auto text = request.query_parameter("timeout");
  if (!text) return std::chrono::milliseconds(kWaitDefaultMs);
  std::uint64_t secs = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), secs);
  if (code != std::errc() || end != text->data() + text->size() || secs > kWaitMaxSecs) {
    return Error(errors::kMalformed,
                 "timeout: must be whole seconds from 0 to " + std::to_string(kWaitMaxSecs));
  }
  return std::chrono::milliseconds(secs * 1000);
}

}  // namespace

// One caller who waits for an outcome. Touched on the exchange's io thread only.
struct Writer::Wait {
  http::ExchangePtr exchange;  // null: answered
  std::shared_ptr<const CheckedTransaction> transaction;
  WriteOptions options;
  std::shared_ptr<const Beside> beside;
  KeptWrites* kept = nullptr;  // null: it is not to be kept

  void end(const Result<Commitment>& result) {
    if (beside && beside->answered) beside->answered(*transaction, result);
    finish(result);
  }
  void finish(const Result<Commitment>& result) {
    if (!exchange) return;
    const http::ExchangePtr answered = std::move(exchange);
    exchange = nullptr;
    if (options.answer) return options.answer(answered, *transaction, result);
    answered->reply(answer_outcome(*transaction, result, answered->request(), options.success_status));
  }
  // It stays under way; what it comes to is answered to who asks with its id.
  static void give_up(const std::shared_ptr<Wait>& wait) {
    if (!wait->exchange) return;
    if (wait->kept != nullptr) return keep(wait, true);
    std::exchange(wait->exchange, nullptr)->reply(answer_pending(*wait->transaction));
  }
  static void keep(const std::shared_ptr<Wait>& wait, bool is_under_way) {
    if (!wait->exchange) return;
    const http::ExchangePtr taken = std::exchange(wait->exchange, nullptr);
    wait->kept->keep(
        *wait->transaction, taken->executor(),
        [taken, transaction = wait->transaction, is_under_way](const Result<void>& done) {
          if (done.ok()) return taken->reply(answer_queued(*transaction));
          taken->reply(is_under_way ? answer_pending(*transaction) : refusal(done.error(), taken->request()));
        });
  }
};

bool is_signed_transaction(const codec::Json& body) {
  return body.find("signature") != nullptr && body.find("body") != nullptr && body.find("type") != nullptr;
}

Result<std::optional<Commitment>> find_commitment(const Reader& store, ByteView transaction_hash) {
  ICN_TRY_ASSIGN(place, kTransactionPlaces.get(store, to_bytes(transaction_hash)));
  if (!place) return std::optional<Commitment>();
  ICN_TRY_ASSIGN(body, kBodies.get(store, place->height));
  if (!body || place->index >= body->outcomes.size()) {
    return Error(kBlockPruned, "block " + std::to_string(place->height) + " is no longer kept");
  }
  return std::optional<Commitment>(Commitment{body->outcomes[place->index], place->height});
}

http::Response Writer::answer_outcome(const CheckedTransaction& transaction, const Result<Commitment>& result,
                                      const http::Request& request, int success_status) {
  if (!result.ok()) {
    http::Response response = refusal(result.error(), request);
    response.headers.emplace_back("x-transaction-id", transaction.id().text());
    return response;
  }
  if (!result->outcome.ok) {
    http::Response response = http::problem(result->outcome.error(), request);
    response.headers.emplace_back("x-transaction-id", transaction.id().text());
    return response;
  }
  std::string text = result->outcome.output;
  ICN_ASSERT(text.ends_with('}'));
  text.pop_back();
  text += text.size() > 1 ? "," : "";
  text += R"("transaction_id":")" + transaction.id().text() + R"(","height":)" +
          std::to_string(result->height) + "}";
  return http::Response::json(std::move(text), success_status);
}

http::Response Writer::answer_pending(const CheckedTransaction& transaction) {
  return http::Response::json(R"({"transaction_id":")" + transaction.id().text() + R"(","status":"pending"})",
                              202);
}

http::Response Writer::answer_queued(const CheckedTransaction& transaction) {
  return http::Response::json(R"({"transaction_id":")" + transaction.id().text() +
                                  R"(","status":"queued","expires":)" +
                                  std::to_string(transaction.envelope().expires) + "}",
                              202);
}

void Writer::submit_signed(http::ExchangePtr exchange, codec::Json transaction, const WriteOptions& options) {
  auto checked = CheckedTransaction::from_json(ledger_.rules().types, std::move(transaction));
  if (!checked.ok()) return exchange->reply(checked.error());
  const std::string& type = (*checked)->envelope().type;
  if (!options.type.empty() && type != options.type) {
    return exchange->reply(Error(
        kBadTransaction, "type: must be \"" + std::string(options.type) + "\" here, not \"" + type + "\""));
  }
  submit(std::move(exchange), std::move(checked).value(), nullptr, options, nullptr);
}

void Writer::submit_plain(http::ExchangePtr exchange, const PlainWrite& write, const WriteOptions& options) {
  auto key = custody_.key_for(exchange->request().caller, write.sender);
  if (!key.ok()) return exchange->reply(key.error());
  const auto is_queued = queue_of(exchange->request());
  if (!is_queued.ok()) return exchange->reply(is_queued.error());
  auto fresh =
      make(write.sender, *key, options.type, write.body, *is_queued ? kQueuedLifetimeSecs : kLifetimeSecs);
  if (!fresh.ok()) return exchange->reply(fresh.error());
  const crypto::PublicKey own_key = key->secret.public_key();
  const http::Request& request = exchange->request();
  const auto idempotency_key = request.headers.find("idempotency-key");
  if (!idempotency_key)
    return submit(std::move(exchange), std::move(fresh).value(), &own_key, options, write.beside);
  const http::IdempotencyStore::Id id{request.caller.id, std::string(*idempotency_key),
                                      crypto::sha256(request.body)};
  Bytes kept = to_bytes(as_bytes((*fresh)->canonical()));
  append(kept, (*fresh)->envelope().signature.bytes);
  Executor& executor = exchange->executor();
  idempotency_.put_before_submit(
      id, std::move(kept), executor,
      [this, exchange, own_key, options, beside = write.beside](const Result<Bytes>& first) {
        if (!first.ok()) return exchange->reply(first.error());
        submit_kept(exchange, *first, own_key, options, beside);
      });
}

// Bytes that may be those of an earlier request, whose outcome may be known.
void Writer::submit_kept(http::ExchangePtr exchange, ByteView kept, const crypto::PublicKey& own_key,
                         const WriteOptions& options, std::shared_ptr<const Beside> beside) {
  constexpr std::size_t kSignatureSize = 64;
  auto transaction = CheckedTransaction::from_stored(
      ledger_.rules().types, as_text(kept.first(kept.size() - kSignatureSize)), kept.last(kSignatureSize));
  if (!transaction.ok()) return exchange->reply(transaction.error());
  const auto store = ledger_.store();
  if (!store.ok()) return exchange->reply(store.error());
  const auto known = find_commitment(**store, (*transaction)->hash());
  if (!known.ok()) return exchange->reply(known.error());
  if (!*known)
    return submit(std::move(exchange), std::move(transaction).value(), &own_key, options, std::move(beside));
  Wait wait{std::move(exchange), std::move(transaction).value(), options, nullptr, nullptr};
  wait.finish(**known);
}

Result<std::shared_ptr<CheckedTransaction>> Writer::make(const Did& sender, const Custody::Key& key,
                                                         std::string_view type, codec::Json body,
                                                         TimestampSecs lifetime_secs) const {
  const auto published = ledger_.published();
  const auto lifetime = std::min<TimestampSecs>(
      lifetime_secs, static_cast<TimestampSecs>(published->parameters.ledger_lifetime_max_secs));
  const Transaction transaction =
      make_signed({sender, key.id, key.secret}, published->network.network, type, std::move(body),
                  std::max(clock_.now_secs(), published->head.header.time) + lifetime, random_);
  return CheckedTransaction::from_json(ledger_.rules().types, codec::to_json(transaction));
}

std::optional<Commitment> Writer::first_outcome(const CheckedTransaction& transaction) const {
  const auto store = ledger_.store();
  if (!store.ok()) return std::nullopt;
  auto found = find_commitment(**store, transaction.hash());
  return found.ok() ? *found : std::nullopt;
}

void Writer::submit(http::ExchangePtr exchange, std::shared_ptr<CheckedTransaction> transaction,
                    const crypto::PublicKey* own_key, const WriteOptions& options,
                    std::shared_ptr<const Beside> beside) {
  auto delay = wait_of(exchange->request());
  if (!delay.ok()) return exchange->reply(delay.error());
  const auto is_queued = queue_of(exchange->request());
  if (!is_queued.ok()) return exchange->reply(is_queued.error());
  if (*is_queued && kept_ == nullptr)
    return exchange->reply(Error(errors::kMalformed, "queue: this node keeps no transactions"));
  Executor& executor = exchange->executor();
  auto wait = std::make_shared<Wait>(
      Wait{std::move(exchange), transaction, options, std::move(beside), *is_queued ? kept_ : nullptr});
  Done done = [this, wait](const Result<Commitment>& result) {
    if (wait->kept != nullptr && !result.ok() && result.error().is(kNoQuorum)) return Wait::keep(wait, false);
    if (result.ok() || result.error().category() != Category::kForbidden) return wait->end(result);
    // A repeat answers the first outcome also when its key was retired since: a rotation that is sent again.
    const auto first = first_outcome(*wait->transaction);
    if (first) return wait->end(*first);
    wait->end(result);
  };
  if (wait->beside && wait->beside->submitting) wait->beside->submitting(*transaction);
  if (own_key != nullptr)
    gateway_.submit_own(executor, std::move(transaction), *own_key, std::move(done));
  else
    gateway_.submit(executor, std::move(transaction), std::move(done));
  if (delay->count() == 0) return Wait::give_up(wait);
  deadlines_.after(*delay, executor, wait, [weak = std::weak_ptr(wait)] {
    if (const auto waiting = weak.lock()) Wait::give_up(waiting);
  });
}

}  // namespace icn::ledger
