"""Looks at codes on their way to the database: a stream in the Redis of the queue, which outlives every process.

A look is taken by one of the processes that drain, and stays until that one says that it is written; what a process
that died had taken, another takes after a minute. How many looks at each code are on the way stands beside the stream.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, NoScriptError, RedisError, ResponseError
from redis.retry import Retry

logger = logging.getLogger(__name__)

STREAM, WAITING, GROUP = "scans", "scans:waiting", "drain"
MOST = 1_000_000  # looks, some 100 MB; then ``add`` refuses
CLAIM_AFTER = 60.0  # seconds; longer than a batch takes
FORGET_AFTER = 24 * 3600.0  # seconds without a word from a process that drained
BREAKER = 3.0  # seconds without Redis after it failed

_ADD = """
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('XADD', KEYS[1], '*', 'look', ARGV[3])
return redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
"""
# A look that comes off the stream comes off the count in the same step, so the count is right whoever dies when.
_DONE = """
for place = 2, #ARGV, 2 do
    if redis.call('XACK', KEYS[1], ARGV[1], ARGV[place]) == 1 then
        redis.call('XDEL', KEYS[1], ARGV[place])
        if redis.call('HINCRBY', KEYS[2], ARGV[place + 1], -1) <= 0 then
            redis.call('HDEL', KEYS[2], ARGV[place + 1])
        end
    end
end
"""

_ADD_SHA = hashlib.sha1(_ADD.encode(), usedforsecurity=False).hexdigest()

_open_until = 0.0


@cache
def _client(url: str) -> Redis:
    """One pool for each process. A dead or frozen Redis is asked once and holds a page up for half a second at most."""
    return Redis.from_url(
        url,
        socket_connect_timeout=0.5,
        socket_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        decode_responses=True,
    )


@cache
def _done_of(url: str) -> Any:
    return _client(url).register_script(_DONE)


class _Line(threading.local):
    """A thread's own connection for ``add``: the client's pool, retries and packing take longer than Redis does."""

    def __init__(self) -> None:
        self.owner: tuple[str, int] | None = None
        self.connection: Any = None

    def ask(self, *words: str | int) -> Any:
        """Send one command, again where the connection had died meanwhile; return the answer. Raises RedisError."""
        owner = settings.SCAN_STREAM_URL, os.getpid()
        if self.owner != owner:  # another Redis, or a process that was forked off
            self.owner, self.connection = owner, _client(owner[0]).connection_pool.make_connection()
        command = _packed(words)
        had_one = self.connection.is_connected
        try:
            return self._asked(command)
        except ConnectionError:
            if not had_one:
                raise
            return self._asked(command)

    def _asked(self, command: bytes) -> Any:
        self.connection.send_packed_command([command], check_health=False)
        return self.connection.read_response()


def _packed(words: Iterable[str | int]) -> bytes:
    """A command as Redis reads it (RESP)."""
    packed = [str(word).encode() for word in words]
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in packed]
    return b"*%d\r\n%b" % (len(packed), b"".join(parts))


_line = _Line()


def add(code: str, look: list[Any]) -> int | None:
    """Put one look at ``code`` behind the others and return how many looks at it are on the way, this one included.

    None when there is no stream, it is full, or Redis does not answer; then nothing is tried for ``BREAKER`` seconds.
    """
    global _open_until
    if not settings.SCAN_STREAM_URL or time.monotonic() < _open_until:
        return None
    words = (2, STREAM, WAITING, MOST, code, json.dumps(look))
    try:
        try:
            return _line.ask("EVALSHA", _ADD_SHA, *words) or None
        except NoScriptError:
            return _line.ask("EVAL", _ADD, *words) or None
    except (RedisError, OSError) as error:
        _open_until = time.monotonic() + BREAKER
        logger.warning("scans go to the table: %s", type(error).__name__)
        return None


def take(most: int) -> list[tuple[str, list[Any]]]:
    """Return at most ``most`` looks, each with its place in the stream: those of a process that died, else new ones.

    They are ours until ``done``. Nothing when there is no stream or Redis does not answer.
    """
    if not settings.SCAN_STREAM_URL:
        return []
    client = _client(settings.SCAN_STREAM_URL)
    try:
        _make_group(client)
        idle = int(CLAIM_AFTER * 1000)
        rows = client.xautoclaim(STREAM, GROUP, _me(), min_idle_time=idle, count=most)[1]
        if not rows:
            streams: Any = client.xreadgroup(GROUP, _me(), {STREAM: ">"}, count=most)
            rows = streams[0][1] if streams else []
    except (RedisError, OSError) as error:
        logger.warning("no scans are read: %s", type(error).__name__)
        return []
    return [(place, json.loads(fields["look"])) for place, fields in rows]


def done(taken: Iterable[tuple[str, str]]) -> None:
    """Let go of looks that are written, (place, code) each. Call it after the commit: before, a crash would lose them.

    Raises RedisError when it cannot be said; they are taken again then, and change nothing.
    """
    forget = _done_of(settings.SCAN_STREAM_URL)
    forget(keys=[STREAM, WAITING], args=[GROUP, *(word for row in taken for word in row)])


def forget_the_dead() -> None:
    """Strike processes off the group that hold nothing and have not read for a day."""
    if not settings.SCAN_STREAM_URL:
        return
    client = _client(settings.SCAN_STREAM_URL)
    _make_group(client)
    for reader in client.xinfo_consumers(STREAM, GROUP):
        if not reader["pending"] and reader["idle"] > FORGET_AFTER * 1000:
            client.xgroup_delconsumer(STREAM, GROUP, reader["name"])


def _make_group(client: Redis) -> None:
    try:
        client.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):  # it is there, as ever but once
            raise


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
