"""Charts drawn on the server: plain data in, two SVG drawings and a table out (docs/adr/0004).

Every function here is pure. It returns a Chart, which {% figure %} puts on a page: one drawing for phones, one for
columns, and a table with the same words. Bars begin at zero, the target is a stroke, and a hidden number is a dashed
box with its words. Drawings carry the light colours as attributes, so that they work alone in a mail; on a page the
style sheet swaps those for tokens, and dark mode needs no second drawing.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

import vl_convert

from ui.components import Number, amount, is_hidden, reaches, spoken

LAKE, AMBER, PLUM, BRICK = "#0b6b6e", "#c27708", "#7a5a8c", "#a9432f"
SOFT, MUTE, INK, INK_2, SURFACE, ON_LAKE = "#b5cfcb", "#dde4df", "#10292d", "#46595b", "#ffffff", "#fefefe"
NARROW, WIDE = 270, 440
LETTER = 6.4  # pixels, on average, at 14 px
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
HIDDEN_SENTENCE = "A dashed box stands for a number that is not shown."

Tone = Literal["lake", "amber", "plum", "brick", "soft", "mute"]
COLOURS: Mapping[str, str] = {"lake": LAKE, "amber": AMBER, "plum": PLUM, "brick": BRICK, "soft": SOFT, "mute": MUTE}
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Number, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart in words: a head for the names and one for each column of cells."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    says: str
    table: Table
    narrow: str = field(repr=False)
    wide: str = field(repr=False)

    def drawings(self) -> tuple[str, str]:
        """The SVG for phones and the SVG for columns; drawn once for each different content."""
        return (
            drawn(self.narrow, NARROW, "is-narrow", self.title),
            drawn(self.wide, WIDE, "is-wide", self.title),
        )


# What charts are made of


@dataclass(frozen=True, slots=True)
class Bar:
    """One named number. A faint bar is there for scale and not for judgement."""

    label: str
    number: Number
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Objective:
    """Where an objective stands. ``full`` is the end of its scale; None means a little beyond what is drawn."""

    name: str
    now: Number
    target: float
    unit: str = "%"
    full: float | None = None
    less_is_better: bool = False

    @property
    def is_reached(self) -> bool | None:
        if not self.less_is_better:
            return reaches(self.now, self.target)
        reached = amount(self.now)
        return None if reached is None else reached <= self.target


@dataclass(frozen=True, slots=True)
class Moment:
    """One stretch of time: what was held in it, and what the pairs had agreed on."""

    when: str
    held: Number
    agreed: Number | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a group: the answer, its percentage, and the tone it has in every group."""

    label: str
    percent: Number
    tone: Tone = "lake"


@dataclass(frozen=True, slots=True)
class Group:
    """A row of ``stacked``. Without parts, or with one of them hidden, it is drawn as a dashed box with ``words``."""

    label: str
    parts: tuple[Part, ...] = ()
    words: str = "not shown"


@dataclass(frozen=True, slots=True)
class Compromise:
    """One way to give up some of one thing for more of another."""

    gained: float
    kept: float
    chosen: bool = False


# The charts


def bars(
    title: str, bars: Sequence[Bar], *, says: str = "", unit: str = "", heads: tuple[str, str] = ("", "People"),
    full: float | None = None,
) -> Chart:  # fmt: skip
    """Named numbers, each above its bar, on one scale from zero."""
    drawn_amounts = [amount(bar.number) or 0.0 for bar in bars]
    end = full or max(drawn_amounts, default=0.0) or 1.0
    rows = [
        {
            "label": f"{place}", "name": bar.label, "v": value, "end": end, "hidden": is_hidden(bar.number),
            "words": spoken(bar.number, unit), "colour": SOFT if bar.faint else LAKE,
        }
        for place, (bar, value) in enumerate(zip(bars, drawn_amounts, strict=True))
    ]  # fmt: skip

    def spec(width: int) -> Spec:
        x = scale_to(end)
        return named_rows(rows, 50, width, [
            shown_only({"mark": {"type": "bar", "height": 14},
                        "encoding": {"x": {"field": "v", **x}, "color": {"field": "colour", "scale": None}}}),
            dashed_box(x, 14), words_at(width),
        ])  # fmt: skip

    return chart(title, says, Table(heads, tuple(Row(bar.label, (bar.number,), unit) for bar in bars)), spec)


def funnel(title: str, steps: Sequence[Bar], *, says: str = "", heads: tuple[str, str] = ("Step", "People")) -> Chart:
    """How many people are left after each step; the first step is the scale."""
    return bars(title, steps, says=says, heads=heads)


def objectives(
    title: str, objectives: Sequence[Objective], *,
    says: str = "The upright stroke is the target. Amber bars have not reached it.",
) -> Chart:  # fmt: skip
    """Each objective on its own scale, with its target as a stroke."""
    ends = [scale_of(each) for each in objectives]

    def rows(width: int) -> list[Spec]:
        return [
            {
                "label": f"{place}", "name": each.name, "v": min((amount(each.now) or 0.0) / end, 1.0), "end": 1.0,
                "t": min(each.target / end, 1.0), "hidden": is_hidden(each.now),
                "words": spoken(each.now, each.unit)
                + ("" if width == NARROW else f", target {spoken(each.target, each.unit)}"),
                "colour": AMBER if each.is_reached is False else LAKE,
            }
            for place, (each, end) in enumerate(zip(objectives, ends, strict=True))
        ]  # fmt: skip

    def spec(width: int) -> Spec:
        x = scale_to(1.0)
        return named_rows(rows(width), 58, width, [
            shown_only({"mark": {"type": "bar", "color": MUTE, "height": 12},
                        "encoding": {"x": {"field": "end", **x}}}),
            shown_only({"mark": {"type": "bar", "height": 12},
                        "encoding": {"x": {"field": "v", **x}, "color": {"field": "colour", "scale": None}}}),
            dashed_box(x, 12),
            {"mark": {"type": "tick", "color": INK, "thickness": 3, "size": 18, "opacity": 1},
             "encoding": {"x": {"field": "t", **x}}},
            words_at(width),
        ])  # fmt: skip

    table = Table(
        ("Objective", "Now", "Target"),
        tuple(Row(each.name, (each.now, each.target), each.unit) for each in objectives),
    )
    return chart(title, says, table, spec)


def rhythm(
    title: str, moments: Sequence[Moment], *, says: str = "", axis: str = "Week",
    heads: tuple[str, str, str] = ("Week", "Held", "Agreed"),
) -> Chart:  # fmt: skip
    """Bars for what was held and a line for what was agreed, along time."""
    agreed = [moment.agreed for moment in moments if moment.agreed is not None]
    rows: list[Spec] = [
        {
            "when": moment.when, "held": amount(moment.held), "hidden": is_hidden(moment.held),
            "agreed": amount(moment.agreed) if moment.agreed is not None else None,
        }
        for moment in moments
    ]  # fmt: skip
    _, held_head, agreed_head = heads
    colours = {
        "domain": [held_head, agreed_head] if agreed else [held_head],
        "range": [LAKE, AMBER][: 1 + bool(agreed)],
    }
    top = max([value for row in rows for value in (row["held"], row["agreed"]) if value is not None], default=0) or 1

    def spec(width: int) -> Spec:
        room = max((len(moment.when) for moment in moments), default=1) * 7 + 8
        every = max(1, math.ceil(len(moments) * room / width))
        ticks = [moment.when for place, moment in enumerate(moments) if place % every == 0]
        x = {"field": "when", "type": "ordinal", "sort": None, "scale": {"domain": [moment.when for moment in moments]},
             "axis": {"title": axis, "labelAngle": 0, "values": ticks}}  # fmt: skip
        y = {"type": "quantitative", "title": None, "scale": {"domainMin": 0},
             "axis": {"grid": True, "tickCount": min(4, int(top)), "format": "d"}}  # fmt: skip
        layers: list[Spec] = [
            {"transform": [{"filter": "!datum.hidden"}], "mark": {"type": "bar", "width": {"band": 0.62}},
             "encoding": {"y": {"field": "held", **y}, "color": {"datum": held_head, "scale": colours, "title": None}}},
            {"transform": [{"filter": "datum.hidden"}],
             "mark": {"type": "bar", "width": {"band": 0.62}, "fillOpacity": 0, "stroke": INK_2, "strokeDash": [3, 4]},
             "encoding": {"y": {"datum": top / 8, "type": "quantitative"}}},
        ]  # fmt: skip
        if agreed:
            layers.append({
                "transform": [{"filter": "isValid(datum.agreed)"}],
                "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 2.5},
                "encoding": {"y": {"field": "agreed", **y}, "color": {"datum": agreed_head}},
            })  # fmt: skip
        return {"data": {"values": rows}, "width": width, "height": 200, "encoding": {"x": x}, "layer": layers}

    table = Table(
        heads if agreed else heads[:2],
        tuple(
            Row(each.when, (each.held, each.agreed if each.agreed is not None else "none") if agreed else (each.held,))
            for each in moments
        ),
    )
    return chart(title, says, table, spec)


def stacked(title: str, groups: Sequence[Group], *, says: str = "", heads: tuple[str, ...] = ("Group",)) -> Chart:
    """Percentages that make up each group, one bar a group; a group that is not shown is a dashed box."""
    tones: dict[str, str] = {}
    for group in groups:
        for part in group.parts:
            tones.setdefault(part.label, COLOURS[part.tone])
    rows: list[Spec] = []
    for place, group in enumerate(groups):
        base = {"label": f"{place}", "name": group.label, "end": 100}
        values = [amount(part.percent) for part in group.parts]
        if not values or any(value is None for value in values):
            rows.append(
                {**base, "hidden": True, "first": True, "words": group.words, "lo": 0, "hi": 0, "v": 0, "c": ""}
            )
            continue
        low = 0.0
        for part, value in zip(group.parts, values, strict=True):
            high = min(low + (value or 0.0), 100.0)
            rows.append({
                **base, "hidden": False, "first": low == 0, "words": f"{round(value or 0)}", "c": part.label,
                "lo": low, "hi": high, "mid": (low + high) / 2, "v": value,
                "dark": part.tone in {"lake", "brick", "plum"},
            })  # fmt: skip
            low = high
    colours = {"domain": list(tones), "range": list(tones.values())}

    def spec(width: int) -> Spec:
        x = scale_to(100)
        widest = max((len(label) for label in tones), default=1) * 7 + 40
        legend = {"columns": min(max(width // widest, 1), max(len(tones), 1))}
        drawn_parts: list[Spec] = [
            shown_only({
                "mark": {"type": "bar", "height": 22, "stroke": SURFACE, "strokeWidth": 1.5},
                "encoding": {"x": {"field": "lo", **x}, "x2": {"field": "hi"},
                             "color": {"field": "c", "scale": colours, "title": None, "legend": legend}},
            }),
            {"transform": [{"filter": "!datum.hidden && datum.v >= 8"}], "mark": {"type": "text", "fontWeight": 700},
             "encoding": {"x": {"field": "mid", **x}, "text": {"field": "words"},
                          "color": {"condition": {"test": "datum.dark", "value": ON_LAKE}, "value": INK}}},
        ]  # fmt: skip
        in_the_box = {
            "transform": [{"filter": "datum.hidden"}],
            "mark": {"type": "text", "align": "left", "dx": 8, "color": INK_2},
            "encoding": {"x": {"value": 0}, "text": {"field": "words"}},
        }  # fmt: skip
        layers = [*(drawn_parts if tones else []), dashed_box(x, 22), in_the_box]
        return named_rows(rows, 62, width, layers, beside=False, up=23)

    labels = list(tones)
    table = Table(
        (heads[0], *labels) if labels else (heads[0], "Answers"),
        tuple(Row(group.label, cells_of(group, labels), "%") for group in groups),
    )
    return chart(title, says, table, spec)


def lines(
    title: str, moments: Sequence[str], series: Mapping[str, Sequence[Number]], *, says: str = "", unit: str = "%",
    head: str = "When",
) -> Chart:  # fmt: skip
    """A line for each of up to four series along time, told apart by colour and by the form of its points, from zero to
    a hundred. A number that is not shown leaves a gap; the table says why."""
    told = dict(list(series.items())[:4])
    rows = [
        {"when": when, "what": name, "v": amount(number)}
        for name, numbers in told.items()
        for when, number in zip(moments, numbers, strict=True)
    ]
    colours = {"domain": list(told), "range": [LAKE, AMBER, PLUM, BRICK][: len(told)]}
    forms = {"domain": list(told), "range": ["circle", "square", "triangle-up", "diamond"][: len(told)]}

    def spec(width: int) -> Spec:
        x = {"field": "when", "type": "ordinal", "sort": None, "scale": {"domain": list(moments)},
             "axis": {"title": None, "labelAngle": 0}}  # fmt: skip
        y = {"field": "v", "type": "quantitative", "title": None, "scale": {"domain": [0, 100]},
             "axis": {"grid": True, "tickCount": 5, "labelExpr": f"datum.label + {json.dumps(unit)}"}}  # fmt: skip
        legend = {"columns": 1, "labelLimit": width - 30, "symbolType": None}
        by_name = {"field": "what", "type": "nominal", "title": None, "legend": legend}
        drawn_by = {"x": x, "y": y, "color": {**by_name, "scale": colours}}
        points = {**drawn_by, "shape": {**by_name, "scale": forms}}
        layers: list[Spec] = [
            {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": drawn_by},
            {"mark": {"type": "point", "filled": True, "size": 80, "opacity": 1}, "encoding": points,
             "transform": [{"filter": "isValid(datum.v)"}]},
        ]  # fmt: skip
        return {"data": {"values": rows}, "width": width, "height": 190, "layer": layers}

    table = Table((head, *series), tuple(
        Row(when, tuple(numbers[place] for numbers in series.values()), unit) for place, when in enumerate(moments)
    ))  # fmt: skip
    return chart(title, says, table, spec)


def trade_off(
    title: str, points: Sequence[Compromise], *, says: str = "", heads: tuple[str, str] = ("Gained", "Kept"),
    unit: str = "%",
) -> Chart:  # fmt: skip
    """A line through compromises, from none to the dearest, with the chosen one full; not from zero, for what is at
    stake is the difference."""
    rows = [
        {"gained": point.gained, "kept": point.kept, "chosen": point.chosen} for point in points
    ]  # fmt: skip

    def spec(width: int) -> Spec:
        x = {"field": "gained", "type": "quantitative", "title": heads[0], "scale": {"zero": False, "nice": True},
             "axis": {"tickCount": 4}}  # fmt: skip
        y = {"field": "kept", "type": "quantitative", "title": None, "scale": {"zero": False, "nice": True},
             "axis": {"grid": True, "tickCount": 4, "labelExpr": f"datum.label + {json.dumps(unit)}"}}  # fmt: skip
        layers: list[Spec] = [
            {"mark": {"type": "line", "color": LAKE, "strokeWidth": 2.5}},
            {"mark": {"type": "point", "color": LAKE, "fill": SURFACE, "filled": True, "size": 60, "opacity": 1,
                      "stroke": LAKE, "strokeWidth": 2}},
            {"transform": [{"filter": "datum.chosen"}],
             "mark": {"type": "point", "filled": True, "color": AMBER, "size": 130, "opacity": 1}},
        ]  # fmt: skip
        return {"data": {"values": rows}, "width": width, "height": 180, "encoding": {"x": x, "y": y}, "layer": layers}

    table = Table(
        (*heads, "Chosen"),
        tuple(Row(spoken(each.gained), (each.kept, "yes" if each.chosen else "no"), unit) for each in points),
    )
    return chart(title, says, table, spec)


def cells_of(group: Group, labels: Sequence[str]) -> tuple[Number, ...]:
    found: dict[str, Number] = {part.label: part.percent for part in group.parts}
    if not found:
        return tuple(group.words for _ in labels or [""])
    return tuple(found.get(label, "counted elsewhere") for label in labels)


# How they are put together


def scale_of(objective: Objective) -> float:
    if objective.full:
        return objective.full
    if objective.unit == "%":
        return 100.0
    return max(amount(objective.now) or 0.0, objective.target) * 1.15 or 1.0


def scale_to(end: float) -> Spec:
    return {"type": "quantitative", "scale": {"domain": [0, end]}, "axis": None}


def named_rows(
    rows: Sequence[Spec], step: int, width: int, layers: Sequence[Spec], *, beside: bool = True, up: int = 19
) -> Spec:
    """The label above, the bar beneath: reads the same at any width. ``beside``: words stand at the end of its line.

    ``up`` is how far above the middle of the bar the name stands, in pixels.
    """
    broken = [{**row, **in_two_lines(row["name"], beside=row["words"] if beside else "", width=width)} for row in rows]
    lines = [named("name", -up)]
    if any(row["above"] for row in broken):
        lines.append(named("above", -up - 17))
        step += 17
    return {
        "data": {"values": broken},
        "height": {"step": step},
        "encoding": {"y": {"field": "label", "type": "nominal", "axis": None, "sort": None}},
        "layer": [*lines, *layers],
    }


def named(line: str, up: int) -> Spec:
    return {
        "transform": [{"filter": "datum.first !== false"}],
        "mark": {"type": "text", "align": "left", "dy": up, "fontSize": 14},
        "encoding": {"x": {"value": 0}, "text": {"field": line}},
    }


def in_two_lines(name: str, *, beside: str, width: int) -> dict[str, str]:
    """A name broken so that it leaves room for the words at the end of its line; the table has it in full."""
    room = int((width - (len(beside) * 7 + 12 if beside else 0)) / LETTER)
    if len(name) <= room:
        return {"above": "", "name": name}
    above, *rest = textwrap.wrap(name, int(width / LETTER), break_long_words=True)
    return {"above": above, "name": textwrap.shorten(" ".join(rest), max(room, 4), placeholder="…")}


def shown_only(layer: Spec) -> Spec:
    return {"transform": [{"filter": "!datum.hidden"}], **layer}


def dashed_box(x: Spec, height: int) -> Spec:
    return {
        "transform": [{"filter": "datum.hidden"}],
        "mark": {"type": "bar", "height": height, "fillOpacity": 0, "stroke": INK_2, "strokeDash": [3, 4]},
        "encoding": {"x": {"field": "end", **x}},
    }


def words_at(width: int) -> Spec:
    return {
        "mark": {"type": "text", "align": "right", "dy": -19, "fontWeight": 700},
        "encoding": {"x": {"value": width}, "text": {"field": "words"}},
    }


def chart(title: str, says: str, table: Table, spec: Callable[[int], Spec]) -> Chart:
    if any(is_hidden(cell) for row in table.rows for cell in row.cells):
        says = f"{says} {HIDDEN_SENTENCE}".strip()
    narrow, wide = (json.dumps(spec(width), sort_keys=True, default=str) for width in (NARROW, WIDE))
    return Chart(title, says, table, narrow, wide)


@cache
def theme() -> Spec:
    loaded: Spec = json.loads((Path(__file__).parent / "vega-theme.json").read_text())
    return loaded


@lru_cache(maxsize=512)
def drawn(spec: str, width: int, size: str, name: str) -> str:
    """SVG for a Vega-Lite specification: one role, one name, no style attribute, ids of its own."""
    whole = {"$schema": SCHEMA, "width": width, **json.loads(spec), "config": theme()}
    svg = vl_convert.vegalite_to_svg(whole)
    own = "c" + hashlib.sha256(f"{size}{name}{spec}".encode()).hexdigest()[:10]
    svg = re.sub(r' (aria-[a-z]+|role|style|pointer-events)="[^"]*"', "", svg)
    svg = re.sub(r'(id="|url\(#)(clip|gradient)', rf"\1{own}-\2", svg)
    svg = re.sub(r"\.(\d{2})\d+", r".\1", svg)
    svg = trimmed(svg, width)
    label = quoteattr(name)
    return svg.replace('class="marks"', f'class="uw-chart {size}" role="img" aria-label={label}', 1).strip()


def trimmed(svg: str, width: int) -> str:
    """Cut the drawing to its plot: text is measured in another font than the page's, and comes out too wide."""
    left = re.search(r"translate\(([\d.]+),", svg)
    size = re.search(r'width="(\d+)" height="(\d+)" viewBox="0 0 (\d+) ', svg)
    if left is None or size is None:
        return svg
    kept = min(int(size[1]), round(float(left[1])) + width + 8)
    return svg.replace(size[0], f'width="{kept}" height="{size[2]}" viewBox="0 0 {kept} ', 1)
