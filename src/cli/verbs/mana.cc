#include <memory>

#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/store_block.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kEntryViews{
    {"AT", "ts", Kind::kTime},           {"KIND", "kind"},
    {"AMOUNT", "amount", Kind::kNumber}, {"BALANCE", "balance_after", Kind::kNumber},
    {"WITH", "counterparty", Kind::kId}, {"FOR", "ref", Kind::kId}};

void define_balance(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.optional_argument("DID", *did, "whose account; that of --as when absent");
  command.runs([did, &session] {
    const auto who = did_or_own(session, *did);
    if (!who) return;
    const auto reply = get(session, target("/economics/mana/balance", {{"did", who}}));
    if (!reply) return;
    show_fields(session, *reply,
                {{"account", "did", Kind::kId},
                 {"balance", "balance"},
                 {"available", "available"},
                 {"locked", "locked"},
                 {"cap", "cap"},
                 {"per hour", "rate_per_hour"},
                 {"stage", "stage"},
                 {"as of", "as_of", Kind::kTime}});
  });
}

void define_transfer(Command command, Session& session) {
  struct Options {
    std::string to, amount, memo;
  };
  auto options = std::make_shared<Options>();
  command.argument("TO", options->to, "DID that receives")
      .argument("AMOUNT", options->amount, "mana, at most 3 decimals")
      .option("--memo", options->memo, "text that stays with the transfer, outside the ledger");
  command.runs([options, &session] {
    const auto amount = codec::read_decimal(options->amount, 3);
    if (!amount.ok()) {
      return session.fail(kUsage,
                          "AMOUNT: \"" + options->amount + "\" is no amount of mana (at most 3 decimals)");
    }
    if (*amount <= 0) {
      return session.fail(kUsage, "AMOUNT: " + options->amount + " is not above 0: there is nothing to pay");
    }
    if (!options->memo.empty() && !session.key_file.empty()) {
      return session.fail(kUsage, "--memo: only the node can store a memo; leave --key or --memo away");
    }
    Json body = Json::object({{"to", options->to}, {"amount", Json::Number{options->amount}}});
    if (!options->memo.empty()) body.set("memo", options->memo);
    const auto reply =
        write(session, "/economics/mana/transfer", "economics.transfer", "from", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"transfer", "transfer_id", Kind::kId},
                 {"balance", "from_balance"},
                 {"recipient", "to_balance"},
                 {"transaction", "transaction_id", Kind::kId},
                 {"block", "height"},
                 {"status", "status"}});
  });
}

void define_history(Command command, Session& session) {
  struct Options {
    std::string did;
    std::optional<std::string> kind, since;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("DID", options->did, "whose account; that of --as when absent")
      .option("--kind", options->kind, "only entries of this kind")
      .option("--since", options->since, "only from this time on, Unix seconds")
      .page(options->page, "newest first");
  command.runs([options, &session] {
    const auto who = did_or_own(session, options->did);
    if (!who) return;
    const auto reply = get(
        session, target("/economics/mana/history",
                        {{"did", who}, {"kind", options->kind}, {"since", options->since}}, options->page));
    if (reply) show_table(session, *reply, kEntryViews, "no entries");
  });
}

void define_explain(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.optional_argument("DID", *did, "whose account; that of --as when absent");
  command.runs([did, &session] {
    const auto who = did_or_own(session, *did);
    if (!who) return;
    const auto reply = get(session, target("/economics/mana/explain", {{"did", who}}));
    if (reply) show_all(session, *reply);
  });
}

void define_supply(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/economics/mana/supply");
    if (!reply) return;
    show_fields(session, *reply,
                {{"regenerated", "regenerated"},
                 {"granted", "granted"},
                 {"burned", "burned"},
                 {"trimmed", "trimmed"},
                 {"balances", "balances"},
                 {"locked", "locked"},
                 {"accounts", "accounts"},
                 {"adds up", "consistent"},
                 {"differs", "detail"},
                 {"block", "height"}});
    const Json* consistent = reply->find("consistent");
    if (consistent != nullptr && consistent->boolean() != nullptr && !*consistent->boolean()) {
      session.fail(kNotMet,
                   "balances are not what was regenerated and granted less what was burned and trimmed");
    }
  });
}

void define_grant(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.argument("DID", *did, "the person's DID");
  command.runs([did, &session] {
    const auto reply = post(session, "/economics/mana/grants", Json::object({{"to", *did}}));
    if (!reply) return;
    show_fields(session, *reply,
                {{"grant", "grant_id", Kind::kId},
                 {"amount", "amount"},
                 {"balance", "balance"},
                 {"stage", "stage"},
                 {"block", "height"}});
  });
}

void define_vouch(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.argument("DID", *did, "who is new")
      .footer(
          "Locks a deposit of the acting DID, a member's or the operator's. It burns if the members find "
          "that\n"
          "the other is one of many DIDs of one person.");
  command.runs([did, &session] {
    const auto reply =
        write(session, "/economics/mana/vouches", "economics.vouch", "from", Json::object({{"to", *did}}));
    if (!reply) return;
    show_fields(session, *reply,
                {{"vouched for", "to", Kind::kId},
                 {"stage", "stage"},
                 {"deposit", "deposit"},
                 {"free at", "free_at", Kind::kTime},
                 {"block", "height"}});
  });
}

void define_declare(Command command, Session& session) {
  struct Options {
    std::uint64_t cpu_cores = 0, memory_mb = 0, storage_gb = 0, bandwidth_mbps = 0, gpu = 0;
  };
  auto options = std::make_shared<Options>();
  command.option("--cores", options->cpu_cores, "processor cores")
      .option("--memory-mb", options->memory_mb, "memory, MiB")
      .option("--storage-gb", options->storage_gb, "storage, GB")
      .option("--bandwidth-mbps", options->bandwidth_mbps, "Mbit/s")
      .option("--gpu", options->gpu, "GPUs")
      .footer("What counts of it is what accepted receipts bear out. Nothing at all takes it back.");
  command.runs([options, &session] {
    Json figures = Json::object({{"cpu_cores", options->cpu_cores},
                                 {"memory_mb", options->memory_mb},
                                 {"storage_gb", options->storage_gb},
                                 {"bandwidth_mbps", options->bandwidth_mbps},
                                 {"gpu", options->gpu}});
    Json body = session.key_file.empty() ? Json::object({{"figures", figures}}) : figures;
    const auto reply =
        write(session, "/economics/mana/capacity", "economics.declare_capacity", "did", std::move(body));
    if (reply) show_all(session, *reply);
  });
}

void define_capacity(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.optional_argument("DID", *did, "whose machines; those of --as when absent");
  command.runs([did, &session] {
    const auto who = did_or_own(session, *did);
    if (!who) return;
    const auto reply = get(session, target("/economics/mana/capacity", {{"did", who}}));
    if (reply) show_all(session, *reply);
  });
}

const std::vector<View> kPenaltyViews{{"AT", "at", Kind::kTime},
                                      {"PROPOSAL", "proposal_id", Kind::kId},
                                      {"FOR", "offence"},
                                      {"AMOUNT", "amount", Kind::kNumber},
                                      {"STATE", "state"},
                                      {"ENDS", "ends_at", Kind::kTime},
                                      {"EVIDENCE", "evidence_cid", Kind::kId}};

void define_penalties(Command command, Session& session) {
  struct Options {
    std::string did;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("DID", options->did, "whose account; that of --as when absent")
      .page(options->page, "by proposal");
  command.runs([options, &session] {
    const auto who = did_or_own(session, options->did);
    if (!who) return;
    const auto reply = get(session, target("/economics/mana/penalties", {{"did", who}}, options->page));
    if (reply) show_table(session, *reply, kPenaltyViews, "no penalties");
  });
}

void define_contest(Command command, Session& session) {
  struct Options {
    std::string proposal, reason;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->proposal, "that decided the penalty")
      .argument("REASON", options->reason, "why it is wrong; everybody reads it");
  command.runs([options, &session] {
    Json body = Json::object({{"proposal_id", options->proposal}, {"reason", options->reason}});
    if (!session.key_file.empty()) {
      const auto cid = store_reason(session, options->reason);
      if (!cid) return;
      body = Json::object({{"proposal_id", options->proposal}, {"reason_cid", *cid}});
    }
    const auto reply = write(session, "/economics/mana/penalties/contest", "economics.contest_penalty", "did",
                             std::move(body));
    if (reply) show_all(session, *reply);
  });
}

}  // namespace

void define_mana(Command command, Session& session) {
  define_balance(command.add("balance", "what an account holds now"), session);
  define_transfer(command.add("transfer", "pay mana to another account"), session);
  define_history(command.add("history", "an account's entries, newest first"), session);
  define_explain(command.add("explain", "why an account regenerates and holds what it does"), session);
  define_supply(command.add("supply", "all mana, and whether it adds up"), session);
  define_grant(command.add("grant", "verify a person's account and pay its start grant (operator)"), session);
  define_vouch(command.add("vouch", "answer with a deposit for somebody new, who becomes verified"), session);
  define_declare(command.add("declare", "say what one's machines offer the network's jobs"), session);
  define_capacity(command.add("capacity", "what somebody's machines offer, and what counts of it"), session);
  define_penalties(command.add("penalties", "what members have taken of an account for offences"), session);
  define_contest(command.add("contest", "contest a penalty of one's own"), session);
}

}  // namespace icn::cli
