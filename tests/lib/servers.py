"""Servers of other makers that suites start for themselves: in temporary folders, on free ports of the loopback address.

    with Postgres({"enable_seqscan": "off"}) as server:
        server.url, server.ask("SELECT 1"), server.log()
"""

import ctypes
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder):
    """A self-signed one for 127.0.0.1, and its key."""
    certificate, key = pathlib.Path(folder) / "cert.pem", pathlib.Path(folder) / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                    "-subj", "/CN=icn", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


PR_SET_PDEATHSIG = 1


def ends_with_us(number):
    """What a child runs first, so that it gets the signal when this program ends, however that ends."""
    library, parent = ctypes.CDLL(None), os.getpid()

    def run():
        library.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return run


class Postgres:
    """A server of its own; as root it runs as `postgres`, since it refuses root. `settings`: of postgresql.conf. Of pages it keeps
    sums, unless told not to."""

    @classmethod
    def replica_of(cls, primary):
        """A streaming replica, which takes reads."""
        return cls(primary.given, primary=primary)

    def __init__(self, settings=None, has_page_sums=True, primary=None):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not programs:
            raise RuntimeError("PostgreSQL is not installed (scripts/setup.sh test installs it)")
        self.bin = pathlib.Path(programs[-1]).parent
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-postgres-"))
        self.user = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.given = settings
        self.settings = {"listen_addresses": "127.0.0.1", "max_connections": "200", **(settings or {})}
        self.data = str(self.folder / "data")
        if primary is not None:
            subprocess.run([self.bin / "pg_basebackup", "-D", self.data, "-d", primary.url, "-R", "--no-sync", "-c", "fast"],
                           check=True, capture_output=True, cwd=self.folder, **self.user)
        else:
            self.make_cluster(has_page_sums)
        self.port = free_port()
        self.url = f"postgresql://icn@127.0.0.1:{self.port}/postgres"
        self.start()

    def make_cluster(self, has_page_sums):
        subprocess.run([self.bin / "initdb", "-D", self.data, "-A", "trust", "-U", "icn", "--no-sync", "-E", "UTF8", "--locale=C",
                        *(["--data-checksums"] if has_page_sums else [])],
                       check=True, capture_output=True, cwd=self.folder, **self.user)

    def start(self):
        words = [self.bin / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.data]
        for name, value in self.settings.items():
            words += ["-c", f"{name}={value}"]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(words, cwd=self.folder, stdout=log, stderr=log, **self.user,
                                            preexec_fn=ends_with_us(signal.SIGQUIT))
        for _ in range(600):
            if subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start:\n" + self.log())

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        self.process.wait(60)

    def ask(self, sql):
        done = subprocess.run([self.bin / "psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url, "-c", sql], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def close(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A server that keeps nothing on disk. It takes plain connections at `url`, and at `tls_url` those of TLS that show a certificate it
    knows: `certificate` and `key`, which are its own, too."""

    def __init__(self):
        if not shutil.which("redis-server"):
            raise RuntimeError("redis-server is not installed (scripts/setup.sh test installs it)")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="icn-redis-"))
        self.port, self.tls_port = free_port(), free_port()
        self.url, self.tls_url = f"redis://127.0.0.1:{self.port}", f"rediss://127.0.0.1:{self.tls_port}"
        self.certificate, self.key = make_certificate(self.folder)
        self.start()

    def start(self):
        self.process = subprocess.Popen(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                                         "--dir", self.folder, "--tls-port", str(self.tls_port), "--tls-cert-file", self.certificate,
                                         "--tls-key-file", self.key, "--tls-ca-cert-file", self.certificate],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                if self.ask("PING").startswith(b"+PONG"):
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError("Redis did not start")

    def ask(self, *words):
        """The answer as it comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            connection.sendall((" ".join(words) + "\r\n").encode())
            return connection.recv(65536)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(10)

    def close(self):
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
