"""What gunicorn notes of each request: its own line, without links that stand for signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from mentoring.logs import without_links


class RequestLog(Logger):
    """Named in ``gunicorn.conf.py``."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """The parts a line is made of: address, referrer and headers among them."""
        parts: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {name: without_links(part) if isinstance(part, str) else part for name, part in parts.items()}
