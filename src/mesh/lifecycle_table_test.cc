// The bodies of lifecycle_testing.h.
#include "mesh/errors.h"
#include "mesh/lifecycle_testing.h"
#include "mesh/price.h"

namespace icn::mesh::testing {

void Table::play(std::string_view script) {
  std::istringstream lines{std::string(script)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    SCOPED_TRACE("line " + std::to_string(number) + ": " + line);
    std::istringstream words(line.substr(0, line.find('#')));
    std::string verb;
    if (words >> verb) step(verb, words);
    EXPECT_TRUE(ledger_.failures().empty());
  }
}

void Table::step(const std::string& verb, std::istringstream& words) {
  if (verb == "wait") {
    ledger_.advance(read<std::uint64_t>(words));
    ledger_.idle();
  } else if (verb == "set") {
    const auto name = read<std::string>(words);
    ledger_.set_parameter(name, read<std::int64_t>(words));
  } else if (verb == "grant") {
    EXPECT_TRUE(ledger_.grant(read<std::uint64_t>(words)).ok);
  } else if (verb == "submit") {
    submit(words);
  } else if (verb == "settle" || verb == "claim") {
    settle(words, "mesh." + verb);
  } else if (verb == "cancel") {
    cancel(words);
  } else if (verb == "assign") {
    assign(words);
  } else if (verb == "start") {
    start(words);
  } else if (verb == "withdraw") {
    withdraw(words);
  } else if (verb == "job") {
    check_job(words);
  } else if (verb == "lock") {
    const auto who = read<std::uint64_t>(words);
    EXPECT_EQ(ledger_.account(who).locked.value, read<std::int64_t>(words));
  } else {
    FAIL() << verb;
  }
}

void Table::submit(std::istringstream& words) {
  const auto name = read<std::string>(words);
  const auto who = read<std::uint64_t>(words);
  JobSpec spec = echo_spec();
  spec.max_price = {read<std::int64_t>(words)};
  Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
  auto word = read<std::string>(words);
  for (; word.find('=') != std::string::npos; word = read<std::string>(words)) {
    const std::string key = word.substr(0, word.find('='));
    const std::string value = word.substr(key.size() + 1);
    if (key == "secs") body.max_execution_secs = static_cast<std::uint32_t>(std::stoul(value));
    if (key == "memory") body.memory_mb = static_cast<std::uint32_t>(std::stoul(value));
    if (key == "deadline") body.deadline = ledger_.now() + std::stoul(value);
    if (key == "coordinator") body.coordinator = Did(value);
    if (key == "reputation") body.min_executor_reputation = static_cast<std::uint32_t>(std::stoul(value));
  }
  const ledger::Outcome outcome = ledger_.run(who, "mesh.submit", codec::to_json(body));
  codes_.insert(code_of(outcome));
  EXPECT_EQ(code_of(outcome), word) << outcome.detail;
  if (outcome.ok) jobs_[name] = ledger_.submit_id(body);
}

void Table::settle(std::istringstream& words, const std::string& type) {
  const auto sender = read<std::uint64_t>(words);
  ReceiptClaim claim;
  claim.job_id = id_of(read<std::string>(words));
  claim.attempt = read<std::uint32_t>(words);
  claim.end = codec::from_json<AttemptEnd>(codec::Json(read<std::string>(words))).value();
  claim.fuel_used = read<std::uint64_t>(words);
  claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
  if (claim.end == AttemptEnd::kCompleted) claim.result_cid = codec::Cid::of(codec::kRaw, as_bytes("r"));
  if (claim.end == AttemptEnd::kFailed) claim.code = kResourcesExhausted.code;
  auto word = read<std::string>(words);
  for (; word.find('=') != std::string::npos; word = read<std::string>(words)) {
    const auto executor = std::stoul(word.substr(word.find('=') + 1));
    claim.executor = person(executor);
    claim.key = key_id(executor);
    const auto signer = word.starts_with("forged") ? 7 : executor;
    const std::string bytes = claim_signing_bytes(claim);
    claim.signature = codec::HexBytes{to_bytes(key_of_person(signer).sign(as_bytes(bytes)).view())};
  }
  const auto job = kJobs.get(ledger_.store(), claim.job_id).value();
  if (job && !is_final(job->status))
    reputations_[claim.job_id] = reputation_at(ledger_.store(), person(kNode), ledger_.now()).value();
  const ledger::Outcome outcome = ledger_.run(sender, type, codec::to_json(SettleJobs::Body{{claim}}));
  std::string code = code_of(outcome);
  if (outcome.ok) {
    const auto output = codec::from_json<SettleJobs::Output>(codec::parse_json(outcome.output).value());
    code = output->outcomes.at(0).result;
  }
  codes_.insert(code);
  EXPECT_EQ(code, word) << outcome.detail;
}

void Table::cancel(std::istringstream& words) {
  const auto who = read<std::uint64_t>(words);
  CancelJob::Body body;
  body.job_id = id_of(read<std::string>(words));
  const auto percent = read<std::string>(words);
  if (percent != "-") {
    Progress progress;
    progress.job_id = body.job_id;
    progress.percent = static_cast<std::uint32_t>(std::stoul(percent));
    progress.executor = person(kNode);
    progress.key = key_id(kNode);
    sign_progress(progress, key_of_person(percent == "99" ? 7 : kNode));
    body.progress = progress;
  }
  const ledger::Outcome outcome = ledger_.run(who, "mesh.cancel", codec::to_json(body));
  expect(code_of(outcome), words);
}

void Table::assign(std::istringstream& words) {
  const auto sender = read<std::uint64_t>(words);
  AssignJobs::Assigned asked;
  asked.job_id = id_of(read<std::string>(words));
  asked.attempt = read<std::uint32_t>(words);
  asked.winner = person(read<std::uint64_t>(words));
  auto word = read<std::string>(words);
  for (; word.find(':') != std::string::npos; word = read<std::string>(words)) {
    const auto bidder = std::stoul(word);
    Bid bid;
    bid.job_id = asked.job_id;
    bid.attempt = asked.attempt;
    bid.executor = person(bidder);
    bid.key = key_id(bidder);
    bid.price = {std::stol(word.substr(word.find(':') + 1))};
    bid.cpu_cores = 4;
    bid.memory_mb = 256;
    bid.est_secs = 10;
    bid.valid_until = ledger_.now() + 5;
    sign_bid(bid, key_of_person(word.ends_with("forged") ? 7 : bidder));
    asked.bids.push_back(bid);
  }
  const ledger::Outcome outcome =
      ledger_.run(sender, "mesh.assign", codec::to_json(AssignJobs::Body{{asked}}));
  std::string code = code_of(outcome);
  if (outcome.ok) {
    const auto output =
        codec::from_json<AssignJobs::Output>(codec::parse_json(outcome.output).value()).value();
    if (output.outcomes.at(0).result != "assigned") code = output.outcomes.at(0).result;
  }
  codes_.insert(code);
  EXPECT_EQ(code, word) << outcome.detail;
}

void Table::start(std::istringstream& words) {
  const auto who = read<std::uint64_t>(words);
  AttemptName name{id_of(read<std::string>(words)), 1};
  name.attempt = read<std::uint32_t>(words);
  const ledger::Outcome outcome = ledger_.run(who, "mesh.start", codec::to_json(StartJobs::Body{{name}}));
  ASSERT_TRUE(outcome.ok) << outcome.detail;
  const auto output = codec::from_json<StartJobs::Output>(codec::parse_json(outcome.output).value());
  expect(output->outcomes.at(0).result, words);
}

void Table::withdraw(std::istringstream& words) {
  const auto who = read<std::uint64_t>(words);
  WithdrawJobs::Item item;
  item.job_id = id_of(read<std::string>(words));
  item.attempt = read<std::uint32_t>(words);
  const auto executor = read<std::string>(words);
  if (executor != "-") item.executor = person(std::stoul(executor));
  const ledger::Outcome outcome =
      ledger_.run(who, "mesh.withdraw", codec::to_json(WithdrawJobs::Body{{item}}));
  ASSERT_TRUE(outcome.ok) << outcome.detail;
  const auto output = codec::from_json<WithdrawJobs::Output>(codec::parse_json(outcome.output).value());
  expect(output->outcomes.at(0).result, words);
}

void Table::check_job(std::istringstream& words) {
  const JobId id = id_of(read<std::string>(words));
  const Job job = ledger_.job(id);
  EXPECT_EQ(codec::enum_name(job.status), read<std::string>(words));
  EXPECT_EQ(job.attempt, read<std::uint32_t>(words));
  const auto paid = read<std::string>(words);
  const auto refunded = read<std::string>(words);
  if (paid == "price") {
    const Millimana price = default_price(job, id, person(kNode), reputations_.at(id));
    EXPECT_GE(price.value, 7'692);  // 8.547 mana . 0.9
    EXPECT_LE(price.value, 9'849);  // 8.14 mana . 1.1 . 1.1
    EXPECT_EQ(job.escrow.paid, price);
    EXPECT_EQ(job.escrow.refunded, job.escrow.locked - price);
  } else {
    EXPECT_EQ(job.escrow.paid.value, std::stol(paid));
    EXPECT_EQ(job.escrow.refunded.value, std::stol(refunded));
  }
  const auto code = read<std::string>(words);
  if (!job.code.empty()) codes_.insert(job.code);
  EXPECT_EQ(job.code.empty() ? "-" : job.code, code);
}

}  // namespace icn::mesh::testing
