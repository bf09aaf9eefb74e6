"""What the two of a pair release to the insight board together, and how it loses every trace of them on the way.

One of the two writes it, sealed with the key of their pair. Once the other has said yes it waits until the first day of
a month: then all that was agreed in a program goes on its board at once, shuffled, as plain text, and the sealed rows
are deleted in the same transaction. So neither when it appears nor where it stands tells when two people met or
clicked. Until then either of them can stop it.

It gets there only where at least so many pairs as a group must have could have written it, of which no two share
anybody: a mentor of five pairs would otherwise be known to have released whatever appears. Once a month each program is
judged: what cannot go then is put off to the first day of the next one. So nothing appears because somebody came back.

The notice of the room that tells of it is deleted as that of a message is: once it has left, or need not any more, and
what it told of waits no more (``pairings.actions.forget``). It is so before the sealed row is on the board.

What this cannot hide: somebody who reads the tables as a superuser on the evening before and on the morning after can
compare which pairs had something on its way. And words themselves can tell who wrote them, which both read beforehand.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import SystemRandom
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from pairings import rules as pair_rules
from pairings.actions.locking import held
from pairings.models import Pairing
from pairings.private_notices import owe_news_beside
from pairings.private_words import opened, sealed
from pairings.queries import visible_to
from pairings.room import Beside
from people.models import Person
from privacy import audiences
from programs.documents import plain
from programs.models import Program
from surveys.actions import each_by_itself
from surveys.choices import InsightState, ThemeKind
from surveys.models import Insight, Theme
from surveys.releases import smallest_group
from ui.components import QueueItem, in_words

MOST_INSIGHTS: Final = 5
"""How many of one pair may be on their way at a time, those with a no included."""

KEPT: Final = timedelta(days=30)
"""One that is not agreed is deleted after so long without a change."""

SLEPT_ON: Final = timedelta(days=7)
"""So long at least either of the two can still stop what they agreed."""

LONGEST_WAY: Final = SLEPT_ON + timedelta(days=30)
"""From a yes to the board, where nothing holds it up."""


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What is sealed of an insight."""

    kind: ThemeKind
    words: str

    def as_text(self) -> str:
        return json.dumps({"kind": self.kind.value, "words": self.words}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Said:
        written = json.loads(text)
        return cls(ThemeKind(written["kind"]), written["words"])


@sensitive_variables()
def said_in(insight: Insight, pairing: Pairing) -> Said | None:
    """``None`` if it cannot be opened (any more)."""
    text = opened(insight.words, pairing, insight, "words")
    return None if not text else Said.from_text(text)


@sensitive_variables("said")
def _seal(insight: Insight, pairing: Pairing, said: Said) -> None:
    """For the row as it now is: its writer, its version, and whether both agreed."""
    insight.words = sealed(said.as_text(), pairing, insight, "words")


# Rules


class TooFewPairs(pair_rules.Refused):
    def __init__(self) -> None:
        super().__init__(
            f"Fewer than {in_words(smallest_group()).lower()} pairs with nobody in common are under way in this "
            "program. Among so few, everybody could work out whose words these are. It opens once there are more."
        )


class InsightRests(pair_rules.Refused):
    sentence = "Your pair rests, so one of you could not answer. You can go on with it once your pair does."


class EnoughInsights(pair_rules.Refused):
    sentence = (
        f"You two have {in_words(MOST_INSIGHTS).lower()} on their way. Once one is on the board, or taken back, there "
        "is room for another."
    )
    field = "words"


class InsightChanged(pair_rules.Refused):
    def __init__(self, writer: Person, *, reader: Person) -> None:
        name = "You have" if writer.pk == reader.pk else f"{writer.given_name} has"
        super().__init__(
            f"{name} written a newer version meanwhile. Nothing you typed here is lost: read the newer version, then "
            "answer that one, or save again."
        )


class InsightGone(pair_rules.Refused):
    sentence = (
        "It is no longer here: it was taken back meanwhile, or it has gone on the board. Copy what you typed here if "
        "you want to keep it."
    )


def hides_whose(program: Program, days: Iterable[date]) -> bool:
    """Whether so many pairs were under way on one of these days, no two of which share anybody, that none stands out.

    The pairs whose people are in the fewest others come first. That finds nearly as many as there are, and never more.
    """
    pairs: set[tuple[int, int]] = set()
    for day in days:
        resting = Pairing.objects.filter(program=program).resting(day).values("pk")
        under_way = Pairing.objects.filter(program=program, started_on__lte=day).open(day).exclude(pk__in=resting)
        pairs.update(under_way.values_list("mentor__person", "mentee__person"))
    among = Counter(person for pair in pairs for person in pair)
    taken: set[int] = set()
    apart = 0
    for pair in sorted(pairs, key=lambda pair: (among[pair[0]] + among[pair[1]], pair)):
        if taken.isdisjoint(pair):
            taken.update(pair)
            apart += 1
    return apart >= smallest_group()


def appears_on(on: date) -> date:
    """The first day of a month that leaves time to sleep on it, for what both have agreed to by this day."""
    soonest = on + SLEPT_ON
    return soonest if soonest.day == 1 else _month_after(soonest)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def insist_may_be_agreed(pairing: Pairing, *, on: date) -> None:
    """Neither can be written, changed or agreed to where nobody could answer, or where everybody would know."""
    pair_rules.insist_open(pairing, on=on)
    if not pair_rules.is_attended(pairing, on=on):
        raise InsightRests
    if not hides_whose(pairing.program, [on]):
        raise TooFewPairs


# The page of the two


@dataclass(frozen=True, slots=True, repr=False)
class InsightOnPage:
    """``words`` is ``None`` when they cannot be opened (any more)."""

    pk: uuid.UUID
    kind: str
    words: str | None
    version: int
    by_me: bool
    state: InsightState
    appears_on: date | None
    kept_until: date
    may_agree: bool
    """The reader did not write this version, and has not said yes to it."""
    may_change: bool
    tells: Sequence[str]
    """What of the two stands in the words and may tell who wrote them."""


@dataclass(frozen=True, slots=True, repr=False)
class InsightsPage:
    insights: Sequence[InsightOnPage]
    may_agree: bool
    """Whether anything can be agreed to at present."""
    may_write: bool
    why_not: str
    appears_on: date
    """If the other said yes today."""


@sensitive_variables()
def insights_of(pairing: Pairing, person: Person, *, at: datetime) -> InsightsPage:
    """Load the pairing through ``pairings.queries.visible_to``."""
    pair_rules.insist_partner(pairing, person)
    on = at.astimezone(person.zone).date()
    rows = list(living([pairing], at=at))
    why_not = ""
    try:
        insist_may_be_agreed(pairing, on=on)
    except pair_rules.Refused as refusal:
        why_not = str(refusal.message)
    full = len(rows) >= MOST_INSIGHTS
    return InsightsPage(
        insights=[on_page(each, pairing, person, open_to_change=not why_not) for each in rows],
        may_agree=not why_not,
        may_write=not why_not and not full and pairing.data_key is not None,
        why_not=why_not or (EnoughInsights.sentence if full else ""),
        appears_on=appears_on(on),
    )


@sensitive_variables()
def on_page(insight: Insight, pairing: Pairing, person: Person, *, open_to_change: bool) -> InsightOnPage:
    said, state, by_me = said_in(insight, pairing), InsightState(insight.state), insight.written_by_id == person.pk
    return InsightOnPage(
        pk=insight.pk,
        kind=str(said.kind.label) if said else "",
        words=said.words if said else None,
        version=insight.version,
        by_me=by_me,
        state=state,
        appears_on=insight.goes_on,
        kept_until=(insight.changed_at + KEPT).astimezone(person.zone).date(),
        may_agree=open_to_change and not by_me and state != InsightState.AGREED and said is not None,
        may_change=open_to_change,
        tells=what_tells(said.words, pairing) if said else (),
    )


@sensitive_variables("words")
def what_tells(words: str, pairing: Pairing) -> list[str]:
    """The names, sites and job titles of the two that stand in these words, as they are written in the directory."""
    both = (pairing.mentor.person, pairing.mentee.person)
    telling = [
        each
        for person in both
        for each in (person.given_name, person.family_name, person.site.name if person.site else "", person.job_title)
    ]
    found = [each for each in telling if each and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", words, re.IGNORECASE)]
    return list(dict.fromkeys(found))


def living(pairs: Iterable[Pairing], *, at: datetime) -> QuerySet[Insight]:
    """Those of these pairs that are not about to be swept away."""
    return Insight.objects.filter(pairing__in=list(pairs)).exclude(pk__in=_over(at).values("pk"))


def beside(pairing: Pairing, person: Person, on: date) -> list[Beside]:
    """What waits for this person's answer, as their private room and the notice of it ask."""
    if not pair_rules.is_attended(pairing, on=on) or not pair_rules.is_partner(pairing, person):
        return []
    return [
        Beside(
            told_as(each),
            f"{pairing.partner_of(person).given_name} suggests something for the insight board.",
            reverse("surveys:insights", args=[pairing.pk]),
        )
        for each in Insight.objects.filter(pairing=pairing, state=InsightState.WAITING).exclude(written_by=person)
    ]


def told_as(insight: Insight) -> uuid.UUID:
    """The key of the notice of this version. It looks like that of any message in the room, and leads to nothing."""
    digest = hashlib.sha256(f"{insight.pk}:{insight.version}".encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def keys_that_wait() -> list[uuid.UUID]:
    """Of the notices of all that waits for an answer, in whichever pair, also where nobody can answer at present."""
    return [told_as(each) for each in Insight.objects.filter(state=InsightState.WAITING).only("pk", "version")]


def waiting_for(person: Person, on: date) -> list[QueueItem]:
    """What a partner suggests, for the home page of whoever has not answered."""
    waiting = Insight.objects.filter(state=InsightState.WAITING).exclude(written_by=person).values("pairing")
    return [
        QueueItem(
            what=f"{pairing.partner_of(person).given_name} suggests something for the insight board",
            detail="It goes there only if you say yes. “Not this one” needs no reason.",
            action="Read and answer",
            url=reverse("surveys:insights", args=[pairing.pk]),
            tone="rise",
            audience=audiences.PARTNERS,
        )
        for pairing in visible_to(person, on).filter(pk__in=waiting)
        if pair_rules.is_attended(pairing, on=on)
    ]


@dataclass(frozen=True, slots=True)
class WayToRelease:
    """From the board to the page on which one's own pair suggests something for it."""

    words: str
    url: str


def pairs_that_may_release(person: Person, program: Program, *, on: date) -> list[WayToRelease]:
    return [
        WayToRelease(
            f"Suggest something together with {pairing.partner_of(person).given_name}",
            reverse("surveys:insights", args=[pairing.pk]),
        )
        for pairing in visible_to(person, on).filter(program=program)
        if pair_rules.is_attended(pairing, on=on)
    ]


# Actions of the two


@sensitive_variables("words", "said")
@transaction.atomic
def suggest_insight(
    pairing: Pairing, *, by: Person, at: datetime, on: date, kind: ThemeKind, words: str, form: uuid.UUID | None = None
) -> Insight:
    """Write something for the board; it waits for the other's yes. ``form`` sent twice is one suggestion."""
    pairing, form = held(pairing), form or uuid.uuid4()
    pair_rules.insist_partner(pairing, by)
    insist_may_be_agreed(pairing, on=on)
    said = Said(kind, plain(words).strip())
    there = Insight.objects.filter(pairing=pairing, pk=form).first()
    if there is not None and said_in(there, pairing) == said:
        return there
    if living([pairing], at=at).count() >= MOST_INSIGHTS:
        raise EnoughInsights
    key = uuid.uuid4() if Insight.objects.filter(pk=form).exists() else form
    insight = Insight(pk=key, pairing=pairing, written_by=by, changed_at=at)
    _seal(insight, pairing, said)
    insight.save(force_insert=True)
    _tell(pairing.partner_of(by), pairing, at=at)
    return insight


@sensitive_variables("words", "said")
@transaction.atomic
def change_insight(
    insight: Insight, *, by: Person, at: datetime, on: date, based_on: int, kind: ThemeKind, words: str
) -> Insight:
    """Write it anew; whatever either had agreed to, the other is asked again. The same once more changes nothing."""
    pairing, insight = _taken_up(insight, by, at=at)
    insist_may_be_agreed(pairing, on=on)
    said = Said(kind, plain(words).strip())
    same = said_in(insight, pairing) == said
    if insight.version != based_on:
        if same and insight.version == based_on + 1 and insight.written_by_id == by.pk:
            return insight
        raise InsightChanged(insight.written_by, reader=by)
    if same:
        return insight
    insight.version, insight.written_by, insight.changed_at = insight.version + 1, by, at
    insight.state, insight.appears_on, insight.put_off_to = InsightState.WAITING, None, None
    _seal(insight, pairing, said)
    insight.save()
    _tell(pairing.partner_of(by), pairing, at=at)
    return insight


@sensitive_variables("said")
@transaction.atomic
def agree_to_insight(insight: Insight, *, by: Person, at: datetime, on: date, version: int) -> Insight:
    """Say yes to the version one has read. Whoever wrote it has said so; twice is once."""
    pairing, insight = _taken_up(insight, by, at=at)
    if insight.version != version:
        raise InsightChanged(insight.written_by, reader=by)
    if insight.written_by_id == by.pk or insight.state == InsightState.AGREED:
        return insight
    insist_may_be_agreed(pairing, on=on)
    said = said_in(insight, pairing)
    if said is None:
        raise pair_rules.WordsCannotBeKept
    insight.state, insight.appears_on, insight.changed_at = InsightState.AGREED, appears_on(on), at
    _seal(insight, pairing, said)
    insight.save(update_fields=["state", "appears_on", "changed_at", "words"])
    return insight


@sensitive_variables("said")
@transaction.atomic
def leave_insight(insight: Insight, *, by: Person, at: datetime, on: date, version: int) -> Insight:
    """“Not this one”, also after a yes. Its writer finds that it does not go on the board, and no reason."""
    pairing, insight = _taken_up(insight, by, at=at)
    pair_rules.insist_readable(pairing, on=on)
    if insight.version != version:
        raise InsightChanged(insight.written_by, reader=by)
    if insight.written_by_id == by.pk or insight.state == InsightState.LEFT:
        return insight
    said = said_in(insight, pairing)
    if said is None:
        insight.delete()
        return insight
    insight.state, insight.appears_on, insight.put_off_to, insight.changed_at = InsightState.LEFT, None, None, at
    _seal(insight, pairing, said)
    insight.save(update_fields=["state", "appears_on", "put_off_to", "changed_at", "words"])
    return insight


@transaction.atomic
def take_back_insight(insight: Insight, *, by: Person, at: datetime, on: date) -> None:
    """Delete what one wrote, also after both agreed. What is gone already stays gone.

    Where the other wrote the version that stands there now it is theirs to take back; “not this one” is one's own word.
    """
    pairing = held(insight.pairing)
    pair_rules.insist_partner(pairing, by)
    pair_rules.insist_readable(pairing, on=on)
    there = Insight.objects.select_related("written_by").filter(pk=insight.pk, pairing=pairing).first()
    if there is None:
        return
    if there.written_by_id != by.pk:
        raise InsightChanged(there.written_by, reader=by)
    there.delete()
    _tell(pairing.partner_of(by), pairing, at=at)


def _taken_up(insight: Insight, by: Person, *, at: datetime) -> tuple[Pairing, Insight]:
    """The pair, held, and the row as it now is; refused once it is gone."""
    pairing = held(insight.pairing)
    pair_rules.insist_partner(pairing, by)
    there = living([pairing], at=at).select_related("written_by").filter(pk=insight.pk).first()
    if there is None:
        raise InsightGone
    return pairing, there


def _tell(person: Person, pairing: Pairing, *, at: datetime) -> None:
    """Once for all that waits for somebody’s answer: of the oldest, of which they were told if of anything."""
    waiting = Insight.objects.filter(pairing=pairing, state=InsightState.WAITING).exclude(written_by=person)
    if (oldest := waiting.first()) is not None:
        owe_news_beside(pairing, told_as(oldest), person=person, at=at)


# On to the board


def bring_insights_to_board(*, at: datetime) -> int:
    """Sweep away what can no longer be released, and put on the boards what was agreed for this month; on how many.

    Where no tick came on the first day of the month, the next one does it.
    """
    _over(at).delete()
    due = _due(at.astimezone(UTC).date())
    programs = Program.objects.filter(pk__in=due.values("pairing__program")).order_by("pk")
    return each_by_itself(programs, lambda program: _bring(program, at=at))


def _due(on: date) -> QuerySet[Insight]:
    put_off = Q(put_off_to__gt=on)
    return Insight.objects.filter(~put_off, state=InsightState.AGREED, appears_on__lte=on)


def _over(at: datetime) -> QuerySet[Insight]:
    """What nobody can say yes to any more, what nobody can stop, and whatever has lost its key.

    What was agreed may be put off for months. Once the page of the pair has closed neither of the two could stop it.
    """
    yesterday = at.astimezone(UTC).date() - timedelta(days=1)  # where the day ends last
    gone = yesterday - timedelta(days=pair_rules.READABLE_DAYS)
    ended = Q(pairing__ended_on__isnull=False) | Q(pairing__runs_until__lt=yesterday)
    closed = Q(pairing__ended_on__lt=gone) | Q(pairing__runs_until__lt=gone)
    pending = ~Q(state=InsightState.AGREED)
    return Insight.objects.filter(
        Q(pairing__data_key=None) | closed | pending & (ended | Q(changed_at__lte=at - KEPT))
    )  # fmt: skip


@sensitive_variables()
@transaction.atomic
def _bring(program: Program, *, at: datetime) -> int:
    """All of one program at once; whatever cannot go is put off to the next month, by the first tick that looks.

    It cannot while too few pairs could have written it, while one of its two does not work here and so could not stop
    it, and while its words cannot be opened. Nothing of it must appear on the day on which somebody comes back: neither
    theirs, nor all that waited for their pair to count. So one month is judged once.
    """
    on = at.astimezone(UTC).date()
    month = on.replace(day=1)
    due = _due(on).filter(pairing__program=program)
    pairs = Pairing.objects.filter(pk__in=due.values("pairing")).with_people().select_related("data_key")
    holding = {pairing.pk: pairing for pairing in pairs.select_for_update(of=("self",)).order_by("pk")}
    due = due.filter(pairing__in=holding)  # asked from here on, when no other tick and none of the two is at it
    going: list[tuple[uuid.UUID, Said]] = []
    if hides_whose(program, [month - SLEPT_ON, month - LONGEST_WAY]):
        for insight in due:
            pairing = holding[insight.pairing_id]
            said = said_in(insight, pairing)
            both = (pairing.mentor.person, pairing.mentee.person)
            if said is not None and all(pair_rules.works_here(person, on=on) for person in both):
                going.append((insight.pk, said))
    SystemRandom().shuffle(going)
    written_at = datetime.combine(month, time(), tzinfo=UTC)
    themes = [Theme(program=program, kind=said.kind, words=said.words, written_at=written_at) for _, said in going]
    Theme.objects.bulk_create(themes, ignore_conflicts=True)  # the same words stand there once
    Insight.objects.filter(pk__in=[key for key, _ in going]).delete()
    due.update(put_off_to=_month_after(on))
    return len(going)
