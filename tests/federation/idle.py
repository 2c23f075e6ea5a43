"""An idle federation: the app hash stands still, CometBFT makes an empty block each 10 s, and none of them is ours. It is
watched for 60 s; `idle.py short`: for 21 s.
"""

import sys
import time

from world import Checks, Federation, engine_status, headers, say

IS_SHORT = "short" in sys.argv[1:]
WATCH_SECS = 21 if IS_SHORT else 60
INTERVAL_SECS = 10  # create_empty_blocks_interval, as the node sets it


def main():
    checks = Checks()
    with Federation() as federation:
        federation.wait_for_equal_heights()
        time.sleep(INTERVAL_SECS if IS_SHORT else 2 * INTERVAL_SECS)  # what the start has left to do is done
        before, engines = [headers(node) for node in federation.nodes], [engine_status(node) for node in federation.nodes]
        time.sleep(WATCH_SECS)
        after, later = [headers(node) for node in federation.nodes], [engine_status(node) for node in federation.nodes]
        counts = [int(each["latest_block_height"]) - int(first["latest_block_height"]) for first, each in zip(engines, later)]
        say(f"   {WATCH_SECS} s: {counts} blocks of the engines, our heights {federation.heights()}")
        checks.equal("no block of ours", after, before)
        hashes = {each["latest_app_hash"] for each in engines + later}
        checks.equal("one app hash all the time", len(hashes), 1)
        wanted = WATCH_SECS // INTERVAL_SECS
        checks.check("the engines make a block each interval, and no more", all(max(1, wanted - 2) <= each <= wanted + 1 for each in counts), counts)
        checks.check("nobody takes that for a want of quorum", not any("x-stale" in node.get("/system/status").headers for node in federation.nodes))
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
