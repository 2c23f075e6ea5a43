"""forge.py BUNDLE: prints a bundle that was made up as a whole, with nothing of icn: ada's and ben's names change places on every
ballot, each ballot is signed by a key of the forger's, and a node of the forger's vouches for it.
"""

import hashlib
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import count

SWAPPED = {"ada": "ben", "ben": "ada"}


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def multikey(key):
    number, text = int.from_bytes(b"\xed\x01" + raw(key), "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = count.icn_node.BASE58[rest] + text
    return "z" + text


def swapped(value):
    if isinstance(value, dict):
        return {SWAPPED.get(name, name): swapped(each) for name, each in value.items()}
    if isinstance(value, list):
        return [swapped(each) for each in value]
    return SWAPPED.get(value, value) if isinstance(value, str) else value


def main(path):
    with open(path, encoding="utf-8") as file:
        bundle = json.load(file)
    leaves = []
    for entry in bundle["ballots"]:
        transaction, key = entry["transaction"], Ed25519PrivateKey.generate()
        transaction["body"]["ranking"] = swapped(transaction["body"]["ranking"])
        message = count.signed_bytes(transaction)
        transaction["signature"] = key.sign(message).hex()
        entry["public_key"] = multikey(key)
        leaf = b"icn:ballot-leaf:v1\0" + hashlib.sha256(message).digest() + raw(key) + entry["accepted_at"].to_bytes(8, "big")
        leaves.append(hashlib.sha256(leaf).digest())
    bundle["leaves"] = [leaf.hex() for leaf in leaves]
    statement = bundle["statement"]
    statement["ballots"]["root"] = count.merkle_root(leaves).hex()
    statement["outcome"] = swapped(statement["outcome"])
    node = Ed25519PrivateKey.generate()
    bundle["node_did"] = "did:key:" + multikey(node)
    text = json.dumps(statement, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    bundle["node_signature"] = node.sign(b"icn:audit:v1\0" + text.encode()).hex()
    print(json.dumps(bundle))


main(sys.argv[1])
