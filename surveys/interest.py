"""What an interest survey says about starting a program: go, or not yet.

It rests on released figures alone, so it tells nothing that they do not. An answer that is hidden, because fewer than
five gave it, counts as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from disclosure import Distribution, Figure
from programs.choices import Side
from programs.rules import counted
from surveys.choices import Interest
from surveys.supply import Supply

ENOUGH_PAIRS: Final = 5
"""Where the program has no target of its own: of fewer pairs no figure could be shown."""
LOPSIDED: Final = 2
"""People of one side for each of the other from which on a side is called too small."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """``go``, and why, in sentences; ``advice`` is what would change it, or what to look out for."""

    go: bool
    reasons: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def headline(self) -> str:
        return "Go: enough people want it" if self.go else "Not yet"


class Forecast(Protocol):
    """What ``matching.forecast`` said: pairs in the middle of its draws, what nine in ten of them reach, and what would
    bring more."""

    @property
    def middle(self) -> int | None: ...
    @property
    def nearly_always(self) -> int | None: ...
    @property
    def changes(self) -> Sequence[tuple[str, int]]: ...


def interested(answers: Distribution) -> tuple[int, int, int] | None:
    """How many would mentor, be mentored, or do either; hidden ones count as none. None where nothing is shown."""
    if answers.reason is not None:
        return None
    counts = {name: bar.count for bar in answers.bars for name in bar.categories}
    mentors, mentees, either = (_at_least(counts, each) for each in (Interest.MENTOR, Interest.MENTEE, Interest.EITHER))
    return mentors, mentees, either


WORDS: Final[Mapping[Side, str]] = {Side.MENTOR: "mentors", Side.MENTEE: "mentees"}
MOST_NAMED: Final = 3


def recommendation(
    answers: Distribution | None, *, target: int | None, forecast: Forecast | None = None,
    supply: Supply | None = None, words: Mapping[Side, str] = WORDS,
) -> Recommendation:  # fmt: skip
    """From how the question whether one would take part was answered by all, from the forecast once there is one, and
    from what is told by topic and area. ``words`` is what the program calls several of a side.

    ``target`` is the number of pairs the program wants to form. ``answers`` is None where that question was changed.
    """
    wanted = target or ENOUGH_PAIRS
    if answers is None:
        return Recommendation(
            False, ("The question whether somebody would take part was changed, so there is nothing to count.",), ()
        )
    if answers.reason is not None:
        return Recommendation(
            False,
            ("Too few people answered, or all alike, to show what they said.",),
            ("Ask again when more people know what reverse mentoring is, or begin with a small pilot.",),
        )
    counts = {name: bar.count for bar in answers.bars for name in bar.categories}
    mentors, mentees, either = (_at_least(counts, each) for each in (Interest.MENTOR, Interest.MENTEE, Interest.EITHER))
    most = most_pairs(mentors, mentees, either)
    pairs = most if forecast is None or forecast.nearly_always is None else forecast.nearly_always
    figures = [counts[each] for each in (Interest.MENTOR, Interest.MENTEE, Interest.EITHER) if each in counts]
    if any(figure.number is None for figure in figures):
        would = (
            f"Would mentor: {_in_words(counts, Interest.MENTOR)}. Would be mentored: "
            f"{_in_words(counts, Interest.MENTEE)}. Would do either: {_in_words(counts, Interest.EITHER)}."
        )
        enough = "What is hidden counts as none, and the rest is enough for "
    else:
        would = (
            f"{_in_words(counts, Interest.MENTOR)} would mentor, {_in_words(counts, Interest.MENTEE)} would be "
            f"mentored, {_in_words(counts, Interest.EITHER)} would do either."
        )
        enough = "That is enough for "
    enough += f"{counted(most, 'pair')}, if everybody has one partner and the rules allow it. "
    enough += f"The objective is {target}." if target else f"Of fewer than {ENOUGH_PAIRS} no figure could be shown."
    reasons, advice = [would[0].upper() + would[1:], enough], list(_advice(mentors, mentees, either, pairs, wanted))
    if forecast is not None and forecast.middle is not None:
        reasons.append(
            f"The program’s rules would allow about {counted(forecast.middle, 'pair')}, and at least {pairs} in nine "
            "of ten draws: as many people as said yes, drawn at random from all who may take part."
        )
        if pairs < wanted:
            advice += [f"With {what} it would be about {counted(more, 'pair')}." for what, more in forecast.changes]
    if supply is not None:
        reasons += _short_of(supply, words)
        advice += _whom_to_ask(supply, words, Side.MENTEE if mentees <= mentors else Side.MENTOR, pairs < wanted)
    return Recommendation(pairs >= wanted, tuple(reasons), tuple(advice))


def _short_of(supply: Supply, words: Mapping[Side, str]) -> Iterable[str]:
    """The topics that are wanted most beyond what is offered, with both figures."""
    for each in supply.short_of[:MOST_NAMED]:
        yield (
            f"{each.skill}: {each.wanted.words} {words[Side.MENTEE]} want it, {each.offered.words} "
            f"{words[Side.MENTOR]} could show it."
        )


def _whom_to_ask(supply: Supply, words: Mapping[Side, str], fewer: Side, are_few: bool) -> Iterable[str]:
    if short := [each.skill for each in supply.short_of[:MOST_NAMED]]:
        yield f"Ask for {words[Side.MENTOR]} who can show {_listed(short)}."
    if are_few and (areas := supply.without[fewer][:MOST_NAMED]):
        yield f"Ask for {words[fewer]} in {_listed(areas)}: hardly anybody there said that they would."


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def most_pairs(mentors: int, mentees: int, either: int) -> int:
    """How many pairs there can be at most, with those who would do either put where they are missing."""
    return min(mentors + either, mentees + either, (mentors + mentees + either) // 2)


def _at_least(counts: Mapping[str, Figure], answer: Interest) -> int:
    figure = counts.get(answer)
    return 0 if figure is None or figure.number is None else int(figure.number)


def _in_words(counts: Mapping[str, Figure], answer: Interest) -> str:
    figure = counts.get(answer)
    return "nobody" if figure is None or figure.number == 0 else figure.words


def _advice(mentors: int, mentees: int, either: int, pairs: int, wanted: int) -> Iterable[str]:
    fewer, more = ("mentees", "mentors") if mentees <= mentors else ("mentors", "mentees")
    small, large = sorted((mentors, mentees))
    if small + either < wanted or large > LOPSIDED * max(small + either, 1):
        yield f"{fewer.capitalize()} are the smaller side. Ask them in person, with the sponsor, before you open it."
    if large > LOPSIDED * max(small + either, 1):
        yield f"Some {more} will have to wait. Say so from the start."
    if pairs < wanted and small + either >= wanted:
        yield "Both sides are a little short. A later start, a lower target or more levels would change it."
