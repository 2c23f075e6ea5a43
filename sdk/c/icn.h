// Host functions of an ICN node for jobs written in C or C++. Header only.
//
//   clang --target=wasm32-wasi -O2 -I sdk/c job.c -o job.wasm
//
// A job reads its first input from standard input and writes its result to standard output; it may use
// nothing of this header at all. Further inputs are read-only files in "/".
//
// Conventions
//   - Text and bytes go in as (pointer, length); they need no zero at the end.
//   - Out-functions take (pointer, capacity) and answer the needed length. Nothing is written when that
//     is more than the capacity: ask again with a larger buffer (icn_input_alloc() shows how).
//   - Answers below zero are the errors of enum icn_error.
//   - Each call costs 1,000 fuel and 1 more for each byte it moves.
//   - Time and randomness are the job's own: the same job has the same result on every node.
//   - What acts on the ledger (icn_spend_mana, icn_transfer_mana, icn_submit_mesh_job, icn_create_proposal,
//     icn_cast_vote and those that advance a proposal) needs a grant in the job's spec, and happens when its
//     submitter confirms the run, not before: all of it or none. A node that runs the job itself and keeps the
//     submitter's key confirms by itself.
//   - What a node offers nobody (proofs) or not to jobs (work of executors, the state of contracts) is there and
//     answers ICN_NOT_PERMITTED; a line of the log says why.
#ifndef ICN_H
#define ICN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum icn_error {
  ICN_ARGUMENT = -1,       // a bad value, or a pointer outside this job's memory
  ICN_NOT_PERMITTED = -2,  // the submission grants no such capability
  ICN_NOT_FOUND = -3,
  ICN_BUFFER = -4,  // too little room for an answer that cannot be asked for twice
  ICN_MANA = -5,    // not enough mana
  ICN_LIMIT = -6,   // more than a job may do or say
  ICN_INTERNAL = -7,
};

enum icn_level { ICN_DEBUG = 0, ICN_INFO = 1, ICN_WARNING = 2, ICN_ERROR = 3 };

enum icn_codec { ICN_CODEC_RAW = 0x55, ICN_CODEC_DAG_CBOR = 0x71, ICN_CODEC_DAG_JSON = 0x0129 };

// Room for the text of a CID or a job id.
#define ICN_CID_CAPACITY 64

// Most bytes of one log line, progress text or event; most events of one run.
#define ICN_TEXT_MAX 65536
#define ICN_EVENTS_MAX 100

#define ICN_IMPORT(name) __attribute__((import_module("icn"), import_name(#name)))

// ---- Input and result -------------------------------------------------------------------------

// How many inputs the job has.
ICN_IMPORT(input_count) int32_t icn_input_count(void);

// Bytes of input `index`, 0 being the first. ICN_NOT_FOUND when there is none.
ICN_IMPORT(input) int32_t icn_input(int32_t index, void* out, uint32_t capacity);

// Argument `index`, without the program's name. ICN_NOT_FOUND when there is none.
ICN_IMPORT(arg) int32_t icn_arg(int32_t index, char* out, uint32_t capacity);

// The DID of who submitted the job.
ICN_IMPORT(caller) int32_t icn_caller(char* out, uint32_t capacity);

// Sets the result; it replaces an earlier one and standard output. 0, or ICN_LIMIT.
ICN_IMPORT(set_result) int32_t icn_set_result(const void* bytes, uint32_t length);

// ---- Saying something while running -----------------------------------------------------------

ICN_IMPORT(log) int32_t icn_log(int32_t level, const char* text, uint32_t length);

// `percent` is 0 to 100.
ICN_IMPORT(report_progress) int32_t icn_report_progress(int32_t percent, const char* text, uint32_t length);

// `json` is any JSON value. It stands in the log, which the receipt names and its executor signs, as a line
// "event: NAME JSON". ICN_LIMIT after 100.
ICN_IMPORT(emit_event)
int32_t icn_emit_event(const char* name, uint32_t name_length, const char* json, uint32_t json_length);

// ---- State for a run that is begun again ------------------------------------------------------

// Saves up to 1 MiB, in place of what was saved before; at most 1,000 times a run. A run that ends with its node
// is begun again when that is back, and finds what was saved last. A job that names grants or reads, and one that
// several executors run, finds only what the same run has saved. 0, or ICN_LIMIT.
ICN_IMPORT(save_checkpoint) int32_t icn_save_checkpoint(const void* state, uint32_t length);

// What was saved last; ICN_NOT_FOUND when nothing was. The result must be the same with and without it: who checks
// the receipt runs the job from its beginning.
ICN_IMPORT(load_checkpoint) int32_t icn_load_checkpoint(void* out, uint32_t capacity);

// ---- Time, randomness, hashes -----------------------------------------------------------------

// The job's start in Unix seconds; the same during the whole run.
ICN_IMPORT(now) int64_t icn_now(void);

// Fills `out` from the job's own stream, which its id decides; not for keys. Answers `length`.
ICN_IMPORT(random) int32_t icn_random(void* out, uint32_t length);

// SHA-256 of `bytes`; answers 32.
ICN_IMPORT(sha256) int32_t icn_sha256(const void* bytes, uint32_t length, uint8_t* out, uint32_t capacity);

// 1 when `signature` is one of `did` over `message`, else 0.
ICN_IMPORT(verify_signature)
int32_t icn_verify_signature(const char* did, uint32_t did_length, const void* message,
                             uint32_t message_length, const uint8_t* signature, uint32_t signature_length);

// ---- Content ----------------------------------------------------------------------------------

// Stores a block and answers its CID.
ICN_IMPORT(store_dag_block)
int32_t icn_store_dag_block(const void* bytes, uint32_t length, int32_t codec, char* out_cid,
                            uint32_t capacity);

// The bytes of the block `cid`, if the submitter may read it.
ICN_IMPORT(load_dag_block)
int32_t icn_load_dag_block(const char* cid, uint32_t cid_length, void* out, uint32_t capacity);

// ---- The ledger and the cooperative -----------------------------------------------------------

// Balance of a DID in thousandths of a mana.
ICN_IMPORT(get_mana_balance) int64_t icn_get_mana_balance(const char* did, uint32_t did_length);

// Burns thousandths of a mana of the submitter's account. Grant "spend", within the allowance's mana_max.
ICN_IMPORT(spend_mana) int32_t icn_spend_mana(int64_t amount_millimana);

// Pays them to `did` from the submitter's account. Grant "pay", to a recipient of the allowance.
ICN_IMPORT(transfer_mana)
int32_t icn_transfer_mana(const char* did, uint32_t did_length, int64_t amount_millimana);

// Submits a child job (its spec as JSON), paid from what this one may still cost; answers its id. Grant
// "submit_job"; at most 4 deep. The buffer must have ICN_CID_CAPACITY bytes, else ICN_BUFFER.
ICN_IMPORT(submit_mesh_job)
int32_t icn_submit_mesh_job(const char* json, uint32_t length, char* out_job_id, uint32_t capacity);

// State of a proposal as JSON: {"proposal_id", "scope", "state", "voting_method", "revision", "round",
// "content_cid", "eligible_count", "result", ...}. An empty id asks for the scopes of the network and how many
// proposals each has open.
ICN_IMPORT(get_governance_state)
int32_t icn_get_governance_state(const char* id, uint32_t id_length, char* out, uint32_t capacity);

// Proposes something in the submitter's name, once a run. Grant "propose", and an allowance that covers the fee.
// `json` is {"title", "description", "actions": [...], "scope", "duration_secs", ...}, the members of the
// transaction "governance.propose"; its text becomes a block of the run, public when the proposal is made. 0.
ICN_IMPORT(create_proposal) int32_t icn_create_proposal(const char* json, uint32_t length);

// The submitter's ballot on a proposal, once a run. Grant "vote:PROPOSAL". `ballot` is a choice ("yes", "no",
// "abstain", "no_with_veto") or the JSON of a ballot: {"ranking": [...]}, {"scores": {...}}, ... 0.
ICN_IMPORT(cast_vote)
int32_t icn_cast_vote(const char* id, uint32_t id_length, const char* ballot, uint32_t ballot_length);

// Make happen what is due of a proposal; the clock does the same a little later. Grant "advance:PROPOSAL". 0.
ICN_IMPORT(open_voting) int32_t icn_open_voting(const char* id, uint32_t id_length);
ICN_IMPORT(close_voting) int32_t icn_close_voting(const char* id, uint32_t id_length);
ICN_IMPORT(execute_proposal) int32_t icn_execute_proposal(const char* id, uint32_t id_length);

// The DID document as JSON.
ICN_IMPORT(did_resolve)
int32_t icn_did_resolve(const char* did, uint32_t did_length, char* out, uint32_t capacity);

// Reputation of a DID in thousandths.
ICN_IMPORT(get_reputation) int64_t icn_get_reputation(const char* did, uint32_t did_length);

// 1 when the credential (JSON, 64 KiB at most) holds now by what the ledger knows, else 0. Documents of DIDs
// outside the ledger and status lists of others are not fetched: such a credential does not hold.
ICN_IMPORT(verify_credential) int32_t icn_verify_credential(const char* json, uint32_t length);

// ---- Not for jobs: these answer ICN_NOT_PERMITTED ---------------------------------------------

// Of executors.
ICN_IMPORT(get_pending_jobs) int32_t icn_get_pending_jobs(char* out, uint32_t capacity);
ICN_IMPORT(anchor_receipt)
int32_t icn_anchor_receipt(const char* json, uint32_t length, char* out, uint32_t capacity);

// Where there is no backend for proofs, none is accepted.
ICN_IMPORT(verify_zk_proof) int32_t icn_verify_zk_proof(const char* json, uint32_t length);
ICN_IMPORT(generate_zk_proof)
int32_t icn_generate_zk_proof(const char* json, uint32_t length, char* out, uint32_t capacity);

// Of contracts.
ICN_IMPORT(state_get)
int32_t icn_state_get(const char* key, uint32_t key_length, void* out, uint32_t capacity);
ICN_IMPORT(state_put)
int32_t icn_state_put(const char* key, uint32_t key_length, const void* value, uint32_t value_length);
ICN_IMPORT(state_delete) int32_t icn_state_delete(const char* key, uint32_t key_length);

// ---- Helpers ----------------------------------------------------------------------------------

static inline void icn_log_text(enum icn_level level, const char* text) {
  icn_log((int32_t)level, text, (uint32_t)strlen(text));
}

static inline void icn_progress_text(int32_t percent, const char* text) {
  icn_report_progress(percent, text, (uint32_t)strlen(text));
}

static inline int32_t icn_set_result_text(const char* text) {
  return icn_set_result(text, (uint32_t)strlen(text));
}

static inline int64_t icn_mana_balance_of(const char* did) {
  return icn_get_mana_balance(did, (uint32_t)strlen(did));
}

// The whole of input `index` in memory from malloc(), with a zero after it; NULL when there is no such
// input or no memory. `length` may be NULL.
static inline void* icn_input_alloc(int32_t index, uint32_t* length) {
  int32_t needed = icn_input(index, NULL, 0);
  if (needed < 0) return NULL;
  char* bytes = (char*)malloc((size_t)needed + 1);
  if (bytes == NULL) return NULL;
  icn_input(index, bytes, (uint32_t)needed);
  bytes[needed] = 0;
  if (length != NULL) *length = (uint32_t)needed;
  return bytes;
}

// The block `cid` likewise.
static inline void* icn_load_dag_block_alloc(const char* cid, uint32_t* length) {
  uint32_t cid_length = (uint32_t)strlen(cid);
  int32_t needed = icn_load_dag_block(cid, cid_length, NULL, 0);
  if (needed < 0) return NULL;
  char* bytes = (char*)malloc((size_t)needed + 1);
  if (bytes == NULL) return NULL;
  icn_load_dag_block(cid, cid_length, bytes, (uint32_t)needed);
  bytes[needed] = 0;
  if (length != NULL) *length = (uint32_t)needed;
  return bytes;
}

#ifdef __cplusplus
}
#endif

#endif  // ICN_H
