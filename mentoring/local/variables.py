"""The environment variables that mentoring/settings.py reads, for each kind of run on this machine."""

from __future__ import annotations

from pathlib import Path

from mentoring.local.keys import Keys, fresh

# Names nobody listens behind, for what only needs the settings to load.
NO_DATABASE = "postgres://nobody@127.0.0.1:1/nothing"


def for_demo(*, keys: Keys, world: Path, static: Path, port: int, smtp_port: int) -> dict[str, str]:
    """Everything but the database and the broker. ``world`` is the folder of the demo's clock and mail."""
    return {
        "UPWELL_DEMO": "1",
        "UPWELL_DEMO_FOLDER": str(world),
        "UPWELL_INSECURE_HTTP": "1",
        "UPWELL_SECRET_KEY": keys.secret,
        "UPWELL_SEALING_KEYS": keys.sealing,
        "UPWELL_HOSTS": "localhost,127.0.0.1",
        "UPWELL_BASE_URL": f"http://localhost:{port}",
        "UPWELL_STATIC_ROOT": str(static),
        "UPWELL_SMTP_HOST": "127.0.0.1",
        "UPWELL_SMTP_PORT": str(smtp_port),
        "UPWELL_SMTP_USER": "",
        "UPWELL_SMTP_PASSWORD": "",
        "UPWELL_SMTP_TLS": "",
        "UPWELL_MAIL_FROM": "Upwell <upwell@localhost>",
    }


def for_tests() -> dict[str, str]:
    """Everything but the database and the broker, with secrets that last as long as the run."""
    keys = fresh()
    return {
        "UPWELL_DEMO": "",
        "UPWELL_INSECURE_HTTP": "1",
        "UPWELL_SECRET_KEY": keys.secret,
        "UPWELL_SEALING_KEYS": keys.sealing,
        "UPWELL_HOSTS": "localhost,127.0.0.1,testserver",
        "UPWELL_BASE_URL": "http://localhost",
        "UPWELL_MAIL_FROM": "Upwell <upwell@localhost>",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps an event loop in the thread that asks the database
    }


def for_production() -> dict[str, str]:
    """What a company would set, with made-up values, so that ``check --deploy`` judges what it would get."""
    keys = fresh()
    return {
        "UPWELL_DEMO": "",
        "UPWELL_INSECURE_HTTP": "",
        "UPWELL_SECRET_KEY": keys.secret,
        "UPWELL_SEALING_KEYS": keys.sealing,
        "UPWELL_HOSTS": "mentoring.example.org",
        "UPWELL_BASE_URL": "https://mentoring.example.org",
        "UPWELL_MAIL_FROM": "Upwell <upwell@example.org>",
    }
