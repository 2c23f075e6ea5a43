"""Lies in a node's name: the key it keeps (docs/formats/key-store.md) and receipts signed with it (docs/formats/job.md). Needs libsodium."""

import base64
import ctypes
import ctypes.util
import hashlib
import json

from checkpoints import cbor
from world import icn_node

ARGON2ID13 = 2
LINKS = ("manifest_cid", "result_cid", "logs_cid", "module_cid", "reads_cid", "effects_cid")
sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")


def opened(key, sealed, associated):
    """What XChaCha20-Poly1305 has sealed: 01, a nonce of 24 bytes, and the text with its tag."""
    assert sealed[0] == 1
    nonce, body = sealed[1:25], sealed[25:]
    out = ctypes.create_string_buffer(len(body) - 16)
    failed = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, None, None, body, ctypes.c_ulonglong(len(body)), associated, ctypes.c_ulonglong(len(associated)), nonce, key)
    assert not failed, associated
    return out.raw


def node_signer(node, did):
    """A member that signs with the key a development node keeps for `did`, its own did:key."""
    file = json.loads((node.data / "keys.json").read_text())
    passphrase = (node.data / "passphrase").read_bytes().strip()
    salt, operations, memory = bytes.fromhex(file["salt"]), file["kdf_operations"], file["kdf_memory_bytes"]
    outer, sealing = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    failed = sodium.crypto_pwhash(outer, ctypes.c_ulonglong(32), passphrase, ctypes.c_ulonglong(len(passphrase)), salt,
                                  ctypes.c_ulonglong(operations), ctypes.c_size_t(memory), ARGON2ID13)
    assert not failed
    cost = operations.to_bytes(8, "big") + memory.to_bytes(8, "big")
    master = opened(outer.raw, bytes.fromhex(file["master"]), b"icn:key-store:v1:master" + cost + salt)
    purpose = b"icn:key-store:v1:seal"
    sodium.crypto_generichash(sealing, ctypes.c_size_t(32), purpose, ctypes.c_ulonglong(len(purpose)), master, ctypes.c_size_t(32))
    for name, sealed in file["keys"].items():
        key = icn_node.Key(opened(sealing.raw, bytes.fromhex(sealed), b"icn:key-store:v1:key:" + name.encode()))
        if did == "did:key:" + key.multibase:
            signer = icn_node.Member("a node", did, f"{did}#{key.multibase}")
            signer.key = key
            return signer
    raise RuntimeError(f"{node.data}/keys.json holds no key of {did}")


def sha(*parts):
    return hashlib.sha256(b"".join(each if isinstance(each, bytes) else each.encode() for each in parts)).digest()


def link(cid):
    """A CID in DAG-CBOR: tag 42."""
    text = cid[1:].upper()
    return b"\xd8\x2a" + cbor(b"\0" + base64.b32decode(text + "=" * (-len(text) % 8)))


class Receipt(dict):
    """A receipt as JSON has it."""

    def block(self):
        """Its DAG-CBOR: CIDs as links, the signature as bytes."""
        parts = {name: link(value) if name in LINKS else cbor(value) for name, value in self.items()}
        parts["input_cids"] = bytes([0x80 | len(self["input_cids"])]) + b"".join(map(link, self["input_cids"]))
        parts["signature"] = cbor(bytes.fromhex(self["signature"]))
        names = sorted(parts, key=lambda name: (len(name), name))
        head = cbor(dict.fromkeys(names, 0))[:1 if len(names) < 24 else 2]
        return head + b"".join(cbor(name) + parts[name] for name in names)

    def cid(self):
        return "b" + base64.b32encode(b"\x01\x71\x12\x20" + sha(self.block())).decode().lower().rstrip("=")

    def signed(self, signer):
        unsigned = {name: value for name, value in self.items() if name != "signature"}
        message = "icn:receipt:v1\0" + icn_node.canonical_json(unsigned)
        return Receipt(unsigned, signature=signer.key.sign(message.encode()).hex())

    def claim(self, signer):
        """What the ledger settles by, signed by the executor."""
        claim = {"receipt_cid": self.cid(), "executor": signer.did, "key": signer.key_id,
                 **{name: self[name] for name in ("job_id", "attempt", "end", "fuel_used", "result_cid")}}
        message = "icn:receipt-claim:v1\0" + icn_node.canonical_json(claim)
        return {**claim, "signature": signer.key.sign(message.encode()).hex()}
