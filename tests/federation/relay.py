"""TCP relays between the nodes of a federation: they part it and join it again, without privileges.

Each port that others dial has a relay in front, and is told to others as the relay's. Who dials is looked up in the
kernel's table of sockets. On a cut link bytes wait, and connections are neither made nor ended: a cable that is out.
"""

import asyncio
import os
import pathlib
import threading


def inode_of(our_port, its_port):
    """The socket at the other end of a connection to `our_port`."""
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, remote = (int(fields[i].split(":")[1], 16) for i in (1, 2))
        if (local, remote) == (its_port, our_port) and fields[9] != "0":
            return fields[9]
    return None


def family(pid):
    """A process and what it has started."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue  # the thread has ended
        for child in children:
            found += family(int(child))
    return found


def engines_of(pid):
    """The engines that a node has started. Its compilers come and go."""
    found = []
    for each in family(pid)[1:]:
        try:
            name = pathlib.Path(f"/proc/{each}/comm").read_text().strip()
        except OSError:
            continue
        if name == "cometbft":
            found.append(each)
    return found


def holds(pid, inode):
    """Whether a process or one it has started has this socket. Files come and go while they are looked at."""
    for each in family(pid):
        try:
            files = os.listdir(f"/proc/{each}/fd")
        except OSError:
            continue
        for file in files:
            try:
                if os.readlink(f"/proc/{each}/fd/{file}") == f"socket:[{inode}]":
                    return True
            except OSError:
                pass
    return False


class Relays:
    """`find(inode)`: the number of the node that has a socket, or None."""

    def __init__(self, find):
        self.find = find
        self.groups = None  # None: whole
        self.strangers = 0
        self.loop = asyncio.new_event_loop()
        self.changed = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self._call(self._begin())

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _begin(self):
        self.changed = asyncio.Condition()

    def add(self, node, target):
        """The port at which others reach `target`, a port of `node`."""
        async def listen():
            server = await asyncio.start_server(lambda reader, writer: self._serve(node, target, reader, writer), "127.0.0.1", 0)
            return server.sockets[0].getsockname()[1]
        return self._call(listen())

    def part(self, *groups):
        """Nodes of different groups no longer reach each other."""
        self._set([set(group) for group in groups])

    def join(self):
        self._set(None)

    def _set(self, groups):
        async def change():
            async with self.changed:
                self.groups = groups
                self.changed.notify_all()
        self._call(change())

    def _is_whole(self, one, other):
        return self.groups is None or one is None or any({one, other} <= group for group in self.groups)

    async def _whole(self, one, other):
        if not self._is_whole(one, other):
            async with self.changed:
                await self.changed.wait_for(lambda: self._is_whole(one, other))

    async def _serve(self, node, target, reader, writer):
        own, its = writer.get_extra_info("sockname")[1], writer.get_extra_info("peername")[1]
        inode = inode_of(own, its)
        if inode is None:  # who dialled has given up already
            writer.transport.abort()
            return
        dialler = self.find(inode)
        self.strangers += dialler is None
        await self._whole(dialler, node)
        try:
            behind = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self._pump(dialler, node, reader, behind[1]), self._pump(dialler, node, behind[0], writer))

    async def _pump(self, one, other, reader, writer):
        try:
            while True:
                data = await reader.read(65536)
                await self._whole(one, other)
                if not data:
                    break
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            await self._whole(one, other)
            writer.close()

    def close(self):
        async def end():
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for each in rest:
                each.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
        self.join()
        self._call(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
