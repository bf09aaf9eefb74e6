"""How delivery stands, for Prometheus: what the administrators' page says, as numbers, and nothing about anybody."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

import clock
from notifications import operations
from notifications.operations import Standing

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@never_cache
@csrf_exempt  # without the token there is nothing here, whatever the verb
def metrics(request: HttpRequest) -> HttpResponse:
    if not _knows_the_token(request):
        raise Http404
    return _told(request)


@require_safe
def _told(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    return HttpResponse("\n".join(_lines(operations.standing(at=at))) + "\n", content_type=CONTENT_TYPE)


def _knows_the_token(request: HttpRequest) -> bool:
    said = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token: str = settings.METRICS_TOKEN
    return bool(token) and hmac.compare_digest(said.encode(), token.encode())


def _lines(standing: Standing) -> Iterator[str]:
    yield from _gauge(
        "upwell_messages", "Messages by where they stand; settled are sent or no longer needed.",
        {_labels(state=state): count for state, count in asdict(standing.counts).items()},
    )  # fmt: skip
    yield from _gauge(
        "upwell_oldest_wait_seconds", "How long the oldest message has waited of all that could have left.",
        {"": standing.oldest.total_seconds() if standing.oldest else 0},
    )  # fmt: skip
    yield from _gauge(
        "upwell_heartbeat_age_seconds", "Since a hand in delivery was last heard of.",
        {_labels(hand=each.hand, name=each.name): each.ago.total_seconds() for each in standing.pulses},
    )  # fmt: skip
    yield from _gauge(
        "upwell_heartbeat_silent", "1 for a hand in delivery that should have been heard of by now.",
        {_labels(hand=each.hand, name=each.name): int(each.is_silent) for each in standing.pulses},
    )  # fmt: skip
    yield from _gauge(
        "upwell_server_failures", "Failures in a row since the mail server, or the host of a chat, last answered.",
        {_labels(server=each.name): each.failures for each in standing.hosts},
    )  # fmt: skip


def _gauge(name: str, what: str, samples: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples.items():
        yield f"{name}{labels} {value}"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
