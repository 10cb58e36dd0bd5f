"""Calls to services of others over HTTP: never longer than so many seconds, never where a redirect points."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_BYTES = 64 * 1024  # of an answer; the rest is not read


class BadAddress(ValueError):
    """The address is none that may be called; nothing was sent."""


@dataclass(frozen=True)
class Answer:
    """What the other side said: the status and the beginning of the body."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Whether asking again would bring the same "no": a 4xx that is not about time or patience."""
        return 400 <= self.status < 500 and self.status not in {408, 425, 429}


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    seconds: float = 10,
    public_only: bool = False,
) -> Answer:
    """Send one request and return the answer, whatever its status; a redirect is an answer like any other.

    Once connected the call ends after ``seconds`` seconds, however slowly the other side drips. With
    ``public_only`` the address must be https and its host stand in the open internet, by every address its name
    has at this moment. Raises BadAddress, or OSError when nobody answers properly. No message names more of
    ``url`` than its host.
    """
    try:
        parts = urlsplit(url)
        host, port, scheme = parts.hostname or "", parts.port, parts.scheme
    except ValueError:
        raise BadAddress("not an address") from None
    is_open = scheme not in {"http", "https"} or not host or not url.isascii() or " " in url
    if is_open or (public_only and scheme != "https"):
        raise BadAddress(f"not an address that may be called: {scheme}://{host}")
    usual = 443 if scheme == "https" else 80
    port = port or usual
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = usual  # the Host header names the port only when it is another
    target = parts.path or "/"
    if parts.query:
        target += "?" + parts.query
    late = threading.Event()
    end = threading.Timer(seconds, _hang_up, [connection, late])
    end.daemon = True
    try:
        connection.sock = _connected(host, port, seconds, public_only=public_only)
        end.start()
        if scheme == "https":
            # Shaken hands with only when the timer knows the socket: a slow handshake ends as well.
            secure = ssl.create_default_context().wrap_socket(
                connection.sock, server_hostname=host, do_handshake_on_connect=False
            )
            connection.sock = secure
            secure.do_handshake()
        connection.request(method, target, body or None, dict(headers))
        answer = connection.getresponse()
        said = Answer(answer.status, answer.read(MOST_BYTES))
        if late.is_set():  # what was cut off looks like an answer that ended early
            raise TimeoutError(f"{host} was too slow")
        return said
    except BadAddress:
        raise
    except ValueError:  # a name that no look-up takes: a label too long, a dot in front
        raise BadAddress(f"not an address: {host[:80]}") from None
    except http.client.HTTPException as wrong:
        raise ConnectionError(f"{host} answered no proper HTTP: {type(wrong).__name__}") from None
    finally:
        end.cancel()
        connection.close()


def _connected(host: str, port: int, seconds: float, *, public_only: bool) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # SECURITY: the addresses that were looked at are the ones that are called; a second look-up may say another.
    if public_only and not all(is_public(str(address[0])) for *_kind, address in found):
        raise BadAddress(f"{host} does not stand in the open internet")
    for family, kind, protocol, _name, address in found[:4]:
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(seconds)
        try:
            opened.connect(address)
        except OSError as error:
            failed = error
            opened.close()
        else:
            return opened
    raise failed


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; not so for anything inside, shared or reserved.

    >>> [is_public(one) for one in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "64:ff9b::7f00:1")]
    [True, False, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inside = getattr(ip, "ipv4_mapped", None) or ip
    # Translated and tunnelled addresses carry an inner one that may be anything.
    carries = ip.version == 6 and any(ip in net for net in _CARRIERS)
    return inside.is_global and not inside.is_multicast and not carries


_CARRIERS = [
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]


def _hang_up(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
