"""When what is owed leaves, worked out again once a person or the world has other clocks, and where it goes to.

A notice keeps the day and the time of day that were meant. The instant follows from them and from the zone of its
person, so it is another one when the directory says that they moved, or when a country changes its rules and new time
zone data arrives. Either way nothing leaves twice: only what was never tried is touched.

Where the directory gets another address of mail for somebody, the former one is told: whoever reads the mail at the new
one can have a link sent, and sign in.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from notifications import actions, rules, wanted, zones
from notifications.models import Notice, NoticeQuerySet, ZoneData
from people.consequences import Consequence, follow_changes
from people.models import Person, PersonQuerySet

AT_A_TIME: Final = 1_000


def replan(people: PersonQuerySet) -> int:
    """Give what is owed to these people the instants that follow from their zones now; answers how many moved."""
    return _replan(Notice.objects.planned().filter(person__in=people))


def replan_after_new_zone_data(*, at: datetime) -> int:
    """Once after each change of the machine's time zone data; answers how many notices moved.

    What it is planned with is noted last, so a worker that dies halfway leaves it to the next; two at once do no harm.
    """
    found = zones.fingerprint()
    if ZoneData.objects.filter(fingerprint=found).exists():
        return 0
    zoneinfo.ZoneInfo.clear_cache()
    moved = _replan(Notice.objects.planned())
    ZoneData.objects.update_or_create(pk=1, defaults={"fingerprint": found, "planned_at": at})
    return moved


def _replan(waiting: NoticeQuerySet) -> int:
    moved = 0
    last: int | None = 0
    while last is not None:
        last, changed = _replan_some(waiting.filter(pk__gt=last))
        moved += changed
    return moved


@transaction.atomic
def _replan_some(waiting: NoticeQuerySet) -> tuple[int | None, int]:
    """The last one looked at, None if there was none, and how many moved."""
    some: list[Notice] = list(waiting.select_for_update().order_by("pk")[:AT_A_TIME])
    # Read after the notices are held: whoever held them before us may just have moved their person.
    people = Person.objects.only("time_zone").in_bulk({notice.person_id for notice in some})
    changed = [notice for notice in some if _moves(notice, people[notice.person_id])]
    Notice.objects.bulk_update(changed, ["due_at", "not_after"])
    return some[-1].pk if some else None, len(changed)


def _moves(notice: Notice, person: Person) -> bool:
    """Set the instant anew; how long after it the message is worth sending stays."""
    assert notice.due_on is not None  # noqa: S101 - the query says so
    assert notice.due_time is not None  # noqa: S101 - the constraint says so
    good_for, before = notice.not_after - notice.due_at, notice.due_at
    notice.due_at = rules.due_at(
        notice.due_on, zone=person.zone, not_before=notice.owed_at, time_of_day=notice.due_time
    )
    notice.not_after = notice.due_at + good_for
    return notice.due_at != before


@dataclass(frozen=True, slots=True)
class Known:
    """What the directory says of somebody. Whoever was never here has nothing yet that another could read."""

    zone: str
    address: str
    was_here: bool


def _known(at: datetime) -> Mapping[int, Known]:
    rows = Person.objects.values_list("pk", "time_zone", "email", "last_login")
    return {pk: Known(zone, address, last_login is not None) for pk, zone, address, last_login in rows}


def _follow(before: Mapping[int, Known], at: datetime) -> None:
    now = _known(at)
    moved = [pk for pk, known in now.items() if before.get(pk, known).zone != known.zone]
    if moved:
        replan(Person.objects.filter(pk__in=moved))
        wanted.look_again(moved, at=at)
    former = {
        pk: known.address
        for pk, known in before.items()
        if known.was_here and pk in now and now[pk].address.casefold() != known.address.casefold()
    }
    if former:
        people = Person.objects.in_bulk(former)
        actions.tell_former_addresses({people[pk]: address for pk, address in former.items()}, at)


def _foresee_nothing(leaving: PersonQuerySet, moved: bool, at: datetime) -> list[str]:
    """That a message comes at nine where somebody is now, nobody needs telling; of addresses the import itself does."""
    return []


def follow_the_directory() -> None:
    follow_changes(Consequence(_known, _follow, _foresee_nothing))
