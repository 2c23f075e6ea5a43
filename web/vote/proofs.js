"use strict";
// What is signed and checked in this browser: keys, transactions (docs/formats/transaction.md), receipts (docs/formats/audit.md).

const hex = bytes => [...new Uint8Array(bytes)].map(each => each.toString(16).padStart(2, "0")).join("");
const unhex = text => Uint8Array.from(text.match(/../g) || [], pair => parseInt(pair, 16));
const utf8 = text => new TextEncoder().encode(text);
const joined = parts => {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
};
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));
const domain = name => utf8(name + "\0");

// RFC 8785. What is signed here holds whole numbers alone, which JSON.stringify writes as it demands.
const canonical = value => {
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return "{" + Object.keys(value).sort().map(name => JSON.stringify(name) + ":" + canonical(value[name])).join(",") + "}";
};
const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
// The 32 bytes of "z6Mk...": base58btc of ed 01 and the key.
const publicBytes = multikey => {
  let number = 0n;
  for (const letter of multikey.slice(1)) {
    const digit = base58.indexOf(letter);
    if (digit < 0) throw new Error("no key: " + multikey);
    number = number * 58n + BigInt(digit);
  }
  const bytes = unhex(number.toString(16).padStart(68, "0"));
  if (multikey[0] !== "z" || bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) throw new Error("no Ed25519 key: " + multikey);
  return bytes.slice(2);
};
const verifies = async (bytes, signature, message) => {
  const key = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, message);
};

// A key file as `icn did key new --no-passphrase` writes it -> {multikey, sign}. The seed is not kept; what is kept cannot be read out.
const openKeyFile = async text => {
  let file = null;
  try { file = JSON.parse(text); } catch { throw new Error("this is no key file"); }
  if (file.icn_key !== 1) {
    throw new Error("this key file is protected by a passphrase, which this page cannot open: use `icn vote`, or a copy that `icn did key copy FILE NEW --no-passphrase` makes");
  }
  const seed = unhex(String(file.seed));
  if (seed.length !== 32) throw new Error("the key file holds no key");
  const pkcs8 = joined([unhex("302e020100300506032b657004220420"), seed]);
  const secret = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  const multikey = String(file.did).replace("did:key:", "");
  const sign = async message => new Uint8Array(await crypto.subtle.sign("Ed25519", secret, message));
  // The file says which key it is: that it is the one which signs is tried before anything is signed with it.
  const probe = crypto.getRandomValues(new Uint8Array(32));
  if (!await verifies(publicBytes(multikey), await sign(probe), probe)) throw new Error("the key file names another key than it holds");
  seed.fill(0);
  pkcs8.fill(0);
  return { multikey, sign };
};

const transactionBytes = transaction => joined([domain("icn:tx:v1"), utf8(canonical(without(transaction, "signature")))]);
const signedTransaction = async (member, network, type, body) => {
  const transaction = {
    network, sender: member.did, key: member.keyId, nonce: hex(crypto.getRandomValues(new Uint8Array(16))), type, body,
    expires: Math.floor(Date.now() / 1000) + 120,
  };
  return { ...transaction, signature: hex(await member.sign(transactionBytes(transaction))) };
};
const sessionBytes = (audience, challenge, key) => joined([domain("icn:session:v1"), utf8(canonical({ audience, challenge, key }))]);

const u64 = number => {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(number));
  return out;
};
// The leaf of a ballot: what its voter signed, with which key, and when it was taken.
const ballotLeaf = async (transaction, key, acceptedAt) =>
  sha256(domain("icn:ballot-leaf:v1"), await sha256(transactionBytes(transaction)), key, u64(acceptedAt));

// The root that a path leads to, RFC 9162 2.1.3.2; null: no such path has that length.
const rootByPath = async (leaf, index, count, path) => {
  if (index >= count) return null;
  let at = BigInt(index), last = BigInt(count) - 1n;
  let node = await sha256(Uint8Array.of(0), leaf);
  for (const sibling of path) {
    if (last === 0n) return null;
    if (at % 2n === 1n || at === last) {
      node = await sha256(Uint8Array.of(1), sibling, node);
      while (at % 2n === 0n && at !== 0n) { at /= 2n; last /= 2n; }
    } else {
      node = await sha256(Uint8Array.of(1), node, sibling);
    }
    at /= 2n;
    last /= 2n;
  }
  return last === 0n ? node : null;
};

// What a receipt proves -> [{what, ok}]. `transaction`: of the ledger, or what was signed here; `root`: of the audit, once there is one.
const receiptChecks = async (receipt, transaction, key, root) => {
  const said = joined([domain("icn:ballot-receipt:v1"), utf8(canonical(without(receipt, "node_signature", "inclusion")))]);
  const nodeKey = receipt.node_did.startsWith("did:key:") ? publicBytes(receipt.node_did.slice(8)) : null;
  const checks = [{ what: "the node signed this receipt", ok: nodeKey !== null && await verifies(nodeKey, unhex(receipt.node_signature), said) }];
  checks.push({ what: "your key signed the ballot it stands for",
    ok: await verifies(key, unhex(transaction.signature), transactionBytes(transaction)) &&
      hex(await ballotLeaf(transaction, key, receipt.accepted_at)) === receipt.leaf_hash });
  if (!receipt.inclusion) return checks;
  const { count, path, root: named } = receipt.inclusion;
  const found = await rootByPath(unhex(receipt.leaf_hash), receipt.sequence - 1, count, path.map(unhex));
  checks.push({ what: `it is ballot ${receipt.sequence} of the ${count} in the tree`, ok: found !== null && hex(found) === named });
  if (root !== null) checks.push({ what: "the result was counted from that tree", ok: root === named });
  return checks;
};
