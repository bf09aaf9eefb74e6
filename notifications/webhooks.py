"""Posting to an address that somebody typed, without becoming a way into our own network.

Only https on its usual port, only hosts of Slack and Microsoft. The name is looked up once, every address it has must
be a public one, and the connection goes to an address that was checked, with the certificate checked against the name.
Redirects are an answer like any other that is not 2xx. No setting opens this to anything else.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from notifications.choices import ChannelKind

LONGEST_ADDRESS: Final = 1000
SECONDS: Final = 10.0
"""For the whole of it: looking up, connecting, sending and the answer."""

HOSTS: Final[Mapping[ChannelKind, tuple[str, ...]]] = {
    ChannelKind.SLACK: ("hooks.slack.com", "hooks.slack-gov.com"),
    ChannelKind.TEAMS: (".logic.azure.com", ".api.powerplatform.com", ".webhook.office.com"),
}
"""Names, and endings of names that begin with a dot."""

NEVER: Final = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
"""IANA's two registries of special addresses, and one that clouds answer on. Written out, for what Python calls global
changes from release to release: 3.11.2 takes half of 192.0.0.0/24 for public."""

EVERYBODY: Final = ipaddress.ip_network("2000::/3")
"""The only part of IPv6 from which public addresses are given."""

_doors: ContextVar[frozenset[tuple[str, int]]] = ContextVar("doors", default=frozenset())


@contextlib.contextmanager
def open_to(host: str, port: int) -> Iterator[None]:
    """For tests, which talk to a server of their own over plain HTTP. Nothing outside of tests calls this."""
    token = _doors.set(_doors.get() | {(host, port)})
    try:
        yield
    finally:
        _doors.reset(token)


class AddressRefused(ValidationError):
    field = "address"


class NotPublic(OSError):
    """The name leads to an address inside, or to none."""


class NotTaken(OSError):
    """The other side answered, and not with yes. Its host is well."""


@dataclass(frozen=True, slots=True)
class Target:
    host: str
    port: int
    path: str
    is_ours: bool = False
    """A server of a test."""


def target_of(address: str, kind: ChannelKind) -> Target:
    """Where this address leads; refuses with a sentence what is no webhook of this kind."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise AddressRefused("This is no address. Copy it once more from where you made it.") from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable() or " " in address:
        raise AddressRefused("This is no address. Copy it once more from where you made it.")
    if (host, port) in _doors.get():
        return Target(host, port or 80, path, is_ours=True)
    if parts.scheme != "https" or port not in (None, 443) or parts.username is not None or parts.fragment:
        raise AddressRefused("The address begins with https:// and names neither a port nor a user.")
    if not any(host == name or (name.startswith(".") and host.endswith(name)) for name in HOSTS[kind]):
        raise AddressRefused(f"This is not an address that {kind.label} gives for a webhook.")
    return Target(host, 443, path)


def known_as(target: Target, kind: ChannelKind) -> str:
    """Its host, as those may read who look after delivery: somebody typed the beginning, so a mark stands for it."""
    if target.host in HOSTS[kind]:
        return f"{kind.label}, {target.host}"
    ending = next((name for name in HOSTS[kind] if target.host.endswith(name)), "")
    mark = salted_hmac("notifications.webhooks", target.host, algorithm="sha256").hexdigest()[:8]
    return f"{kind.label}, *{ending} ({mark})"


def is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.version == 6 and found not in EVERYBODY:
        return False
    return not any(found in network for network in NEVER if network.version == found.version)


def checked_addresses(target: Target, *, within: float) -> Sequence[str]:
    """Of this host, looked up now; refuses all of them if one is not public."""
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in _looked_up(target, within)))
    if not target.is_ours and not all(is_public(address) for address in addresses):
        raise NotPublic("The name of the host leads inside.")
    return addresses


def _looked_up(target: Target, within: float) -> list[Any]:
    """In a thread of its own: nothing ends a question to a resolver that does not answer, which may take minutes."""
    answer: queue.SimpleQueue[list[Any] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answer.put(None)

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = answer.get(timeout=max(0.0, within))
    except queue.Empty:
        raise TimeoutError("The name of the host was not found in time.") from None
    if not found:
        raise NotPublic("The name of the host is not known.")
    return found


def post(target: Target, content: Mapping[str, Any], *, within: float = SECONDS) -> None:
    """Hand it over within these seconds, or raise an OSError. Answers are not read beyond their first line and
    headers."""
    ends = time.monotonic() + within
    line = _Line(target, checked_addresses(target, within=within)[0], ends)
    over = threading.Timer(max(0.0, ends - time.monotonic()), line.cut)
    over.daemon = True
    over.start()
    try:
        body = json.dumps(content).encode()
        line.request("POST", target.path, body, {"Content-Type": "application/json", "User-Agent": "Upwell"})
        status = line.getresponse().status
    except (http.client.HTTPException, ValueError, OSError) as error:
        if line.is_over:
            raise TimeoutError("It did not answer in time.") from None
        if isinstance(error, OSError):
            raise
        raise OSError(type(error).__name__) from None
    finally:
        over.cancel()
        line.close()
    if not 200 <= status < 300:
        raise NotTaken(f"answer {status}")


class _Line(http.client.HTTPConnection):
    """To an address that was checked; the name is for the certificate and the Host header alone."""

    def __init__(self, target: Target, address: str, ends: float) -> None:
        super().__init__(target.host, target.port, timeout=max(0.1, ends - time.monotonic()))
        self._target, self._address = target, address
        self.is_over = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self._target.port), self.timeout)
        if not self._target.is_ours:
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
        # Until now there was no line to cut; from here on there is, and a handshake may drip as well.
        if self.is_over:
            raise TimeoutError
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def cut(self) -> None:
        self.is_over, sock = True, self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not TLS's, which pulls the rug from under a reader
