#include "credentials/api/foreign_evidence.h"

#include <set>

#include "credentials/claim_schema.h"
#include "identity/did_web.h"

namespace icn::credentials::api {
namespace {

using codec::Json;

std::string did_part(const KeyId& method) { return method.text().substr(0, method.text().find('#')); }

// One gathering; all of it happens on one executor.
class Gatherer : public std::enable_shared_from_this<Gatherer> {
 public:
  Gatherer(const Api& api, bool is_known_caller, OfflineEvidence given, Executor& executor, ForeignDone done)
      : api_(api),
        is_known_caller_(is_known_caller),
        given_(std::move(given)),
        executor_(executor),
        done_(std::move(done)) {}

  void run(const Json& value) {
    const auto wanted = want_all(value);
    if (!wanted.ok()) failure_ = wanted.error();
    finish_one();
  }

 private:
  using Read = Result<std::shared_ptr<const http::WebReader::Document>>;

  // What cannot be read is for verify() to say.
  Result<void> want_all(const Json& value) {
    ICN_TRY_ASSIGN(state, api_.ledger.snapshot());
    const Known known(state, api_.blocks, OfflineEvidence(given_));
    if (!is_presentation(value)) return want_credential(value, known);
    const auto shown = read_secured_presentation(value);
    if (!shown.ok()) return {};
    want_document(did_part(shown->seal.method));
    for (const Json& each : shown->credentials) ICN_TRY(want_credential(each, known));
    return {};
  }

  Result<void> want_credential(const Json& value, const Known& known) {
    const auto secured = read_secured_credential(value);
    if (!secured.ok()) return {};
    ICN_TRY_ASSIGN(anchor, known.evidence.anchor(*secured));
    want_document(secured->credential.issuer);
    for (const StatusEntry& each : anchor ? anchor->other_lists : secured->credential.statuses) {
      if (each.purpose == "revocation" || each.purpose == "suspension") want_list(each.list);
    }
    if (!secured->credential.schema) return {};
    const std::string& schema = *secured->credential.schema;
    if (schema.starts_with("https://") || schema.starts_with("http://")) want_schema(schema);
    return {};
  }

  // Whether `name` is to be read now: not twice, not for strangers, not without end.
  bool may_read(const std::string& name) {
    if (!wanted_.insert(name).second) return false;
    if (!is_known_caller_) {
      given_.add_failure(name, "it is read for callers with credentials only");
      return false;
    }
    if (wanted_.size() > kForeignDocumentsMax) {
      given_.add_failure(name, "more than 16 documents of others are not read for one request");
      return false;
    }
    ++pending_;
    return true;
  }

  void want_document(const std::string& did) {
    if (!identity::is_did_web(did) || given_.has_document(did) || !may_read(did)) return;
    identity::resolve_did_web(api_.web, did, executor_, [self = shared_from_this(), did](const auto& read) {
      auto added = read.ok() ? self->given_.add_document(*read) : Result<void>(read.error());
      if (!added.ok()) self->given_.add_failure(did, added.error().detail());
      self->finish_one();
    });
  }

  void want_list(const std::string& url) {
    if (given_.has_list(url) || !may_read(url)) return;
    api_.web.read(url, kForeignListBytesMax, executor_, [self = shared_from_this(), url](const Read& read) {
      const auto added = read.ok() ? self->take_list(url, (*read)->body) : Result<void>(read.error());
      if (!added.ok()) self->given_.add_failure(url, added.error().detail());
      self->finish_one();
    });
  }

  Result<void> take_list(const std::string& url, std::string_view body) {
    while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
    const bool is_object = body.starts_with('{');
    ICN_TRY_ASSIGN(list, is_object ? codec::parse_json(body, {kForeignListBytesMax, 24, 5'000})
                                   : Result<Json>(Json(body)));
    ICN_TRY(given_.add_fetched_list(url, list));
    const auto secured = read_secured_credential(list);
    if (secured.ok()) want_document(secured->credential.issuer);
    return {};
  }

  void want_schema(const std::string& url) {
    if (given_.has_schema(url) || !may_read(url)) return;
    api_.web.read(url, kSchemaBytesMax, executor_, [self = shared_from_this(), url](const Read& read) {
      auto schema = read.ok() ? codec::parse_json((*read)->body, {kSchemaBytesMax, 32, 5'000})
                              : Result<Json>(read.error());
      if (schema.ok())
        self->given_.add_schema(url, std::move(*schema));
      else
        self->given_.add_failure(url, schema.error().detail());
      self->finish_one();
    });
  }

  void finish_one() {
    if (--pending_ > 0) return;
    if (failure_) return done_(*failure_);
    done_(std::move(given_));
  }

  const Api& api_;
  const bool is_known_caller_;
  OfflineEvidence given_;
  Executor& executor_;
  ForeignDone done_;
  std::optional<Error> failure_;
  std::set<std::string> wanted_;
  std::size_t pending_ = 1;  // run() itself
};

}  // namespace

void gather_foreign(const Api& api, const http::Caller& caller, const Json& value, OfflineEvidence given,
                    Executor& executor, ForeignDone done) {
  const auto gatherer =
      std::make_shared<Gatherer>(api, !caller.id.empty(), std::move(given), executor, std::move(done));
  gatherer->run(value);
}

}  // namespace icn::credentials::api
