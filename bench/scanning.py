"""Scans as at a fair: so many a second come, however long the answers take, and the drain is killed in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from .client import Figures, ask, requests_of

SCANNERS = 24  # at once; 500 a second need five when an answer takes 10 ms


def flood(port: int, file: Path, *, rate: int, seconds: float, in_the_middle: Callable[[], None]) -> Figures:
    """Ask for codes at their moments for so many seconds; return the answers that came, timed from those moments.

    A scan that is late because others were slow counts as late. Answers that are no page count as none.
    """
    requests, numbers, lock = requests_of(file), count(), threading.Lock()
    times: list[float] = []
    start, last = time.monotonic() + 0.2, int(rate * seconds)

    def scan() -> None:
        while True:
            with lock:
                number = next(numbers)
            if number >= last:
                return
            due = start + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            if number == last // 2:
                in_the_middle()
            method, path, body, cookies = requests[number % len(requests)]
            if ask(port, method, path, body, cookies)[0] == 200:
                times.append(time.monotonic() - due)

    threads = [threading.Thread(target=scan) for _n in range(SCANNERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Figures.of(times, max(seconds, time.monotonic() - start))
