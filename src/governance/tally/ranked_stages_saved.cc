#include "base/assert.h"
#include "governance/tally/errors.h"
#include "governance/tally/ranked_stages.h"

// What stands between two blocks of a count.
namespace icn::governance::tally {
namespace {

constexpr std::size_t kStagesMax =
    2 * kOptionsMax + 1;  // each option is eliminated, or elected and transferred

void write_votes(codec::CborWriter& out, const std::vector<std::int64_t>& votes) {
  out.array(votes.size());
  for (const std::int64_t each : votes) out.integer(each);
}

}  // namespace

void RankedStages::save(codec::CborWriter& out) const {
  const auto write_transfer = [&](const Transfer& transfer) {
    out.array(4);
    out.boolean(transfer.is_surplus);
    out.unsigned_integer(transfer.option);
    out.integer(transfer.surplus);
    out.integer(transfer.credited);
  };
  out.array(7);
  out.unsigned_integer(participated_);
  out.unsigned_integer(abstaining_);
  out.integer(total_);
  out.boolean(is_done_);
  write_votes(out, votes_);
  write_transfer(transfer_);
  out.array(stages_.size());
  for (const Stage& stage : stages_) {
    out.array(4);
    write_transfer(stage.transfer);
    write_votes(out, stage.votes);
    out.array(stage.elected.size());
    for (const std::uint32_t option : stage.elected) out.unsigned_integer(option);
    out.integer(stage.eliminated ? std::int64_t{*stage.eliminated} : -1);
  }
}

Result<void> RankedStages::load_votes(codec::CborReader& in, std::vector<std::int64_t>& votes) const {
  ICN_TRY_ASSIGN(size, in.array());
  if (size != election_.options.size()) return Error(kBadSavedCount, "votes of other options");
  votes.clear();
  for (std::uint64_t i = 0; i < size; ++i) {
    ICN_TRY_ASSIGN(value, in.integer());
    if (value < 0) return Error(kBadSavedCount, "votes below none");
    votes.push_back(value);
  }
  return {};
}

Result<std::uint32_t> RankedStages::load_option(codec::CborReader& in) const {
  ICN_TRY_ASSIGN(option, in.unsigned_integer());
  if (option >= election_.options.size()) return Error(kBadSavedCount, "an option there is not");
  return static_cast<std::uint32_t>(option);
}

Result<RankedStages::Transfer> RankedStages::load_transfer(codec::CborReader& in) const {
  ICN_TRY_ASSIGN(parts, in.array());
  if (parts != 4) return Error(kBadSavedCount);
  Transfer out;
  ICN_TRY_ASSIGN(is_surplus, in.boolean());
  ICN_TRY_ASSIGN(option, load_option(in));
  ICN_TRY_ASSIGN(surplus, in.integer());
  ICN_TRY_ASSIGN(credited, in.integer());
  if (surplus < 0 || surplus > credited || (is_surplus && credited == 0))
    return Error(kBadSavedCount, "a surplus that cannot be");
  out = {is_surplus, option, surplus, credited, 0};
  out.of_whole = passed_on(out, 100'000);
  return out;
}

Result<void> RankedStages::load_stage(codec::CborReader& in) {
  ICN_TRY_ASSIGN(parts, in.array());
  if (parts != 4) return Error(kBadSavedCount);
  Stage stage;
  ICN_TRY_ASSIGN(transfer, load_transfer(in));
  stage.transfer = transfer;
  ICN_TRY(load_votes(in, stage.votes));
  ICN_TRY_ASSIGN(elected, in.array());
  if (elected > election_.options.size()) return Error(kBadSavedCount);
  for (std::uint64_t i = 0; i < elected; ++i) {
    ICN_TRY_ASSIGN(option, load_option(in));
    stop(option);
    is_surplus_pending_[option] = stage.votes[option] > quota();
    stage.elected.push_back(option);
    ++elected_;
  }
  ICN_TRY_ASSIGN(eliminated, in.integer());
  if (eliminated >= static_cast<std::int64_t>(election_.options.size())) return Error(kBadSavedCount);
  if (eliminated >= 0) {
    stage.eliminated = static_cast<std::uint32_t>(eliminated);
    stop(*stage.eliminated);
  }
  if (!stages_.empty() && transfer.is_surplus) is_surplus_pending_[transfer.option] = false;
  stages_.push_back(std::move(stage));
  return {};
}

Result<void> RankedStages::load(codec::CborReader& in) {
  ICN_TRY_ASSIGN(parts, in.array());
  if (parts != 7) return Error(kBadSavedCount);
  ICN_TRY_ASSIGN(participated, in.unsigned_integer());
  ICN_TRY_ASSIGN(abstaining, in.unsigned_integer());
  ICN_TRY_ASSIGN(total, in.integer());
  ICN_TRY_ASSIGN(is_done, in.boolean());
  if (total < 0) return Error(kBadSavedCount);
  participated_ = participated;
  abstaining_ = abstaining;
  total_ = total;
  is_done_ = is_done;
  ICN_TRY(load_votes(in, votes_));
  ICN_TRY_ASSIGN(transfer, load_transfer(in));
  transfer_ = transfer;
  ICN_TRY_ASSIGN(count, in.array());
  if (count > kStagesMax) return Error(kBadSavedCount, "more stages than there can be");
  for (std::uint64_t i = 0; i < count; ++i) ICN_TRY(load_stage(in));
  if (!stages_.empty() && transfer_.is_surplus) is_surplus_pending_[transfer_.option] = false;
  return {};
}

}  // namespace icn::governance::tally
