"""One's own calendar address: make it, make another, switch it off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from pairings import feeds, rules
from pairings.models import CalendarFeed
from people.models import Person

SHOWN_AGAIN_FOR: Final = timedelta(minutes=5)
"""For a second click on the same button; after that nobody reads the address here any more."""


@transaction.atomic
def make_feed(*, by: Person, at: datetime, based_on: int, nonce: str) -> str:
    """Make an address, or another one instead; the old one ends at once. Answers its token, which is kept nowhere.

    ``based_on`` is the version the person had before their eyes and ``nonce`` is of their form: the same form sent
    twice makes one address. ``FeedChanged`` refuses where another was made meanwhile.
    """
    feed = _own(by)
    token = feeds.token_of(by, version=based_on + 1, nonce=nonce)
    if feed.token_hash == feeds.hash_of(token) and feed.made_at is not None and at - feed.made_at <= SHOWN_AGAIN_FOR:
        return token
    if feed.version != based_on:
        raise rules.FeedChanged
    feed.version += 1
    feed.token_hash, feed.made_at = feeds.hash_of(token), at
    feed.save()
    return token


@transaction.atomic
def stop_feed(*, by: Person) -> None:
    """Switch one's address off. Twice changes nothing. Its version stays, so that no old form brings it back."""
    feed = CalendarFeed.objects.select_for_update().filter(person=by).exclude(token_hash=None).first()
    if feed is not None:
        feed.version += 1
        feed.token_hash = feed.made_at = None
        feed.save()


def _own(person: Person) -> CalendarFeed:
    CalendarFeed.objects.bulk_create([CalendarFeed(person=person)], ignore_conflicts=True)
    own: CalendarFeed = CalendarFeed.objects.select_for_update().get(person=person)
    return own
