#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "http/call.h"
#include "http/idempotency.h"
#include "http/input.h"
#include "ledger/api/custody.h"
#include "ledger/api/kept_writes.h"
#include "ledger/api/pending.h"
#include "ledger/gateway.h"

// Every write endpoint takes either its plain body, which the node signs with a key it keeps, or the whole
// signed transaction of its type (design.md 4).
namespace icn::ledger {

// What happens beside a transaction that the node makes: content that it names is kept. Called on the
// exchange's io thread.
struct Beside {
  // Just before it is submitted; of a retry under an Idempotency-Key it is the one of the first time.
  std::function<void(const CheckedTransaction&)> submitting;
  // With every answer of the ledger, waited for or not; never when the node stops before.
  std::function<void(const CheckedTransaction&, const Result<Commitment>&)> answered;
};

// What a plain body asks for.
struct PlainWrite {
  Did sender;
  codec::Json body;  // of the transaction
  std::shared_ptr<const Beside> beside = nullptr;
};

// Sees the final outcome instead of the usual answer; called once, on the exchange's io thread.
using Answer =
    std::function<void(const http::ExchangePtr&, const CheckedTransaction&, const Result<Commitment>&)>;

struct WriteOptions {
  std::string_view type;  // "economics.transfer"; empty: any (signed transactions only)
  int success_status = 200;
  Answer answer;  // none: answer_outcome()
};

// Query parameters of every write: `wait=none` or `timeout=` seconds for how long its answer is waited for;
// `queue=true` to have it kept here until it can be ordered, when that is not possible now.
// Thread: any; the calls that take an exchange on its io thread. The arguments outlive the writer. Without
// `kept`, queue=true is refused.
class Writer {
 public:
  Writer(const Ledger& ledger, Gateway& gateway, const Custody& custody, http::IdempotencyStore& idempotency,
         const Clock& clock, Random& random, KeptWrites* kept = nullptr)
      : ledger_(ledger),
        gateway_(gateway),
        custody_(custody),
        idempotency_(idempotency),
        clock_(clock),
        random_(random),
        kept_(kept) {}

  // Submits a whole signed transaction. Refuses (malformed) another type than options.type.
  void submit_signed(http::ExchangePtr exchange, codec::Json transaction, const WriteOptions& options);
  // Signs `write` with the key the node keeps for its sender and submits it. Under an Idempotency-Key a retry
  // submits the bytes of the first time, also after a crash.
  void submit_plain(http::ExchangePtr exchange, const PlainWrite& write, const WriteOptions& options);

  // Makes and signs a transaction with `key`; its lifetime is bounded by ledger.lifetime_max_secs.
  Result<std::shared_ptr<CheckedTransaction>> make(const Did& sender, const Custody::Key& key,
                                                   std::string_view type, codec::Json body,
                                                   TimestampSecs lifetime_secs = kLifetimeSecs) const;

  // The outcome's output with transaction_id and height, or its problem; a pending one as 202.
  static http::Response answer_outcome(const CheckedTransaction& transaction,
                                       const Result<Commitment>& result, const http::Request& request,
                                       int success_status);
  static http::Response answer_pending(const CheckedTransaction& transaction);
  static http::Response answer_queued(const CheckedTransaction& transaction);

  static constexpr TimestampSecs kLifetimeSecs = 300;

  const Ledger& ledger() const { return ledger_; }
  const KeptWrites* kept() const { return kept_; }  // null: nothing is kept
  const Custody& custody() const { return custody_; }

 private:
  struct Wait;

  void submit(http::ExchangePtr exchange, std::shared_ptr<CheckedTransaction> transaction,
              const crypto::PublicKey* own_key, const WriteOptions& options,
              std::shared_ptr<const Beside> beside);
  void submit_kept(http::ExchangePtr exchange, ByteView kept, const crypto::PublicKey& own_key,
                   const WriteOptions& options, std::shared_ptr<const Beside> beside);

  // None also when the store cannot be read.
  std::optional<Commitment> first_outcome(const CheckedTransaction& transaction) const;

  const Ledger& ledger_;
  Gateway& gateway_;
  const Custody& custody_;
  http::IdempotencyStore& idempotency_;
  const Clock& clock_;
  Random& random_;
  KeptWrites* kept_;
  Deadlines deadlines_;
};

// The first outcome of a committed transaction; none: the ledger does not know the id.
Result<std::optional<Commitment>> find_commitment(const Reader& store, ByteView transaction_hash);

// What answer_outcome() answers for a transaction that was done: the output of its type, and where it stands.
// Endpoints name it as their Output.
template <codec::Described TypeOutput>
struct Written : TypeOutput {
  TransactionId transaction_id;
  std::uint64_t height = 0;
  static constexpr auto fields() {
    using codec::field;
    return TypeOutput::fields().with(field("transaction_id", &Written::transaction_id),
                                     field("height", &Written::height, "the block that holds it"));
  }
};

// True when a body is a whole transaction rather than the plain fields of an endpoint.
bool is_signed_transaction(const codec::Json& body);

// The handle() of a write endpoint:
//   static constexpr std::string_view transaction = "economics.transfer";
//   struct Input {...};
//   static Result<PlainWrite> plain(const Api&, const http::Call&, const Input&);
//   static Result<void> matches(const http::Request&, const codec::Json& body);   optional: a signed body
//   against the path static void handle(const Api& api, http::ExchangePtr exchange) {
//   answer_write<Transfer>(api.writer, api, exchange); }
template <typename Endpoint, typename Api>
void answer_write(Writer& writer, Api& api, http::ExchangePtr exchange, Answer answer = {}) {
  WriteOptions options{Endpoint::transaction, 200, std::move(answer)};
  if constexpr (requires { Endpoint::success_status; }) options.success_status = Endpoint::success_status;
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (is_signed_transaction(source->body())) {
    if constexpr (requires { Endpoint::matches(exchange->request(), source->body()); }) {
      if (auto matched = Endpoint::matches(exchange->request(), source->body()); !matched.ok()) {
        return exchange->reply(matched.error());
      }
    }
    return writer.submit_signed(std::move(exchange), source->take_body(), options);
  }
  auto input = http::read_input<typename Endpoint::Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  const Result<PlainWrite> plain = Endpoint::plain(api, http::Call(*exchange), *input);
  if (!plain.ok()) return exchange->reply(plain.error());
  writer.submit_plain(std::move(exchange), *plain, options);
}

}  // namespace icn::ledger
