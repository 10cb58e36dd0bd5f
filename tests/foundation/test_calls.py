"""Calls to services of others: they end in time, go where they were sent and nowhere inside."""

import socket
import threading
import time

import pytest

from marketplace.foundation import calls
from tests.posts import service


def test_a_redirect_is_an_answer_and_is_not_followed():
    with service() as there:
        there.answers = [(302, "")]

        answer = calls.call("POST", there.url + "/a?b=1", headers={"X-Key": "1"}, body=b"x")

    assert (answer.status, answer.is_good, answer.is_final) == (302, False, False)
    assert [(post.method, post.path, post.body) for post in there.posts] == [("POST", "/a?b=1", b"x")]


def test_somebody_who_drips_is_hung_up_on():
    """A socket's own timeout begins anew with each byte; the call's end does not."""
    listening = socket.create_server(("127.0.0.1", 0))

    def drip():
        there, _address = listening.accept()
        try:
            there.sendall(b"HTTP/1.1 200 OK\r\n")
            for _second in range(100):
                there.sendall(b"X")
                time.sleep(0.02)
        except OSError:
            there.close()

    threading.Thread(target=drip, daemon=True).start()
    begun = time.monotonic()

    with pytest.raises(TimeoutError, match="too slow"):
        calls.call("GET", f"http://127.0.0.1:{listening.getsockname()[1]}/", headers={}, seconds=0.3)

    assert time.monotonic() - begun < 1.5
    listening.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.1.2.3:8443/x",
        "https://169.254.169.254/latest/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x7f000001/",
        "http://8.8.8.8/",
        "file:///etc/passwd",
        "https:///x",
        "https://.example.vn/",
        f"https://{'a' * 64}.example.vn/",
        "https://[::1",
        "https://chợ.example.vn/",
    ],
)
def test_what_does_not_stand_in_the_open_internet_is_not_called(url):
    with pytest.raises(calls.BadAddress):
        calls.call("POST", url, headers={}, public_only=True)


def test_a_name_with_one_inner_address_among_open_ones_is_not_called(monkeypatch):
    def found(host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("8.8.8.8", "192.168.1.1")]

    monkeypatch.setattr(calls.socket, "getaddrinfo", found)

    with pytest.raises(calls.BadAddress, match="open internet"):
        calls.call("POST", "https://push.example.vn/x", headers={}, public_only=True)
