"""Companies of any size and shape: who reports to whom, by place in a list that has managers before their reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Final

Managers = list[int | None]

WIDTHS: Final = (1, 8, 40, 160, 500, 1_500, 4_000, 9_000, 16_000, 20_000, 18_000, 14_000, 9_000, 5_000, 2_500)
"""How a hundred thousand people spread over fifteen layers, more or less."""


def layered(people: int) -> Managers:
    """Fifteen layers of management, broad in the middle, with teams of chance sizes."""
    dice = Random(7)  # noqa: S311 - a made-up company
    managers: Managers = []
    above = range(0)
    for width in WIDTHS:
        layer = range(len(managers), len(managers) + max(1, round(width * people / sum(WIDTHS))))
        managers += [dice.choice(above) if above else None for _ in layer]
        above = layer
    return (managers + [dice.choice(above) for _ in range(people - len(managers))])[:people]


def one_line(people: int, *, long: int = 2_000) -> Managers:
    """Two thousand people, each below the one before, and everybody else below the last of them."""
    return [None, *(min(place, long) - 1 for place in range(1, people))]


def star(people: int) -> Managers:
    """Everybody below one."""
    return [None, *(0 for _ in range(1, people))]


SHAPES: Final[dict[str, Callable[[int], Managers]]] = {
    "fifteen layers": layered,
    "one line of 2,000": one_line,
    "all below one": star,
}

HEADER: Final = (
    "Employee number", "E-mail", "Given name", "Family name", "Job title", "Function", "Line of business", "Level",
    "Site", "Time zone", "Languages", "Manager", "Hired on",
)  # fmt: skip
LEVELS, FUNCTIONS, LINES, SITES = 12, 24, 9, 40


def rows(managers: Managers, *, job: str) -> Iterator[tuple[str, ...]]:
    """A file of these people, in the order of :data:`HEADER`."""
    for place, manager in enumerate(managers):
        yield (
            number(place),
            f"person{place}@example.org",
            f"Given{place % 997}",
            f"Family{place}",
            f"{job} {place % 300}",
            f"Function {place % FUNCTIONS}",
            f"Line {place % LINES}",
            f"Level {place % LEVELS + 1}",
            f"Site {place % SITES}",
            "Europe/Berlin",
            "en, de",
            "" if manager is None else number(manager),
            f"2019-03-{place % 28 + 1:02}",
        )


def number(place: int) -> str:
    return f"E{place:06}"


def workbook(file: str, table: Iterable[tuple[str, ...]]) -> None:
    import xlsxwriter  # among the test requirements

    with xlsxwriter.Workbook(file, {"constant_memory": True}) as made:
        sheet = made.add_worksheet()
        for place, row in enumerate((HEADER, *table)):
            sheet.write_row(place, 0, row)
