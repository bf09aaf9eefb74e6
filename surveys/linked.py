"""What may be told of a question that is put only after some answers to an earlier one, beside what is told of that.

How many came to it is a number about the answers that led there. Where the earlier question is told in bars, this
number cuts each bar in two: those who were led on, and those who were not. Two questions that hang on the same one cut
it into four. Every group that is cut out like this has to be empty or of k people at least: then whatever is added up
or subtracted, across all that is told of the three, is again made of such groups. Otherwise the later one is not told.

Bars that are not shown must not be cut at all, or the number would tell what they hide.

Of those who came to it, it is told as any other question; that alone cuts no group of those who did not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from programs.choices import AskedOf, Side
from surveys import questions as judgement
from surveys.models import Answer, Question

Stands = Callable[[Answer], tuple[Hashable, Hashable]]
"""In which bar of what is told of a question somebody stands, of all and of their side; None in one not shown."""


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
        hidden: dict[Hashable, set[Hashable]] = defaultdict(set)
        for answer, asked in zip(self.answers, self._asked, strict=True):
            led = tuple(each.pk in asked for each in beside)
            in_all, in_side = stands(answer)
            cut[in_all, by_side and answer.side, led] += 1
            if in_all is None:
                hidden["all"].add(led)
            if by_side and in_side is None:
                hidden[answer.side].add(led)
        if any(people < self.k for people in cut.values()) or any(len(led) > 1 for led in hidden.values()):
            return False
        self._told[question.only_if or 0] = beside
        return True
