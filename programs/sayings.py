"""The words of reminders: ours, and those a program puts in their place, in each language its people read.

An app that owes messages describes what they say once, as a saying, and registers it when Django starts. A program may
say it in other words. Names in braces are replaced, from a closed list for each saying; there is no other language in
it. What we promise to whoever reads a message is no part of its words: it follows them, always, as we wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, Final

from notifications.furniture import FOOTNOTE, Said, in_language
from notifications.kinds import Message
from people.choices import Language
from people.languages import day_in, moment_in, preferred
from people.models import Person
from programs.models import Program, Rewording

OURS: Final = Language.ENGLISH.value
"""The language we wrote ours in, which everybody reads who reads none of the others."""
MOST_PARAGRAPHS: Final = 8
LONGEST_FILLED: Final = 2600
"""Characters of a text with its names put in. Slack shows 3,000, and the promise has to stand among them."""
LONGEST_NAME: Final = 120

Value = str | date | datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A name in braces: what it is replaced by, in words and as an example."""

    name: str
    stands_for: str
    example: Value = ""

    def __str__(self) -> str:
        return f"{{{self.name}}}"


YOU: Final = Slot("you", "The given name of whoever reads it")
PROGRAM: Final = Slot("program", "The name of the program")


@dataclass(frozen=True, slots=True)
class Words:
    """``text`` is paragraphs with an empty line between them; ``action`` stands on the button."""

    subject: str
    heading: str
    text: str
    action: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        parts = re.split(r"\n[^\S\n]*\n", self.text.replace("\r\n", "\n"))
        # Blanks that may not break a line stay what they are.
        return tuple(re.sub(r"[ \t\r\n]+", " ", part.strip()) for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class Saying:
    """``slots`` come beside ``you`` and ``program``, which every saying knows. ``promise`` follows the text whoever
    wrote it, by language, and in ours where it is not translated; so does ``footnote``. ``may_follow`` tells
    coordinators what stands there besides for some readers."""

    name: str
    label: str
    words: Words
    slots: tuple[Slot, ...] = ()
    promise: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    footnote: Mapping[str, str] = field(default_factory=lambda: FOOTNOTE)
    may_follow: str = ""

    @property
    def known(self) -> tuple[Slot, ...]:
        return (YOU, PROGRAM, *self.slots)

    def promised(self, language: str) -> tuple[str, ...]:
        return self.promise.get(language) or self.promise.get(OURS, ())


_sayings: dict[str, Saying] = {}
_places: dict[str, int] = {}


def register(*sayings: Saying, place: int) -> None:
    """``place`` is when in the life of a program they are said, for the list: lower comes first."""
    for saying in sayings:
        _places.setdefault(saying.name, place)
        if _sayings.setdefault(saying.name, saying) is not saying:
            raise ValueError(f"Two sayings are called {saying.name}.")
        if problems := reasons_against(saying, saying.words):
            raise ValueError(f"{saying.name}: {problems[0][1]}")


def all_sayings() -> tuple[Saying, ...]:
    """As a program meets them, from the first word to the last."""
    return tuple(sorted(_sayings.values(), key=lambda saying: _places[saying.name]))


def named(name: str) -> Saying | None:
    return _sayings.get(name)


def reasons_against(saying: Saying, words: Words) -> list[tuple[str, str]]:
    """Why these words cannot be said: the name of the field, and a sentence."""
    found = []
    for each in fields(Words):
        typed = getattr(words, each.name)
        found += [(each.name, sentence) for sentence in _against(saying, typed, lines=each.name == "text")]
    if len(words.text) + LONGEST_NAME * len(_SLOT.findall(words.text)) > LONGEST_FILLED:
        found.append(("text", "With all these names put in the text grows too long. Write fewer of them."))
    if len(words.paragraphs) > MOST_PARAGRAPHS:
        found.append(
            ("text", f"A reminder has {MOST_PARAGRAPHS} paragraphs at most; these are {len(words.paragraphs)}.")
        )
    return found


def _against(saying: Saying, typed: str, *, lines: bool) -> Iterable[str]:
    if not typed.strip():
        yield "Say something here."
    if any(unicodedata.category(sign) == "Cc" and not (lines and sign in "\r\n\t") for sign in typed):
        yield "A sign in it cannot be shown." if lines else "This is one line, and a sign in it cannot be shown."
    known = {slot.name for slot in saying.known}
    for name in dict.fromkeys(_SLOT.findall(typed)):
        if name not in known:
            listed = ", ".join(map(str, saying.known))
            yield f"{{{name}}} stands for nothing in this message. These do: {listed}."
    if set(_SLOT.sub("", typed)) & {"{", "}"}:
        yield "A brace stands alone. Braces go around one name, as in {you}."


_SLOT: Final = re.compile(r"\{([^{}\r\n]*)\}")


def filled(words: Words, values: Mapping[str, Value], *, language: str) -> Words:
    """With every name in braces replaced, once: a name that holds braces itself stays as it is."""
    said = {name: _in(language, value) for name, value in values.items()}

    def fill(text: str) -> str:
        return _SLOT.sub(lambda found: said[found[1]], text)

    return Words(**{each.name: fill(getattr(words, each.name)) for each in fields(Words)})


def _in(language: str, value: Value) -> str:
    if isinstance(value, datetime):
        return moment_in(language, value)
    return day_in(language, value) if isinstance(value, date) else value


def in_force(saying: Saying, program: Program) -> dict[str, Words]:
    """By language. Ours are always there; words of the program that fit the saying no longer are left out."""
    found = {OURS: saying.words}
    for rewording in Rewording.objects.filter(program=program, saying=saying.name):
        words = words_of(rewording)
        if not reasons_against(saying, words):
            found[rewording.language] = words
    return found


def words_of(rewording: Rewording) -> Words:
    return Words(**{each.name: getattr(rewording, each.name) for each in fields(Words)})


def say(
    saying: Saying, program: Program, person: Person, *, link: str, values: Mapping[str, Value],
    then: Sequence[str | Said] = (), **rest: Any,
) -> Message:  # fmt: skip
    """What somebody is told, in the language of theirs that comes first. ``then`` is what holds for them alone, after
    the promise; ``rest`` as in ``Message``."""
    there = in_force(saying, program)
    language = preferred(there, person.languages, otherwise=OURS)
    return said(
        saying, there[language], program, person, language=language, link=link, values=values, then=then, **rest
    )


def said(
    saying: Saying, words: Words, program: Program, person: Person, *, language: str, link: str,
    values: Mapping[str, Value], then: Sequence[str | Said] = (), **rest: Any,
) -> Message:  # fmt: skip
    """The same in given words: what a coordinator sees before keeping them."""
    known = {YOU.name: person.given_name, PROGRAM.name: str(program), **values}
    full = filled(words, known, language=language)
    besides = tuple(each if isinstance(each, str) else in_language(each, language) for each in then)
    promises = replace(words, text="\n\n".join(saying.promised(language)))
    promised = filled(promises, known, language=language).paragraphs
    ours = [text for text, each in zip(besides, then, strict=True) if isinstance(each, str) or language not in each]
    if language not in saying.promise:
        ours += promised
    return Message(
        subject=" ".join(full.subject.split()),
        heading=full.heading,
        paragraphs=(*full.paragraphs, *promised, *besides),
        link=link,
        action=full.action,
        language=language,
        footnote=in_language(saying.footnote, language),
        in_english=() if language == OURS else tuple(ours),
        footnote_language=language if language in saying.footnote else OURS,
        **rest,
    )


def as_example(saying: Saying, words: Words, program: Program, person: Person, *, language: str) -> Message:
    """To this coordinator, about this program; everybody else in it is made up. A true message would tell who has not
    done something yet."""
    values = {slot.name: slot.example for slot in saying.slots}
    return said(saying, words, program, person, language=language, link="", values=values)
