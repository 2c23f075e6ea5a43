"""Stands between a CometBFT and its application and sees every call: to stop the application at one, or to change what
it answers. Frames and messages as docs/formats/federation.md has them.

As a program, `abci_proxy.py COMETBFT node --home FOLDER` is a cometbft whose proposals are not what its application
wants: a transaction that is none is put into each, and it finds them good itself.
"""

import ctypes
import pathlib
import signal
import socket
import subprocess
import sys
import threading

# Numbers of the fields of Request; those of Response are one higher, but for the first.
CALLS = {3: "info", 5: "init_chain", 8: "check_tx", 11: "commit", 16: "prepare_proposal", 17: "process_proposal", 20: "finalize_block"}


def dies_with_us():
    """In a child, before it becomes another program."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def read_number(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def number_bytes(number):
    out = b""
    while number > 0x7f:
        out += bytes([number & 0x7f | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, data):
    """A field of bytes."""
    return number_bytes(number << 3 | 2) + number_bytes(len(data)) + data


def content_of(message):
    """The number and the bytes of the one field of a Request or Response."""
    tag, at = read_number(message, 0)
    size, at = read_number(message, at)
    return tag >> 3, message[at:at + size]


class Frames:
    """Messages of one direction of a connection."""

    def __init__(self, connection):
        self.connection, self.data = connection, b""

    def next(self):
        """None: the other side has closed."""
        while True:
            try:
                size, at = read_number(self.data, 0)
                if len(self.data) >= at + size:
                    message, self.data = self.data[at:at + size], self.data[at + size:]
                    return message
            except IndexError:
                pass
            got = self.connection.recv(1 << 16)
            if not got:
                return None
            self.data += got


def send(connection, message):
    connection.sendall(number_bytes(len(message)) + message)


class Proxy:
    """Listens at `path`, hands on to `target`. `request(name, content)` and `answer(name, content)` see what passes and
    give back the content to pass on; None ends the connection."""

    def __init__(self, path, target, request=None, answer=None):
        self.target = str(target)
        self.request = request or (lambda name, content: content)
        self.answer = answer or (lambda name, content: content)
        self.listener = socket.socket(socket.AF_UNIX)
        pathlib.Path(path).unlink(missing_ok=True)
        self.listener.bind(str(path))
        self.listener.listen(8)
        self.open = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                engine, _ = self.listener.accept()
                application = socket.socket(socket.AF_UNIX)
                application.connect(self.target)
            except OSError:
                return
            self.open += [engine, application]
            for source, drain, hook, shift in ((engine, application, "request", 0), (application, engine, "answer", 1)):
                threading.Thread(target=self._carry, args=(source, drain, hook, shift), daemon=True).start()

    def _carry(self, source, drain, hook, shift):
        frames = Frames(source)
        try:
            while (message := frames.next()) is not None:
                number, content = content_of(message)
                name = CALLS.get(number - shift)
                if name is not None:
                    content = getattr(self, hook)(name, content)
                    if content is None:
                        break
                    message = field(number, content)
                send(drain, message)
        except OSError:
            pass
        for each in (source, drain):
            each.close()

    def close(self):
        for each in self.open:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()


GARBAGE = b"this is no transaction"


def hostile(name, content):
    if name == "prepare_proposal":
        return content + field(1, GARBAGE)
    if name == "process_proposal":
        return b"\x08\x01"  # status: accept
    return content


def main():
    program, *arguments = sys.argv[1:]
    home = pathlib.Path(arguments[arguments.index("--home") + 1])
    own = home / "hostile.sock"
    config = (home / "config" / "config.toml").read_text()
    target = next(line.split('"')[1] for line in config.splitlines() if line.startswith("proxy_app"))
    Proxy(own, target.removeprefix("unix://"), answer=hostile)
    engine = subprocess.Popen([program, *arguments, "--proxy_app", f"unix://{own}"], preexec_fn=dies_with_us)
    signal.signal(signal.SIGTERM, lambda *_: engine.terminate())
    sys.exit(engine.wait())


if __name__ == "__main__":
    main()
