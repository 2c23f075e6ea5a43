"""An idle federation: the app hash stands still, CometBFT makes its empty block every 10 s, we make none."""

import sys
import time

from world import Checks, Federation, headers, say

WATCH_SECS = 60


def main():
    checks = Checks()
    with Federation() as federation:
        federation.wait_for_equal_heights()
        before = [headers(node) for node in federation.nodes]
        time.sleep(WATCH_SECS)
        after = [headers(node) for node in federation.nodes]
        say(f"   {WATCH_SECS} s: heights {federation.heights()}")
        checks.equal("no block of ours, no new app hash", after, before)
        federation.nodes[0].stop()
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
