"""Not too many tries: of passwords, of links, of receipts.

Counted in the memory of the process, and stored nowhere: an address and a time would be a trace.
"""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FORGOTTEN_AFTER: Final = 15 * 60
"""Seconds after the first of them, after which whoever tried too often may try again."""


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: behind a proxy, what that saw, or everybody would share the tries of one address.

    What a client writes into the header itself stands before the address that our proxy adds. Some proxies add a port,
    which differs with each connection; and who has one address of the newer kind has all 2**64 of its network.
    """
    seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() if settings.BEHIND_PROXY else ""
    return _one_of_many(seen or str(request.META["REMOTE_ADDR"]))


def _one_of_many(seen: str) -> str:
    """The address without its port; of the newer kind, its network; what is no address, as it is."""
    bare = seen[1:].partition("]")[0] if seen.startswith("[") else seen
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return seen
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


@dataclass(frozen=True, slots=True)
class Tries:
    """Of one kind, ``most`` from one source: an address of the network, or the name somebody tries."""

    kind: str
    most: int

    def are_too_many(self, source: str) -> bool:
        return int(cache.get(self._key(source), 0)) >= self.most

    def note(self, source: str) -> None:
        if not cache.add(self._key(source), 1, FORGOTTEN_AFTER):
            with suppress(ValueError):  # forgotten in between
                cache.incr(self._key(source))

    def forget(self, source: str) -> None:
        cache.delete(self._key(source))

    def _key(self, source: str) -> str:
        return salted_hmac(f"people.tries.{self.kind}", source).hexdigest()
