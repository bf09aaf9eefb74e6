"""What may be told of a question that is put only after some answers to an earlier one, beside what is told of that.

How many came to it is a number about the answers that led there. Where the earlier question is told in bars, this
number cuts each bar in two: those who were led on, and those who were not. Two questions that hang on the same one cut
it into four. Every group that is cut out like this has to be empty or of k people at least: then whatever is added up
or subtracted, across all that is told of the three, is again made of such groups. Otherwise the later one is not told.

Bars that are not shown must not be cut at all, or the number would tell what they hide: not by the answers that were
given, nor by those that could have been. Where a side is not shown all its answers are such a bar.

Of those who came to it, it is told as any other question; that alone cuts no group of those who did not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from programs.choices import AskedOf, Side
from surveys import questions as judgement
from surveys.models import Answer, Question

Given = frozenset[str]
"""Answers to a question as a condition looks at them; empty for whoever skipped it."""


@dataclass(frozen=True, slots=True)
class Stands:
    """What is told of a question that others hang on.

    ``bar`` is where somebody stands in what is told of all; None in a bar that is not shown. ``untold`` are the
    answers in bars that are not shown of all, ``untold_of`` those of each side that came to it.
    """

    bar: Callable[[Answer], Hashable]
    untold: frozenset[Given]
    untold_of: Mapping[str, frozenset[Given]]


class Links:
    """The conditions of one survey. Questions are taken in their order, each after those it may depend on."""

    def __init__(self, questions: Sequence[Question], answers: Sequence[Answer], *, k: int) -> None:
        self.k, self.questions, self.answers = k, list(questions), list(answers)
        self._asked = [self._asked_of(answer) for answer in self.answers]
        self._told: dict[int, list[Question]] = {}

    def _asked_of(self, answer: Answer) -> frozenset[int]:
        values = {int(key): value for key, value in answer.values.items()}
        return frozenset(each.pk for each in judgement.asked(self.questions, values, side=Side(answer.side)))

    def asked(self, question: Question) -> list[Answer]:
        """The answers of those who came to this question."""
        return [answer for answer, asked in zip(self.answers, self._asked, strict=True) if question.pk in asked]

    def decides(self, question: Question) -> frozenset[str]:
        """The answers to this question that lead on to another."""
        depending = (each for each in self.questions if each.only_if == question.position)
        return frozenset(answer for each in depending for answer in each.only_if_answers)

    def may_tell(self, question: Question, stands: Stands) -> bool:
        """Whether it can be told beside those that hang on the same question and were found tellable before it.

        ``stands`` is of the question it depends on. Where a later one is put to one side, the sides are cut apart too.
        """
        beside = [*self._told.get(question.only_if or 0, ()), question]
        by_side = any(each.asked_of != AskedOf.BOTH for each in beside)
        cut: Counter[Hashable] = Counter()
        for answer, asked in zip(self.answers, self._asked, strict=True):
            led = tuple(each.pk in asked for each in beside)
            cut[stands.bar(answer), by_side and answer.side, led] += 1
        if any(people < self.k for people in cut.values()):
            return False

        def ways(untold: frozenset[Given], *sides: Side) -> set[tuple[bool, ...]]:
            return {
                tuple(each.asked_of in (AskedOf.BOTH, side) and judgement.leads_to(each, given) for each in beside)
                for given in untold
                for side in sides
            }

        hidden = [ways(stands.untold, *map(Side, stands.untold_of))]
        if by_side:
            hidden += [ways(untold, Side(side)) for side, untold in stands.untold_of.items()]
        if any(len(each) > 1 for each in hidden):
            return False
        self._told[question.only_if or 0] = beside
        return True
