"""Where a page may lead back to."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST: Final = 2_000
"""Characters; no page of ours has an address near this, and browsers and proxies refuse far longer ones."""


def path_here(request: HttpRequest, wanted: str, *, otherwise: str) -> str:
    """``wanted`` if it is a path on this site, else ``otherwise``. Never a view's name, and never another site."""
    is_path = wanted.startswith("/") and not wanted.startswith("//") and len(wanted) <= LONGEST
    own = {request.get_host()}
    if is_path and url_has_allowed_host_and_scheme(wanted, own, require_https=request.is_secure()):
        return wanted
    return otherwise
