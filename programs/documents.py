"""A program's configuration as a document: read from YAML, written as YAML, turned into what a form begins with.

A document names no people, no stage and no counts. Whatever is not in it is left to the form. It is judged as a
stranger's: small, plain, nothing unknown, nothing of a wrong kind; every refusal says where.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import slugify

from people.models import Function, Level, LineOfBusiness, Site, Skill
from programs import reminders
from programs.choices import PERCENT, AnswerKind, AskedOf, Criterion, Importance, Measure, Purpose, Side, WishLists
from programs.models import (
    A_FEW_WORDS,
    LONGEST_END,
    LONGEST_HELP,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    Program,
    ProgramTemplate,
)
from programs.questions import MOST_QUESTIONS, reasons_against
from programs.training import pieces_for

LARGEST = 64 * 1024
DEEPEST = 8
MOST_TOPICS = 50
LONGEST_DAYS = 3660
LONGEST_PROMPT = 365
LONGEST_NAME = 120
LONGEST_WHEN = 600
SHIPPED = Path(__file__).parent / "templates_shipped"

Document = dict[str, Any]
Judge = Callable[[Any], Any]
"""A clean value, or a ValidationError whose sentence goes behind the place."""


class DocumentRefused(ValidationError):
    """Its messages say where in the document something is wrong, and what."""


# What a value may be


def text(*, longest: int, may_be_empty: bool = False) -> Judge:
    def judge(value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Write a text here.")
        said = value.replace("\r\n", "\n").strip()
        if any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in said):
            raise ValidationError("This text holds a character that cannot be kept.")
        if not said and not may_be_empty:
            raise ValidationError("This is empty. Write something, or leave the line out.")
        if len(said) > longest:
            raise ValidationError(f"This is {len(said):,} characters long. Take out {len(said) - longest:,} or more.")
        return said

    return judge


def line(*, longest: int) -> Judge:
    """A text without line breaks."""
    judge = text(longest=longest)
    return lambda value: " ".join(judge(value).split())


def a_few_words(value: Any) -> str:
    said: str = text(longest=30)(value)
    A_FEW_WORDS(said)
    return said


def whole(least: int, most: int) -> Judge:
    def judge(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Write a whole number.")
        if not least <= value <= most:
            raise ValidationError(f"Write a number from {least} to {most}.")
        return value

    return judge


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationError("Write true or false.")
    return value


def day(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValidationError("Write the date as year-month-day: 2027-03-12.")
    return value


def one_of(words: list[str]) -> Judge:
    def judge(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValidationError(f"Write one of these: {', '.join(words)}.")
        return value

    return judge


def target(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValidationError("Write a number.")
    if not 0 < value < 1_000_000:
        raise ValidationError("Write a number above 0 and below 1,000,000.")
    if round(value, 1) != value:
        raise ValidationError("Write at most one digit after the point.")
    return value


def entries(judge: Judge, *, most: int) -> Judge:
    def judge_all(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError("Write a list here.")
        if len(value) > most:
            raise ValidationError(f"These are {len(value)} entries. Keep at most {most}.")
        found, refused = [], []
        for number, entry in enumerate(value, start=1):
            try:
                found.append(judge(entry))
            except ValidationError as refusal:
                refused += [placed(f"entry {number}", sentence) for sentence in refusal.messages]
        if refused:
            raise ValidationError(refused)
        return found

    return judge_all


def placed(where: str, sentence: str) -> str:
    """Puts a place in front: commas between places, a colon before the sentence."""
    deeper = sentence.startswith(INSIDE)
    return f"{INSIDE}{where}{', ' if deeper else ': '}{sentence.removeprefix(INSIDE)}"


INSIDE = "\x00"
"""Marks a sentence that begins with a place. No document can hold it in a key: keys that are quoted are cut down."""


def parts(known: Mapping[str, Judge], *, needed: tuple[str, ...] = ()) -> Judge:
    def judge_all(value: Any) -> Document:
        if not isinstance(value, dict):
            raise ValidationError("Write lines of the form “key: value” here.")
        found: Document = {}
        refused: list[str] = []
        for key, inner in value.items():
            if key not in known:
                refused.append(f"“{shown(key)}” is not known here. Known are: {', '.join(known)}.")
                continue
            try:
                found[key] = known[key](inner)
            except ValidationError as refusal:
                refused += [placed(key, sentence) for sentence in refusal.messages]
        refused += [f"“{key}” is missing." for key in needed if key not in value]
        if refused:
            raise ValidationError(refused)
        return {key: found[key] for key in known if key in found}

    return judge_all


def shown(key: object) -> str:
    """A key from a stranger's document, fit to stand in a sentence."""
    return "".join(character if character.isprintable() else "?" for character in str(key)[:40])


def number_for(name: str) -> Judge:
    """Within the limits of the column."""
    limits = Program._meta.get_field(name).validators  # type: ignore[union-attr]
    least = max([0, *(each.limit_value for each in limits if isinstance(each, MinValueValidator))])
    most = min([32767, *(each.limit_value for each in limits if isinstance(each, MaxValueValidator))])
    return whole(least, most)


def objective(value: Any) -> Document:
    said: Document = OBJECTIVE(value)
    if ("after_days" in said) == ("after_weeks" in said):
        raise ValidationError("Write either after_days or after_weeks.")
    if said["measure"] in PERCENT and said["target"] > 100:
        raise ValidationError([placed("target", "A percentage is at most 100.")])
    return said


def objectives(value: Any) -> list[Document]:
    found: list[Document] = entries(objective, most=len(Measure.values))(value)
    seen: set[str] = set()
    for number, said in enumerate(found, start=1):
        if said["measure"] in seen:
            raise ValidationError([placed(f"entry {number}", placed("measure", "This measure stands here twice."))])
        seen.add(said["measure"])
    return found


def question(value: Any) -> Document:
    said: Document = QUESTION(value)
    reasons = reasons_against(
        kind=said.get("kind", AnswerKind.TEXT), options=said.get("options", ()), lowest=said.get("lowest", ""),
        highest=said.get("highest", ""),
    )  # fmt: skip
    if reasons:
        raise ValidationError([placed(name, sentence) for name, sentence in reasons.items()])
    return said


QUESTION = parts(
    {
        "words": line(longest=LONGEST_QUESTION),
        "help": line(longest=LONGEST_HELP),
        "kind": one_of(AnswerKind.values),
        "options": entries(line(longest=LONGEST_OPTION), most=MOST_OPTIONS),
        "lowest": line(longest=LONGEST_END),
        "highest": line(longest=LONGEST_END),
        "asked_of": one_of(AskedOf.values),
        "required": yes_or_no,
    },
    needed=("words",),
)
QUESTION_KEYS = ("words", "help", "kind", "options", "lowest", "highest", "asked_of", "required")
OBJECTIVE = parts(
    {
        "measure": one_of(Measure.values),
        "target": target,
        "after_days": whole(0, LONGEST_DAYS),
        "after_weeks": whole(0, LONGEST_DAYS // 7),
    },
    needed=("measure", "target"),
)
DAYS = entries(whole(0, LONGEST_PROMPT), most=5)
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "guidelines": (
        "term_weeks",
        "meet_every_days",
        "meeting_minutes",
        "reciprocal_every",
        "recused_months",
        "kept_days",
        "out_of_bounds",
        "references_asked",
        "asks_line_managers",
        "wish_lists",
    ),
    "rules": ("mentor_months_here", "level_gap", "different_function", "different_line_of_business"),
    "wording": ("mentor_word", "mentor_words", "mentee_word", "mentee_words"),
    "reminders": (
        "proposal_days",
        "proposal_reminder_days",
        "first_check_in_days",
        "check_in_every_days",
        "end_prompt_days",
        "nudges_quiet_pairs",
        "weekly_digest",
        *reminders.BY_NAME,
    ),
}
"""Where the plain answers of a program stand in its document; the same names as on the form."""

TRAINING: Mapping[str, Side] = {"mentors": Side.MENTOR, "mentees": Side.MENTEE}


def required_of(side: Side) -> Judge:
    """Names of pieces that this side can be asked to read, each once."""
    names = [piece.name for piece in pieces_for(side)]
    judge = entries(one_of(names), most=len(names))
    return lambda value: list(dict.fromkeys(judge(value)))


LEVELS = ("mentor_highest_level", "mentee_lowest_level")
AREA_LISTS: Mapping[str, tuple[str, type[Function | LineOfBusiness | Site], str]] = {
    "functions": ("function", Function, "functions"),
    "lines_of_business": ("line_of_business", LineOfBusiness, "lines of business"),
    "sites": ("site", Site, "sites"),
}
"""What a pilot may be limited to: the column in the directory, its list, and how the list is called."""

LIMITS = ("most_mentors", "most_mentees", "most_people")
MOST_AREAS = 200
ANSWERS: Mapping[str, Judge] = {
    "out_of_bounds": text(longest=1000, may_be_empty=True),
    **dict.fromkeys(("mentor_word", "mentor_words", "mentee_word", "mentee_words"), a_few_words),
    "asks_line_managers": yes_or_no,
    "wish_lists": one_of(WishLists.values),
    "different_function": yes_or_no,
    "different_line_of_business": yes_or_no,
    "proposal_reminder_days": DAYS,
    "end_prompt_days": DAYS,
    "nudges_quiet_pairs": yes_or_no,
    "weekly_digest": yes_or_no,
    **{rule.name: entries(whole(0, rule.longest), most=reminders.MOST) for rule in reminders.RULES},
}


def section(name: str, **more: Judge) -> Judge:
    return parts({**{each: ANSWERS.get(each) or number_for(each) for each in SECTIONS[name]}, **more})


DOCUMENT = parts(
    {
        "name": text(longest=LONGEST_NAME),
        "purpose": one_of(Purpose.values),
        "description": text(longest=1500),
        "when_to_use": text(longest=LONGEST_WHEN),
        "starts_on": day,
        "ends_on": day,
        "objectives": objectives,
        "guidelines": section("guidelines", topics=entries(text(longest=200), most=MOST_TOPICS)),
        "rules": section("rules", **dict.fromkeys(LEVELS, text(longest=200))),
        "importance": parts(dict.fromkeys(Criterion.values, one_of(Importance.values))),
        "pilot": parts(
            {
                **dict.fromkeys(AREA_LISTS, entries(text(longest=200), most=MOST_AREAS)),
                **{name: number_for(name) for name in LIMITS},
            }
        ),
        "questions": entries(question, most=MOST_QUESTIONS),
        "charter": text(longest=4000),
        "wording": section("wording"),
        "training": parts({name: required_of(side) for name, side in TRAINING.items()}),
        "reminders": section("reminders"),
    }
)


# Reading


def read(content: bytes) -> Document:
    """The document in a file. Refuses with DocumentRefused, whatever the file holds."""
    if len(content) > LARGEST:
        raise DocumentRefused("This file is larger than 64 kB. A program’s configuration is far smaller.")
    try:
        written = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentRefused("This file is not text in UTF-8.") from None
    try:
        for sentence in unsafe(written):
            raise DocumentRefused(sentence)
        found = yaml.safe_load(written)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise DocumentRefused(f"{where}This is not YAML that we can read.") from None
    except (yaml.YAMLError, ValueError, OverflowError, ArithmeticError, LookupError):
        # PyYAML lets Python's own errors through for a day that is in no calendar or a number of a thousand digits
        raise DocumentRefused("This is not YAML that we can read.") from None
    return judged(found)


def judged(found: Any) -> Document:
    """The same document, once nothing in it is unknown or of a wrong kind."""
    try:
        document: Document = DOCUMENT(found)
    except ValidationError as refusal:
        raise DocumentRefused([sentence.removeprefix(INSIDE) for sentence in refusal.messages]) from None
    return document


def unsafe(written: str) -> Iterator[str]:
    """What a configuration never needs and an attacker may, told from the events before anything is built."""
    depth = 0
    keys: list[set[str] | None] = []  # of each open collection: the keys so far, or None in a list
    awaits_key: list[bool] = []
    for event in yaml.parse(written, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            yield f"line {line}: Anchors (&) and aliases (*) are not read here. Write the text out."
        if getattr(event, "tag", None) is not None:
            yield f"line {line}: Tags (!) are not read here. Leave it out."
        if isinstance(event, yaml.NodeEvent) and keys and keys[-1] is not None:
            if awaits_key[-1]:
                key = event.value if isinstance(event, yaml.ScalarEvent) else ""
                if not isinstance(event, yaml.ScalarEvent) or key == "<<":
                    yield f"line {line}: Only a word can stand before a colon."
                if key in keys[-1]:
                    yield f"line {line}: “{shown(key)}” stands here twice."
                keys[-1].add(key)
            awaits_key[-1] = not awaits_key[-1]
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                yield f"line {line}: This is nested too deeply."
            keys.append(set() if isinstance(event, yaml.MappingStartEvent) else None)
            awaits_key.append(True)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            keys.pop()
            awaits_key.pop()


# Writing


def document_of(program: Program) -> Document:
    """The configuration of a program. Needs its objectives, its topics with their skills, and its levels."""
    kept: dict[str, Document] = {
        name: {each: plain(getattr(program, each)) for each in names} for name, names in SECTIONS.items()
    }
    kept["guidelines"]["topics"] = [topic.skill.name for topic in program.topics.select_related("skill")]
    kept["rules"] |= {name: getattr(program, name).name for name in LEVELS}
    areas = program.areas
    named = {name: sorted(getattr(areas, kind).values()) for name, (kind, _, _) in AREA_LISTS.items()}
    limits = {name: getattr(program, name) for name in LIMITS}
    pilot = {key: value for key, value in (named | limits).items() if value}
    asked = [
        {name: value for name in QUESTION_KEYS if (value := getattr(each, name))} for each in program.questions.asked()
    ]
    return {
        "name": program.name,
        "purpose": str(program.purpose),
        "description": plain(program.description),
        "starts_on": program.starts_on,
        "ends_on": program.ends_on,
        "objectives": [
            {
                "measure": str(each.measure),
                "target": int(each.target) if each.target == int(each.target) else float(each.target),
                "after_days": max(0, (each.by - program.starts_on).days),
            }
            for each in program.objectives.all()
        ],
        "guidelines": kept["guidelines"],
        "rules": kept["rules"],
        "importance": {str(criterion): str(says) for criterion, says in program.importances.items()},
        **({"pilot": pilot} if program.is_pilot else {}),
        **({"questions": asked} if asked else {}),
        "charter": plain(program.charter),
        "wording": kept["wording"],
        "training": {name: [piece.name for piece in program.requires(side)] for name, side in TRAINING.items()},
        "reminders": kept["reminders"],
    }


def plain(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def written(document: Document) -> str:
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100))


def file_name_of(named: Program | ProgramTemplate) -> str:
    return f"{slugify(named.name)[:60] or named._meta.model_name}.yaml"


# What ships with Upwell


def shipped() -> dict[str, Document]:
    """Templates by the name in their address, in the order of their titles. Whoever asks may change what they get."""
    return deepcopy(_shipped())


@cache
def _shipped() -> dict[str, Document]:
    """The files come with the program and do not change while it runs."""
    found = {path.stem: read(path.read_bytes()) for path in SHIPPED.glob("*.yaml")}
    return dict(sorted(found.items(), key=lambda each: str(each[1]["name"])))


OCCASION = frozenset({"name", "when_to_use", "starts_on", "ends_on"})


def without_occasion(document: Document) -> Document:
    """What another program can take over: neither the name nor the days."""
    return {key: value for key, value in document.items() if key not in OCCASION}


def without_limits(document: Document) -> Document:
    """What the wider program takes over from its pilot: neither the areas nor the head counts."""
    return {key: value for key, value in document.items() if key != "pilot"}


SOFT_LAUNCH_PEOPLE = 24
LISTENING: Mapping[str, tuple[str, ...]] = {
    "mentors": ("listening-and-asking", "feedback-upward"),
    "mentees": ("listening-and-asking", "out-of-the-lead"),
}


def soft_launch(document: Document) -> Document:
    """A pilot to begin with where not everybody may dare to speak: few people, who have read how one listens."""
    asked = document.get("training", {})
    training = {side: [*dict.fromkeys([*asked.get(side, ()), *pieces])] for side, pieces in LISTENING.items()}
    pilot = {"most_people": SOFT_LAUNCH_PEOPLE} | document.get("pilot", {})
    return document | {"pilot": pilot, "training": asked | training}


# What the company keeps for later


def remembered(template: ProgramTemplate) -> Document:
    """What a kept template says. One from before a setting was taken away is refused, and says which."""
    return judged(template.document)


def template_written(template: ProgramTemplate) -> str:
    """The template as a file that this and any other Upwell reads."""
    named = {"name": template.name, "when_to_use": template.when_to_use}
    return written({key: value for key, value in named.items() if value} | in_order(template.document))


def in_order(document: Document) -> Document:
    """The database keeps keys in an order of its own. A document we cannot read any more stays in that one."""
    try:
        return judged(document)
    except DocumentRefused:
        return document


# What the form begins with


@dataclass(frozen=True, slots=True)
class Beginning:
    """Values for the form and for its rows of objectives and questions, and in sentences what had to be left out."""

    initial: dict[str, Any] = field(default_factory=dict)
    objectives: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def beginning(document: Document, *, starts_on: date) -> Beginning:
    """``starts_on`` is counted from where the document has no start of its own.

    Refuses a pilot for an area that this company does not have: without it, the pilot would be for more people.
    """
    first_day: date = document.get("starts_on", starts_on)
    taken_over = ("name", "purpose", "description", "starts_on", "ends_on", "charter")
    initial: dict[str, Any] = {key: document[key] for key in taken_over if key in document}
    for name, names in SECTIONS.items():
        said = document.get(name, {})
        initial |= {each: said[each] for each in names if each in said}
    initial |= {f"required_of_{side}": required for side, required in document.get("training", {}).items()}
    initial |= {importance_field(criterion): says for criterion, says in document.get("importance", {}).items()}
    if "pilot" in document:
        initial |= _pilot(document["pilot"])
    left_out: list[str] = []

    if topics := document.get("guidelines", {}).get("topics"):
        skills = {skill.name.casefold(): skill.pk for skill in Skill.objects.all()}
        initial["topics"] = list(dict.fromkeys(skills[name.casefold()] for name in topics if name.casefold() in skills))
        if strangers := [name for name in dict.fromkeys(topics) if name.casefold() not in skills]:
            initial["new_topics"] = "\n".join(strangers)

    named = {name: document.get("rules", {}).get(name) for name in LEVELS}
    if any(named.values()):
        levels = {level.name: level.pk for level in Level.objects.all()}
        initial |= {name: levels[level] for name, level in named.items() if level in levels}
        if strangers := [level for level in dict.fromkeys(named.values()) if level and level not in levels]:
            left_out.append(f"Not in your list of levels: {', '.join(strangers)}.")

    rows = []
    for each in document.get("objectives", []):
        days = each["after_days"] if "after_days" in each else 7 * each["after_weeks"]
        try:
            by = first_day + timedelta(days=days)
        except OverflowError:
            by = None
        rows.append({"measure": each["measure"], "target": each["target"], "by": by})
    if "starts_on" in document and "ends_on" not in document:
        initial["ends_on"] = _last_day(first_day, document.get("guidelines", {}).get("term_weeks"), rows)
    asked = [{**each, "position": place} for place, each in enumerate(document.get("questions", []), start=1)]
    return Beginning(initial, rows, asked, left_out)


def importance_field(criterion: str) -> str:
    """The name of the field of the form that asks how much this criterion counts."""
    return f"importance_of_{criterion}"


def _last_day(first_day: date, term_weeks: int | None, objectives: Sequence[dict[str, Any]]) -> date | None:
    """The day on which a pair of the first day ends and the last objective is due, whichever is later."""
    days = [row["by"] for row in objectives if row["by"] is not None]
    try:
        days += [first_day + timedelta(weeks=term_weeks)] if term_weeks else []
    except OverflowError:
        return None
    return max(days, default=None)


def _pilot(said: Document) -> dict[str, Any]:
    found: dict[str, Any] = {"is_pilot": True, **{name: said[name] for name in LIMITS if name in said}}
    refused = []
    for name, (_, places, called) in AREA_LISTS.items():
        if not (wanted := said.get(name)):
            continue
        known = {place.name.casefold(): place.pk for place in places.objects.all()}
        found[name] = list(dict.fromkeys(known[each.casefold()] for each in wanted if each.casefold() in known))
        refused += [
            f"pilot, {name}, entry {number}: “{shown(each)}” is not in your list of {called}. "
            "Write it as it stands there, or take it out."
            for number, each in enumerate(wanted, start=1)
            if each.casefold() not in known
        ]
    if refused:
        raise DocumentRefused(refused)
    return found
