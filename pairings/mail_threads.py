"""Which messages mail programs are to show together: those that lead to the pages of one pair.

A message whose link says nothing of the pair, because it works without signing in, names its thread itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from django.urls import resolve

from notifications.kinds import Kind, Message
from notifications.models import Notice


def threaded(*kinds: Kind) -> tuple[Kind, ...]:
    return tuple(_threaded(kind) for kind in kinds)


def _threaded(kind: Kind) -> Kind:
    def compose(notice: Notice, at: datetime) -> Message | None:
        message = kind.compose(notice, at)
        if message is None or message.thread:
            return message
        pair = resolve(urlsplit(message.link).path).kwargs.get("pairing_id")
        return replace(message, thread=of_pair(pair)) if pair is not None else message

    return replace(kind, compose=compose)


def of_pair(pk: object) -> str:
    return f"pairings.pairing:{pk}"
