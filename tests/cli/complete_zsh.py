"""complete_zsh.py ICN LINE: what an interactive zsh shows when the tabulator is pressed after LINE."""

import os
import pty
import re
import select
import sys
import time


def read_until(terminal, pattern, seconds):
    shown = ""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not re.search(pattern, shown):
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 65536).decode("utf-8", "replace")
    return shown


icn, line = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "xterm", "COLUMNS": "200", "LINES": "50"})
setup = f"PROMPT=; autoload -Uz compinit; compinit -D -u; source <({icn} completion zsh); print ready$((40 + 2))\n"
os.write(terminal, setup.encode())
read_until(terminal, "ready42", 20)
# The line editor takes the line once it has the terminal again.
time.sleep(0.3)
os.write(terminal, line.encode() + b"\t\t")
shown = read_until(terminal, "(?!)", 2)
os.kill(child, 9)
print(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r", "", shown))
