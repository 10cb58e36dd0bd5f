"""A service of somebody else for tests: a real HTTP server on this machine that keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Post:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """Where it stands, what came, and what it answers: the next of ``answers``, then the last one for ever."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, "")])


@contextmanager
def service() -> Iterator[Service]:
    """Serve on a free port of 127.0.0.1 while the block runs."""
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.posts.append(Post(self.command, self.path, dict(self.headers.items()), body))
            status, words = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(words.encode())))
            self.end_headers()
            self.wfile.write(words.encode())

        do_GET = do_POST = answer

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
