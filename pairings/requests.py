"""What the pages of a pair share: whose pair a request is about, on the reader's own day, and the way back to it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import cast

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

import clock
from pairings import queries, rules
from pairings.models import Pairing
from people.requests import me


def today_of(request: HttpRequest) -> date:
    return clock.today(me(request).zone)


def pairing_of(request: HttpRequest, pairing_id: uuid.UUID) -> Pairing:
    """One of the pairs the reader may open; any other is not there."""
    return get_object_or_404(queries.visible_to(me(request), today_of(request)), pk=pairing_id)


def to_page(pairing: Pairing) -> HttpResponse:
    return redirect("pairings:detail", pairing.pk)


def closed(request: HttpRequest, pairing: Pairing) -> HttpResponse | None:
    """Back to the page, with a sentence, where the pair has ended."""
    if rules.is_open(pairing, on=today_of(request)):
        return None
    messages.info(request, rules.PairingEnded.sentence)
    return to_page(pairing)


def waits_to_be_read(request: HttpRequest, sentence: str) -> bool:
    """Whether the next page will say this: after a double click it is the one thing to say."""
    waiting = cast(BaseStorage, messages.get_messages(request))
    found = sentence in [str(message) for message in waiting]
    waiting.used = False
    return found
