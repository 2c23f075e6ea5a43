"""A validator restored from a backup follows as a full node, and signs again once it has caught up and its operator says
so: what it signed after the backup is known to nobody here."""

import hashlib
import json
import shutil
import sys

from one_ledger import transfer
from world import Checks, Federation, ask_engine, engine_status, free_ports, icn_node, is_ready, say


def address_of(info):
    """Of a validator, as CometBFT names it in a commit."""
    return hashlib.sha256(bytes.fromhex(info["public_key"])).hexdigest()[:40].upper()


def signers(node, height):
    """Who signed the block at this height of the engine, as the block after it says."""
    commit = ask_engine(node, f"/block?height={height + 1}")["block"]["last_commit"]
    return {each["validator_address"] for each in commit["signatures"] if each["block_id_flag"] == 2}


def engine_height(node):
    return int(engine_status(node)["latest_block_height"])


def last_signed(node):
    return json.loads((node.data / "validator-signed.json").read_text())["height"]


def icn(node, *arguments):
    return node.run("--url", node.url, "--data", node.data, *arguments)


def restore(node, backups, *options):
    return node.run("--data", node.data, "storage", "restore", backups, *options)


def lose(checks, federation, node, alice, bob):
    """The node's machine is lost; there is a backup, and the others have gone on since."""
    backups = node.folder / "backups"
    made = icn(node, "storage", "backup", backups)
    checks.equal("a backup", made.returncode, 0)
    height = engine_height(node)
    for _ in range(3):
        checks.equal("a transfer after it", transfer(federation.nodes[0], alice, bob, 1).status, 200)
    federation.wait_until("it signs what came after the backup", lambda: last_signed(node) > height)
    first, own = federation.nodes[0], address_of(federation.infos[3])
    federation.wait_until("which is told", lambda: any(own in signers(first, each) for each in range(height, engine_height(first))))
    node.kill()
    passphrase = (node.data / "passphrase").read_bytes()
    shutil.rmtree(node.data)
    node.data.mkdir()
    (node.data / "passphrase").write_bytes(passphrase)
    return backups


def come_back(checks, federation, node, backups, alice, bob):
    """Restored it follows, and signs nothing."""
    refused = restore(node, backups)
    lines = [line for line in refused.stderr.splitlines() if line]
    checks.check("with its ledger it is refused in one line", refused.returncode != 0 and len(lines) == 1 and "--without-ledger" in lines[0], refused)
    checks.equal("and nothing is left", sorted(each.name for each in node.data.iterdir()), ["passphrase"])
    done = restore(node, backups, "--without-ledger")
    checks.check("without it it is restored", done.returncode == 0 and "confirm-validator" in done.stderr, done)
    first, usual = federation.nodes[0], dict(node.settings)
    port, nobody = free_ports(2)  # where the others do not dial it
    node.settings.update({"consensus.listen": f"127.0.0.1:{port}", "consensus.peers": f"{'ab' * 20}@127.0.0.1:{nobody}"})
    node.start()
    federation.wait_until("its engine answers", lambda: node.get("/federation/status").json().get("lag") is not None)
    early = icn(node, "federation", "confirm-validator")
    checks.check("before it has caught up it cannot be confirmed", early.returncode != 0 and "again" in early.stderr, early)
    node.stop()
    node.settings = usual
    node.start()
    federation.wait_for_equal_heights()
    federation.wait_until("it is ready", lambda: is_ready(node))
    status = node.get("/federation/status").json()
    checks.equal("its status says so", status.get("awaits_confirmation"), True)
    checks.check("so does its log", "confirm-validator" in node.log(200), node.log(200))
    begun = engine_height(first)
    for _ in range(6):
        checks.equal("the others go on", transfer(first, alice, bob, 1).status, 200)
    federation.wait_for_equal_heights()
    ended = engine_height(first)
    signed = [height for height in range(begun + 1, ended) if address_of(federation.infos[3]) in signers(first, height)]
    checks.check("there were blocks to sign", ended - begun > 3, (begun, ended))
    checks.equal("it signed none of them", signed, [])
    checks.equal("and keeps no record", (node.data / "validator-signed.json").exists(), False)


def confirm(checks, federation, node, alice, bob):
    """Confirmed and restarted it signs, but nothing that was decided before."""
    first = federation.nodes[0]
    other = icn(first, "federation", "confirm-validator")
    checks.check("only a restored one is confirmed", other.returncode != 0 and "validator_not_waiting" in other.stderr, other)
    done = icn(node, "--json", "federation", "confirm-validator")
    checks.equal("it is confirmed", done.returncode, 0)
    floor = json.loads(done.stdout)["height"]
    checks.check("from the newest block on", 0 < floor <= engine_height(first), (floor, engine_height(first)))
    node.stop()
    node.start()
    federation.wait_until("it is ready", lambda: is_ready(node))
    checks.equal("it waits for nothing more", "awaits_confirmation" in node.get("/federation/status").json(), False)
    begun = engine_height(first)

    def signs():
        transfer(first, alice, bob, 1)
        return any(address_of(federation.infos[3]) in signers(first, each) for each in range(begun + 1, engine_height(first)))
    federation.wait_until("it signs again", signs)
    checks.check("later blocks only", last_signed(node) > floor, floor)
    federation.wait_for_equal_heights()


def run():
    checks = Checks()
    with Federation() as federation:
        alice, bob = icn_node.Member("alice"), icn_node.Member("bob")
        federation.nodes[0].grant(alice)
        node = federation.nodes[3]
        say(lose.__doc__)
        backups = lose(checks, federation, node, alice, bob)
        say(come_back.__doc__)
        come_back(checks, federation, node, backups, alice, bob)
        say(confirm.__doc__)
        confirm(checks, federation, node, alice, bob)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(run())
