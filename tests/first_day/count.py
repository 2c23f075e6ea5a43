"""count.py FOLDER: counts the votes of a first day again, from their bundles, without anything of icn.

The budget by consent and the board by single transferable vote (Scottish rules: Droop quota, weighted inclusive Gregory, values
cut off after five decimals; The Scottish Local Government Elections Order 2007, schedule 1, rules 45 to 52), each from the ballots
whose signatures hold. The last line is `N passed, M failed`.
"""

import hashlib
import json
import pathlib
import sys
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import icn_node  # base58 alone is used

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

counts = [0, 0]


def check(name, found, wanted=True):
    counts[found != wanted] += 1
    if found != wanted:
        print(f"FAILED {name}: {found!r}, wanted {wanted!r}")


def key_of(multikey):
    number = 0
    for letter in multikey[1:]:
        number = number * 58 + icn_node.BASE58.index(letter)
    raw = number.to_bytes(34, "big")
    assert multikey[0] == "z" and raw[:2] == b"\xed\x01", multikey
    return raw[2:]


def signed_bytes(transaction):
    body = {name: value for name, value in transaction.items() if name != "signature"}
    return b"icn:tx:v1\0" + json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def merkle_root(leaves):
    """RFC 6962, 2.1: the recursive definition."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + merkle_root(leaves[:split]) + merkle_root(leaves[split:])).digest()


def ballots_of(bundle, name):
    """The last ballot of each voter; checks every signature and that the tree of the statement holds these and no others."""
    leaves, last = [], {}
    for entry in bundle["ballots"]:
        transaction, key = entry["transaction"], key_of(entry["public_key"])
        message = signed_bytes(transaction)
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(transaction["signature"]), message)
            is_signed = True
        except InvalidSignature:
            is_signed = False
        check(f"{name}: signature of ballot {entry['sequence']}", is_signed)
        digest = hashlib.sha256(message).digest()
        leaves.append(hashlib.sha256(b"icn:ballot-leaf:v1\0" + digest + key + entry["accepted_at"].to_bytes(8, "big")).digest())
        last[transaction["sender"]] = transaction["body"]
    check(f"{name}: five ballots", len(leaves), 5)
    check(f"{name}: of five members", len(last), 5)
    check(f"{name}: the tree", merkle_root(leaves).hex(), bundle["statement"]["ballots"]["root"])
    eligible = {member["did"] for member in bundle["eligible"]}
    check(f"{name}: who may vote", eligible, set(last))
    return list(last.values())


def cut(value):
    return Fraction(int(value * 100_000), 100_000)


def transferable_vote(ballots, options, seats):
    """Elected, in order. Small on purpose: no ties are expected, and one is refused."""
    quota = len(ballots) // (seats + 1) + 1
    papers = [(list(ballot), Fraction(1)) for ballot in ballots]
    standing, elected, passed_on = set(options), [], set()

    def first(ranking):
        return next((option for option in ranking if option in standing), None)

    held = {option: [] for option in options}
    for ranking, value in papers:
        held[first(ranking)].append((ranking, value))
    total = {option: sum((value for _, value in held[option]), Fraction(0)) for option in options}
    while len(elected) < seats:
        over = sorted((o for o in standing if total[o] >= quota), key=lambda o: -total[o])
        elected += over
        standing -= set(over)
        if len(elected) + len(standing) <= seats:
            return elected + sorted(standing, key=lambda o: -total[o])
        waiting = [o for o in elected if o not in passed_on and total[o] > quota]
        if waiting:
            source = max(waiting, key=lambda o: total[o])
            passed_on.add(source)
            surplus = total[source] - quota
            moved = [(ranking, cut(value * surplus / total[source])) for ranking, value in held[source]]
        else:
            lowest = min(total[o] for o in standing)
            out = [o for o in standing if total[o] == lowest]
            assert len(out) == 1, f"a tie between {out}"
            source = out[0]
            standing.discard(source)
            moved = held[source]
        for ranking, value in moved:
            target = first(ranking)
            if target is not None:
                held[target].append((ranking, value))
                total[target] += value
    return elected


def main(folder):
    budget = json.loads((folder / "budget.json").read_text())
    said = ballots_of(budget, "budget")
    objections = sum(each.get("position") == "objection" for each in said)
    # 25 % of the five must speak, and nobody may object.
    check("budget: the result", budget["statement"]["passed"], 4 * len(said) >= 5 and objections == 0)
    check("budget: all spoke", sorted(each["position"] for each in said),
          ["concern", "neutral", "strong_support", "support", "support"])

    board = json.loads((folder / "board.json").read_text())
    rankings = [each["ranking"] for each in ballots_of(board, "board")]
    election = board["statement"]["election"]
    winners = transferable_vote(rankings, election["options"], 3)
    check("board: the result", sorted(board["statement"]["outcome"]["winners"]), sorted(winners))
    # By hand: quota 2; Ada has 3 and passes on 1, a third of each paper: Dee 1.33333, Cyd 1, Ben 0.66666, who is out; the one of
    # his papers that goes on makes Dee 1.66666, and Dee and Cyd are as many as the seats left.
    check("board: by hand", sorted(winners), ["ada", "cyd", "dee"])
    print(f"{counts[0]} passed, {counts[1]} failed")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
