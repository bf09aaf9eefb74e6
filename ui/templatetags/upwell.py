"""Upwell's own words in templates; a builtin, so no template loads it. Its drawings are templates/components/."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeGuard

from django import template
from django.conf import settings
from django.forms.boundfield import BoundWidget
from django.forms.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from privacy import audiences
from privacy.audiences import Audience
from ui import components
from ui.appearance import SCHEMES, scheme_of
from ui.charts import Chart
from ui.forms import kept_in_words, problems_of

register = template.Library()

ICONS = frozenset(
    {"check", "cross", "next", "up", "calendar", "clock", "pen", "flag"}
    | {"help", "warn", "info", "people", "pin", "file", "chat", "pause"}
)
ORDINARY = {
    "0": audiences.COLLEAGUES,
    "1": audiences.COORDINATORS,
    "2": audiences.PARTNERS,
    "3": audiences.ONESELF,
    "count": audiences.GROUPS,
    "manager": audiences.LINE_MANAGER,
}
DEPTHS = frozenset(ORDINARY)
ROLES = frozenset({"", "mentor", "mentee"})
TONES = frozenset({"", "good", "bad", "rise", "lake"})
NOTICE_ICONS = {"good": "check", "rise": "info", "bad": "warn", "": "info", "lake": "info"}


def one_of(given: str, allowed: frozenset[str], thing: str) -> str:
    """Refuse a misspelt word in a template loudly, while somebody is still looking at the page."""
    if given not in allowed:
        raise template.TemplateSyntaxError(f"“{given}” is not {thing}. Choose one of: {', '.join(sorted(allowed))}.")
    return given


# Signs


@register.simple_tag
def icon(name: str, *, flip: bool = False) -> SafeString:
    """A drawing of 20 by 20 that never stands without words. ``flip`` mirrors arrows for right-to-left readers."""
    return format_html(
        '<svg class="uw-icon{}" aria-hidden="true"><use href="#i-{}"/></svg>',
        " uw-icon--flip" if flip else "", one_of(name, ICONS, "an icon"),
    )  # fmt: skip


class Wording(Protocol):
    """A program, which knows what its two sides are called."""

    def word(self, side: str, *, plural: bool = False, capital: bool = False, article: bool = False) -> str: ...


@register.filter
def word(program: Wording, side: str) -> str:
    """``mentor``, or what the program calls one."""
    return program.word(side)


@register.filter
def words(program: Wording, side: str) -> str:
    """Several of them."""
    return program.word(side, plural=True)


@register.filter
def a_word(program: Wording, side: str) -> str:
    """With the article: ``a mentor``, ``an executive learner``."""
    return program.word(side, article=True)


@register.inclusion_tag("components/depth.html")
def depth(audience: Audience | str, words: str = "", id: str = "") -> dict[str, str]:
    """Who can see this. Takes an Audience, its name ("partners"), or a depth ("2"), mostly with words of its own."""
    if isinstance(audience, str):
        if audience in DEPTHS:
            audience = ORDINARY[audience]
        else:
            found = getattr(audiences, audience.upper(), None)
            if not isinstance(found, Audience):
                raise template.TemplateSyntaxError(f"“{audience}” is not an audience of privacy.audiences.")
            audience = found
    return {"depth": audience.depth, "words": words or audience.words, "id": id}


@register.inclusion_tag("components/monogram.html")
def monogram(initials: str, role: str = "", large: bool = False) -> dict[str, object]:
    return {"initials": initials, "role": one_of(str(role), ROLES, "a role"), "large": large}


@register.inclusion_tag("components/person.html")
def person(who: Any, line: str | None = None, initials: str | None = None, role: str = "") -> dict[str, str]:
    """Somebody in a line: an object with name, line and initials, or a name with the two given beside it."""
    name = who if isinstance(who, str) else who.name
    first_letters = "".join(part[:1] for part in name.split())
    return {
        "name": name,
        "line": getattr(who, "line", "") if line is None else line,
        "initials": initials or getattr(who, "initials", "") or first_letters[:1] + first_letters[1:][-1:],
        "role": one_of(str(role), ROLES, "a role"),
    }


@register.inclusion_tag("components/pairmark.html")
def pairmark(mentor: str, mentee: str) -> dict[str, str]:
    """Two large monograms on one waterline; takes initials."""
    return {"mentor": mentor, "mentee": mentee}


@register.inclusion_tag("components/sun.html")
def sun(fraction: float = 1.0, *, polite: bool = True) -> dict[str, object]:
    """How far a round or a form has come, 0 to 1. A polite sun leaves narrow screens to the words."""
    return {"height": components.sun_height(float(fraction)), "polite": polite}


@register.inclusion_tag("components/stop.html")
def stop(label: str, date: str = "", state: str = "") -> dict[str, str]:
    allowed = frozenset({"", "held", "tolog", "missed", "next"})
    return {"label": label, "date": date, "state": one_of(state, allowed, "a state of a meeting")}


@register.inclusion_tag("components/path.html")
def path(stops: Sequence[components.Stop]) -> dict[str, object]:
    return {"stops": stops}


@register.inclusion_tag("components/meter.html")
def meter(percent: float, label: str, target: float | None = None) -> dict[str, object]:
    """A bar from 0 to 100; ``label`` says the number in words for those who do not see it."""
    return {"percent": min(max(round(float(percent)), 0), 100), "label": label, "target": target}


@register.simple_tag
def state(words: str, tone: str = "", icon: str = "") -> SafeString:
    """A tag that says a state in words; the colour repeats it."""
    drawing = globals()["icon"](icon) if icon else ""
    suffix = f" uw-tag--{tone}" if one_of(tone, TONES, "a tone") else ""
    return format_html('<span class="uw-tag{}">{}{}</span>', suffix, drawing, words)


# Numbers


@register.simple_tag
def number(value: components.Number | None, unit: str = "") -> SafeString | str:
    """A figure as text; a hidden one is set apart and speaks in words."""
    if value is None:
        return ""
    text = components.spoken(value, unit)
    return format_html('<span class="uw-hush">{}</span>', text) if components.is_hidden(value) else text


@register.simple_tag
def in_words(count: int) -> str:
    """Twelve and below as a word that can begin a sentence."""
    return components.in_words(int(count))


@register.inclusion_tag("components/stats.html")
def stats(stats: Sequence[components.Stat]) -> dict[str, object]:
    return {
        "stats": [
            {
                "noun": stat.noun,
                "remark": stat.remark,
                "number": components.spoken(stat.number),
                "in_words": components.is_hidden(stat.number) or len(components.spoken(stat.number)) > 8,
            }
            for stat in stats
        ]
    }


@register.inclusion_tag("components/figure.html")
def figure(chart: Chart, level: int = 2) -> dict[str, object]:
    """A chart with its title, its sentence and a table of the same numbers; ``level`` is that of the heading."""
    return {"chart": chart, "drawings": [mark_safe(svg) for svg in chart.drawings()], "heading": f"h{int(level)}"}  # noqa: S308


# Lists and notes


@register.inclusion_tag("components/queue.html")
def queue(items: Sequence[components.QueueItem], level: int = 3, card: bool = True) -> dict[str, object]:
    """What waits, one line each. ``card`` is False where the queue already sits in a panel."""
    return {"items": items, "heading": f"h{int(level)}", "card": card}


@register.inclusion_tag("components/reasons.html")
def reasons(reasons: Sequence[components.Reason]) -> dict[str, object]:
    return {"reasons": reasons}


@register.inclusion_tag("components/empty.html")
def empty(what: str, why: str = "", action: str = "", url: str = "", level: int = 2) -> dict[str, str]:
    """Nothing here yet: what is missing, why, and what to do about it."""
    return {"what": what, "why": why, "action": action, "url": url, "heading": f"h{int(level)}"}


@register.simple_block_tag
def notice(content: str, tone: str = "", icon: str = "") -> str:
    """{% notice "rise" %}<b>One person left.</b> Their pair pauses.{% endnotice %}"""
    tone = one_of(tone, TONES, "a tone")
    context = {"content": content, "tone": tone, "icon": icon or NOTICE_ICONS[tone]}
    return render_to_string("components/notice.html", context)


@register.simple_block_tag
def wide_table(content: str, name: str) -> str:
    """A box in which a wide table scrolls sideways by keyboard too; ``name`` says what the table is of."""
    return render_to_string("components/wide_table.html", {"content": content, "name": name})


@register.inclusion_tag("components/steps.html")
def steps(steps: Sequence[components.Step], current: int, name: str = "Steps") -> dict[str, object]:
    """Numbered steps; ``current`` counts from 1. Steps before it are done and may link back."""
    lines = [
        {"step": step, "state": "done" if place < current else "current" if place == current else "ahead"}
        for place, step in enumerate(steps, start=1)
    ]
    return {"lines": lines, "name": name}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*parts: str) -> dict[str, object]:
    """{% crumbs "Home" home_url "Winter round" %}: names with addresses between them, this page last."""
    return {"crumbs": components.crumbs_from([str(part) for part in parts])}


# Forms


@register.inclusion_tag("components/errors.html")
def errors(*forms: BaseForm | BaseFormSet[Any] | Sequence[Any]) -> dict[str, object]:
    """The summary above a form that was refused: how many answers, with a way to each. Nothing if all is well."""
    problems = problems_of(*forms)
    if not any(problem.id for problem in problems):
        title = "This needs another look"
    elif len(problems) == 1:
        title = "One answer needs another look"
    else:
        title = f"{components.in_words(len(problems))} answers need another look"
    return {
        "problems": problems,
        "title": title,
        "kept": kept_in_words(*forms),
    }  # fmt: skip


def is_form(value: object) -> TypeGuard[BaseForm]:
    """Asks the type, where isinstance would wake whatever is lazy in the context."""
    return issubclass(type(value), BaseForm)


@register.simple_tag(takes_context=True)
def error_prefix(context: template.Context) -> str:
    """What the title of a page begins with while a form on it was refused."""
    flat: Mapping[str, object] = context.flatten()  # type: ignore[assignment]
    forms = [value for value in flat.values() if is_form(value)]
    refused = any(form.is_bound and form.errors for form in forms)
    return "Error: " if refused or flat.get("errors") else ""  # the admin keeps its errors under that name


@register.filter
def attributes(given: dict[str, Any]) -> SafeString:
    """Of an input: `` id="id_name" required``."""
    return flatatt(given)


@register.filter
def box(choice: BoundWidget) -> SafeString:
    """What is ticked of a choice of a field, without its label. ``choice.tag`` asks three templates for each."""
    data = choice.data
    return format_html(
        '<input type="{}" name="{}" value="{}"{}>', data["type"], data["name"], data["value"], flatatt(data["attrs"])
    )


OptGroups = Sequence[tuple[str | None, Sequence[Mapping[str, Any]], int]]


@register.filter
def options(groups: OptGroups) -> SafeString:
    """What a ``select`` holds. Takes a widget's ``optgroups``; those without a name are no group."""
    drawn = []
    for name, choices, _ in groups:
        held = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((choice["value"], flatatt(choice["attrs"]), choice["label"]) for choice in choices),
        )  # fmt: skip
        drawn.append(format_html('<optgroup label="{}">{}</optgroup>', name, held) if name else held)
    return format_html_join("", "{}", ((each,) for each in drawn))


_TICK: Final = re.compile(r'<img [^>]*alt="(True|False|None)"[^>]*>')
_SAID: Final = {"True": "Yes", "False": "No", "None": "Not known"}


@register.filter
def ticks_in_words(drawn: SafeString) -> SafeString:
    """What Django's admin made of a value, with a word where it would draw a tick or a cross alone."""
    return mark_safe(_TICK.sub(lambda found: _SAID[found[1]], drawn)) if isinstance(drawn, SafeString) else drawn  # noqa: S308 - it was safe before


# The page around everything


@register.simple_tag(takes_context=True)
def scheme(context: template.Context) -> str:
    """light, dark, or nothing when the reader's system decides; goes into data-bs-theme on the html element."""
    request = context.get("request")
    return scheme_of(request) if request is not None else ""


@register.inclusion_tag("components/appearance.html", takes_context=True)
def appearance(context: template.Context) -> dict[str, object]:
    request = context.get("request")
    current = scheme_of(request) if request is not None else ""
    return {
        "schemes": [{"key": key, "words": words, "current": key == current} for key, words in SCHEMES.items()],
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }


@register.inclusion_tag("components/demo_ribbon.html", takes_context=True)
def demo_ribbon(context: template.Context) -> dict[str, object]:
    return {"demo": settings.DEMO, "csrf_token": context.get("csrf_token"), "request": context.get("request")}


@register.simple_tag
def company() -> str:
    return settings.COMPANY_NAME
