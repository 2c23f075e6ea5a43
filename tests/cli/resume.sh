# Sourced by run.sh: a job that saves what it has done, ends too early and is resumed.
# It adds up 1 to 100, saves its state after each, and logs where it began. $alice and $carol ($work/carol.key) have mana.
check 'a job that saves its state' 0 'made' "$icn" job new "$work/adds"
cat >"$work/adds/job.c" <<'C'
#include <stdio.h>

#include "icn.h"

struct state {
  uint64_t next, sum;
};

int main(void) {
  struct state state;
  if (icn_load_checkpoint(&state, sizeof state) != sizeof state) state = (struct state){1, 0};
  char text[32];
  snprintf(text, sizeof text, "begins at %d", (int)state.next);
  icn_log_text(ICN_INFO, text);
  while (state.next <= 100) {
    for (volatile uint32_t i = 0; i < 100000; ++i) {}
    state.sum += state.next++;
    icn_save_checkpoint(&state, sizeof state);
  }
  printf("%d\n", (int)state.sum);
  return 0;
}
C
check 'it compiles' 0 '' make -s -C "$work/adds"
adds=$work/adds/adds.wasm
check 'it runs through' 0 '"result": ?"5050' "$icn" job run --local "$adds" --fuel 1000000000 --json
whole=$(field fuel_used)
# begun_at JOB: where its run began.
begun_at() { "$icn" job logs "$1" "${@:2}" | sed -nE 's/.*begins at ([0-9]+).*/\1/p'; }
went_on() {
  local at
  at=$(begun_at "$@")
  echo "began at ${at:-nothing}"
  ((at > 10 && at < 100))
}
resume=("$icn" job resume)

# The deadline is over before the last of these: see there.
deadline=$(($(date +%s) + 10))
check 'too little fuel' 3 'resources|used up|fuel' "$icn" job submit "$adds" --fuel $((whole * 6 / 10)) --deadline $deadline --wait --as "$alice" --json
cut_off=$(field job.job_id)
check 'it has failed' 0 '"failed"' "$icn" job show "$cut_off" --json
price=$(field job.max_price)
ICN_DATA_PATH=$work/none check 'resumed by nobody' 4 'only the submitter' "${resume[@]}" "$cut_off"
one_line 'resumed by nobody'
check 'resumed for a price that is none' 2 '--max-price much' "${resume[@]}" "$cut_off" --max-price much
one_line 'resumed for a price that is none'
check 'resumed with a deadline that is none' 2 '--deadline soon' "${resume[@]}" "$cut_off" --deadline soon
check 'resumed from a state there is not' 4 'no_checkpoint' "${resume[@]}" "$cut_off" \
  --checkpoint bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy
check 'resumed' 0 '^5050$' "${resume[@]}" "$cut_off" --deadline +600 --wait
check 'resumed, to a file' 0 '"completed"' "${resume[@]}" "$cut_off" --deadline +600 --time 20 --max-price "$price" --wait --json
resumed=$(field job.job_id)
cp "$work/out" "$work/resumed.json"
check 'with the terms that were given' 0 true \
  jq ".job.max_price == $price and .spec.max_execution_secs == 20 and .spec.resume_from != null" "$work/resumed.json"
check 'it went on, and did not begin anew' 0 '' went_on "$resumed"
check 'its result is that of a whole run' 0 '^5050$' "$icn" job result "$resumed"
check 'its receipt holds' 0 'the receipt holds' "$icn" job verify "$resumed"
check 'a completed one is not resumed' 4 'job_ended' "${resume[@]}" "$resumed"
one_line 'a completed one is not resumed'

# Over HTTP, from the state that its progress names.
over_http() {
  curl -s -X POST -H "x-api-key: $(cat "$work/data/operator-api-key")" -H 'content-type: application/json' -d "$2" "$ICN_URL/mesh/jobs/$1"
}
state=$(curl -s "$ICN_URL/mesh/jobs/$cut_off/progress" | jq -r '.checkpoints[0]')
check 'resumed over HTTP' 0 '"text": ?"5050' over_http "$cut_off/resume?wait=20" "{\"checkpoint_id\": \"$state\", \"deadline\": $(($(date +%s) + 600))}"
check 'resumed from the state that is named' 0 '^5050$' "${resume[@]}" "$cut_off" --checkpoint "$state" --deadline +600 --wait

# Signed here: the node makes no spec for it.
own=(--as "$carol" --key "$work/carol.key")
check 'too little fuel, signed here' 3 '' "$icn" job submit "$adds" --fuel $((whole * 6 / 10)) --wait --json "${own[@]}"
cut_off_here=$(field job.job_id)
ICN_DATA_PATH=$work/none check 'resumed, signed here' 0 '"completed"' "${resume[@]}" "$cut_off_here" --wait --json "${own[@]}"
check 'it went on, too' 0 '' went_on "$(field job.job_id)" "${own[@]}"
check 'for a price that is none, signed here' 2 '--max-price' "${resume[@]}" "$cut_off_here" --max-price much "${own[@]}"

# Nothing was saved: the echo of an entry that is not there.
check 'a job that saves nothing' 3 '' "$icn" job submit "$adds" --function nothing --wait --as "$alice" --json
check 'has nothing to resume' 4 'no_checkpoint' "${resume[@]}" "$(field job.job_id)"

while (($(date +%s) <= deadline)); do sleep 0.5; done
check 'resumed by a deadline that has passed' 4 'J010' "${resume[@]}" "$cut_off" --wait
check 'resumed with a later one' 0 '^5050$' "${resume[@]}" "$cut_off" --deadline +600 --wait
