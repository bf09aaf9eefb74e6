"""The results of a survey as a report to take along: what was let out, in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from disclosure import Hidden
from programs.choices import Side
from surveys.models import Survey
from surveys.over_time import Wave, compared
from surveys.queries import Comments
from surveys.releases import QuestionResult, Results, in_people
from surveys.supply import Supply
from ui.components import Number
from ui.reports import Report, Section

NOTES = (
    "“Hidden to protect others” stands where a figure is not small, and another one could be worked out from it.",
    "The page, the CSV, the workbook and the PDF hide the same cells. The figures no longer change.",
)


def report(
    survey: Survey, results: Results, comments: Sequence[Comments], waves: Sequence[Wave], supply: Supply | None = None
) -> Report:
    told = results.answered.words + (f" of about {results.asked}" if results.asked else "")
    return Report(
        name=f"survey-{survey.pk}-results",
        title=f"Results: {survey.title}",
        lead=f"{survey.program}. Closed on {survey.closes_on:%-d %B %Y}. People who answered: {told}.",
        sections=(
            Section("People who answered", ("Who", "People"), (("All", results.answered), *results.by_side)),
            Section(
                "Answers",
                ("Question", "Part", "Who", "Answer", "People", "Percent"),
                tuple(row for each in (*results.scales, *results.choices) for row in _rows(each)),
            ),
            *(_supply(survey, supply) if supply else ()),
            *_over_time(waves),
            *(_of_comments(each) for each in comments),
        ),
        notes=(f"People who answered are counted in groups of {in_people()['enough']} or more.", *NOTES),
    )


def _rows(each: QuestionResult) -> Iterator[tuple[Number, ...]]:
    part = "" if each.option == each.words else each.option
    for who, one in [("All", each.released.total), *each.released.groups.items()]:
        if one.reason is not None:
            yield each.words, part, who, "", one.reason, one.reason
            continue
        for bar in one.bars:
            yield each.words, part, who, bar.label, bar.count, bar.percent
    if each.net_promoters.is_shown:
        yield each.words, part, "All", "Net promoter score", "", each.net_promoters


def _supply(survey: Survey, supply: Supply) -> Iterator[Section]:
    mentors, mentees = (survey.program.word(side, plural=True) for side in (Side.MENTOR, Side.MENTEE))
    if supply.topics:
        rows = [
            (each.skill if each.is_topic else f"{each.skill} (not a topic now)", each.wanted, each.offered,
             each.missing or "None")
            for each in supply.topics
        ]  # fmt: skip
        heads: tuple[str, ...] = ("Skill", f"Wanted by {mentees}", f"Offered by {mentors}", "Missing")
        yield Section(f"What {mentees} want to learn, and {mentors} can show", heads, tuple(rows))
    if supply.areas is not None:
        title = "Who would take part, by where they work"
        if isinstance(supply.areas, Hidden):
            yield Section(title, ("People",), ((supply.areas,),))
        else:
            heads = ("Where", "Answered", *supply.areas.heads)
            yield Section(title, heads, tuple((line.part, line.people, *line.cells) for line in supply.areas.lines))


CHANCE = "In percentage points; in brackets what 95 of 100 such comparisons hold. Nobody knows who answered both times."


def _over_time(waves: Sequence[Wave]) -> Iterator[Section]:
    statements = compared(waves)
    if statements:
        head = (
            "Statement",
            "Who",
            f"{waves[-2].when}, mostly or fully",
            f"{waves[-1].when}, mostly or fully",
            "Change",
        )
        rows = [
            (each.words, change.who, change.before, change.now, change.words)
            for each in statements
            for change in each.changes
        ]
        yield Section("Since the last time", head, tuple(rows), CHANCE)


def _of_comments(each: Comments) -> Section:
    if not each.texts:
        return Section(each.words, ("Comments",), ((each.closed,),))
    return Section(each.words, ("Comments, in random order",), tuple((text,) for text in each.texts))
