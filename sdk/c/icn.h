// Host functions of an ICN node for jobs written in C or C++. Header only.
//   clang --target=wasm32-wasi -O2 -I sdk/c job.c -o job.wasm
// A job reads its first input from standard input and writes its result to standard output; it may use
// nothing of this header at all. Further inputs are read-only files in "/".
//
// Conventions
//   - Text and bytes go in as (pointer, length); they need no zero at the end.
//   - Out-functions take (pointer, capacity) and answer the needed length. Nothing is written when that
//     is more than the capacity: ask again with a larger buffer (icn_input_alloc() shows how).
//   - Answers below zero are the errors of enum icn_error. Each call costs 1,000 fuel and 1 for each byte.
//   - Time and randomness are the job's own: the same job has the same result on every node.
//   - What acts on the ledger (mana, child jobs, proposals) needs a grant in the job's spec, and happens
//     when its submitter confirms the run: all of it or none. A node that ran the job itself and keeps the
//     submitter's key confirms by itself.
//   - Work of executors, proofs and the state of contracts (get_pending_jobs, anchor_receipt,
//     verify_zk_proof, generate_zk_proof, state_get, state_put, state_delete) link and are refused:
//     ICN_NOT_PERMITTED.
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

// `json` is any JSON value; it stands in the signed log as "event: NAME JSON". ICN_LIMIT after 100.
ICN_IMPORT(emit_event)
int32_t icn_emit_event(const char* name, uint32_t name_length, const char* json, uint32_t json_length);

// ---- State for a run that is begun again ------------------------------------------------------
// Saves up to 1 MiB in place of what was saved before, 1,000 times a run. A run that its node's end cuts off
// finds it (not with grants, reads or several executors), so does what `icn job resume` makes. 0, or ICN_LIMIT.
ICN_IMPORT(save_checkpoint) int32_t icn_save_checkpoint(const void* state, uint32_t length);

// What was saved last; ICN_NOT_FOUND when nothing was. The result must be the same with and without it.
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

// State of a proposal as JSON: {"proposal_id", "scope", "state", "voting_method", "revision", "result", ...}.
// An empty id asks for the scopes of the network and how many proposals each has open.
ICN_IMPORT(get_governance_state)
int32_t icn_get_governance_state(const char* id, uint32_t id_length, char* out, uint32_t capacity);

// Proposes something in the submitter's name, once a run: {"title", "description", "actions": [...], "scope",
// ...}, the members of "governance.propose". Grant "propose", and an allowance that covers the fee. 0.
ICN_IMPORT(create_proposal) int32_t icn_create_proposal(const char* json, uint32_t length);

// The submitter's ballot, once a run: "yes", "no", "abstain", "no_with_veto", or JSON as {"ranking": [...]}.
// Grant "vote:PROPOSAL". 0.
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

// Memory from malloc() for `needed` bytes and a zero; NULL when there is none, or `needed` is an error.
static inline void* icn_room_alloc(int32_t needed, uint32_t* length) {
  char* bytes = needed < 0 ? NULL : (char*)malloc((size_t)needed + 1);
  if (bytes == NULL) return NULL;
  bytes[needed] = 0;
  if (length != NULL) *length = (uint32_t)needed;
  return bytes;
}

// The whole of input `index`; NULL when there is no such input or no memory. `length` may be NULL.
static inline void* icn_input_alloc(int32_t index, uint32_t* length) {
  int32_t needed = icn_input(index, NULL, 0);
  void* bytes = icn_room_alloc(needed, length);
  if (bytes != NULL) icn_input(index, bytes, (uint32_t)needed);
  return bytes;
}

// The block `cid` likewise.
static inline void* icn_load_dag_block_alloc(const char* cid, uint32_t* length) {
  int32_t needed = icn_load_dag_block(cid, (uint32_t)strlen(cid), NULL, 0);
  void* bytes = icn_room_alloc(needed, length);
  if (bytes != NULL) icn_load_dag_block(cid, (uint32_t)strlen(cid), bytes, (uint32_t)needed);
  return bytes;
}

#ifdef __cplusplus
}
#endif

#endif  // ICN_H
