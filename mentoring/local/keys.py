"""The demo's secrets: made at random once per checkout, readable by their owner alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """``sealing`` is in the form UPWELL_SEALING_KEYS wants; the passwords have URL-safe letters only."""

    secret: str
    sealing: str
    database_password: str
    redis_password: str


def fresh() -> Keys:
    return Keys(
        secret=secrets.token_urlsafe(64),
        sealing="k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        database_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
    )


def kept_in(path: Path) -> Keys:
    """The keys in this file, made and written with mode 600 the first time."""
    try:
        return Keys(**json.loads(path.read_text()))
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = fresh()
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(keys), file, indent=2)
    os.replace(unfinished, path)
    return keys
