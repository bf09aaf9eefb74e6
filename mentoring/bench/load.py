"""A closed loop of clients against one server on this machine: each asks again as soon as it was answered."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
import urllib.parse
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """``rate`` in requests a second, ``median`` and ``p95`` in milliseconds, ``size`` in kilobytes."""

    requests: int
    clients: int
    rate: float
    median: float
    p95: float
    size: float


def sign_in(address: str, number: str) -> str:
    """The cookie of a demo persona."""
    where = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(where.netloc)
    connection.request("GET", "/sign-in/")
    page = connection.getresponse()
    text = page.read().decode()
    token = text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    first = _cookies(page)
    connection.request(
        "POST",
        "/demo/enter/",
        urllib.parse.urlencode({"as": number, "csrfmiddlewaretoken": token}),
        {"Content-Type": "application/x-www-form-urlencoded", "Cookie": first, "Referer": f"{address}/sign-in/"},
    )
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise RuntimeError(f"The demo let nobody in as {number}: {answer.status}.")
    return _cookies(answer)


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(line.split(";", 1)[0] for name, line in answer.getheaders() if name.lower() == "set-cookie")


def drive(address: str, path: str, cookie: str, *, requests: int, clients: int) -> Load:
    """Every answer must be 200; the first round of each client warms up and is not counted."""
    netloc = urllib.parse.urlsplit(address).netloc
    times: list[float] = []
    sizes: list[int] = []
    failures: list[int] = []
    barrier = threading.Barrier(clients + 1)

    def client() -> None:
        connection = http.client.HTTPConnection(netloc)
        for turn in range(requests // clients + 2):
            if turn == 2:
                barrier.wait()
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                failures.append(answer.status)
            if turn >= 2:
                times.append((time.perf_counter() - begun) * 1000)
                sizes.append(len(body))

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    barrier.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if failures:
        raise RuntimeError(f"{path} answered {failures[0]} where it should have answered 200.")
    ordered = sorted(times)
    return Load(
        requests=len(times),
        clients=clients,
        rate=len(times) / seconds,
        median=statistics.median(ordered),
        p95=ordered[int(len(ordered) * 0.95)],
        size=statistics.mean(sizes) / 1000,
    )
