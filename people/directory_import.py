"""From the rows of a file to what would change in the directory.

Nothing here reads or writes the database. :func:`plan` compares rows with a :class:`Directory`, finds every problem,
and says who is new, changed or unchanged; ``people.actions.import_directory`` carries a plan out. People are known by
their employee number. A column that is not in the file is left alone; an empty cell empties the field.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from people.choices import TIME_ZONES, Language
from people.spreadsheets import Row, Sheet
from ui.lines import is_one_line

Value = str | date | tuple[str, ...] | None

PLACES: Final = ("function", "line_of_business", "level", "site")
"""Fields whose values are rows of lists that HR keeps; in a plan they are names."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field the directory can take from a file, and the headers by which it is recognised."""

    field: str
    headers: frozenset[str]
    longest: int = 120
    required: bool = False


def _headers(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


COLUMNS: Final[dict[str, Column]] = {
    column.field: column
    for column in (
        Column(
            "employee_number",
            _headers(
                "employeenumber employeeid employeeno empid staffno staffnumber staffid personnelnumber",
                "personalnummer personalnr mitarbeiternummer matricule numerodemploye",
            ),
            40, True,
        ),
        Column(
            "email",
            _headers(
                "email workemail mail emailaddress workemailaddress", "emailadresse courriel adresseemail adressemail"
            ),
            254, True,
        ),
        Column("given_name", _headers("givenname firstname forename", "vorname prenom"), 80, True),
        Column(
            "family_name", _headers("familyname lastname surname", "nachname familienname nom nomdefamille"), 80, True
        ),
        Column(
            "job_title",
            _headers(
                "jobtitle title position role", "stellenbezeichnung stelle berufsbezeichnung",
                "poste intituledeposte intituleduposte",
            ),
        ),
        Column(
            "function",
            _headers(
                "function department departmentname jobfunction", "funktion abteilung fonction departement service"
            ),
        ),
        Column(
            "line_of_business",
            _headers("lineofbusiness businessunit lob division", "geschaftsbereich sparte secteurdactivite branche"),
        ),
        Column("level", _headers("level grade joblevel", "ebene stufe karrierestufe niveau echelon")),
        Column("site", _headers("site location office workplace", "standort arbeitsort lieudetravail")),
        Column("time_zone", _headers("timezone tz", "zeitzone fuseauhoraire"), 64),
        Column("languages", _headers("languages language", "sprachen langues")),
        Column(
            "manager",
            _headers(
                "manager managerid managernumber manageremployeenumber reportsto supervisorid",
                "vorgesetzter vorgesetzte fuhrungskraft responsable superieur",
            ),
            40,
        ),
        Column(
            "hired_on",
            _headers("hiredon hiredate startdate entrydate hired", "eintrittsdatum eintritt datedentree datedembauche"),
        ),
        Column(
            "left_on",
            _headers(
                "lefton leavedate leavingdate enddate terminationdate exitdate",
                "austrittsdatum austritt datedesortie datededepart",
            ),
        ),
    )
}  # fmt: skip
"""Headers are recognised in English, German and French, without regard to case, accents and punctuation."""

DATE_FORMATS: Final[dict[str, str]] = {
    "yyyy-mm-dd": "%Y-%m-%d",
    "dd-mm-yyyy": "%d-%m-%Y",
    "dd.mm.yyyy": "%d.%m.%Y",
    "dd/mm/yyyy": "%d/%m/%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
    "mm-dd-yyyy": "%m-%d-%Y",
    "yyyy/mm/dd": "%Y/%m/%d",
    "yyyymmdd": "%Y%m%d",
}
"""How dates may be written, in the words of people and of Python."""


class MappingRefused(ValueError):
    """The columns do not fit the file; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to read one file. ``headers`` gives a field its header; an empty header leaves the field out."""

    headers: Mapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    email_domain: str = ""
    level_ranks: Mapping[str, int] = field(default_factory=dict)
    level_from_depth: bool = False


def options_to_json(options: Options) -> dict[str, object]:
    return {
        "headers": dict(options.headers),
        "date_format": options.date_format,
        "email_domain": options.email_domain,
        "level_ranks": dict(options.level_ranks),
        "level_from_depth": options.level_from_depth,
    }


def options_from_json(kept: Mapping[str, Any]) -> Options:
    return Options(**kept)


def plain(value: Value) -> str | list[str] | None:
    """As JSON keeps it: dates as yyyy-mm-dd, several values as a list."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the file cannot be imported as it is. ``column`` is the header in the file."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody in the directory: the fields of :data:`COLUMNS`, places by name, the manager by number."""

    values: Mapping[str, Value]

    @property
    def number(self) -> str:
        return str(self.values["employee_number"])


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory as it stands. ``mark`` changes with anything in it that a plan depends on."""

    people: Mapping[str, Known]
    levels: Mapping[str, int]
    places: Mapping[str, frozenset[str]]
    mark: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One person to be added or changed. ``values`` holds the new values, ``before`` the old ones of an employee."""

    row: int
    number: str
    name: str
    values: Mapping[str, Value]
    before: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do. With problems, nothing of it may be carried out."""

    new: tuple[Planned, ...]
    changed: tuple[Planned, ...]
    unchanged: int
    not_in_file: int
    levels: Mapping[str, int]
    places: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...]
    mark: str


def recognise(sheet: Sheet, options: Options) -> dict[str, int]:
    """Which field stands in which column, from 0: what was asked for, then what the headers say themselves."""
    headers = [clean(cell) for cell in sheet.header.cells]
    found: dict[str, int] = {}
    for asked, header in options.headers.items():
        if asked not in COLUMNS:
            raise MappingRefused(f"There is no field “{asked}”. Fields are: {', '.join(COLUMNS)}.")
        if not header:
            continue
        places = [place for place, name in enumerate(headers) if name.casefold() == header.strip().casefold()]
        if len(places) != 1:
            often = "is not in the file" if not places else f"stands {len(places)} times in the file"
            raise MappingRefused(f"The header “{header}” {often}. Headers are: {', '.join(headers)}.")
        found[asked] = places[0]
    for column in COLUMNS.values():
        if column.field in options.headers:
            continue
        places = [place for place, name in enumerate(headers) if _is_header_of(name, column)]
        places = [place for place in places if place not in found.values()]
        if len(places) > 1:
            names = " and ".join(f"“{headers[place]}”" for place in places)
            raise MappingRefused(f"Both {names} could be {column.field}. Choose one of them.")
        if places:
            found[column.field] = places[0]
    missing = [column.field for column in COLUMNS.values() if column.required and column.field not in found]
    if missing:
        raise MappingRefused(
            f"No column was found for {', '.join(missing)}. Say which header it has. Headers are: {', '.join(headers)}."
        )
    return found


def _is_header_of(name: str, column: Column) -> bool:
    plain = _plain(name)
    if any(plain == _plain(f"{header}{date_format}") for header in column.headers for date_format in DATE_FORMATS):
        return column.field in {"hired_on", "left_on"}
    return plain in column.headers


def _plain(header: str) -> str:
    """Letters and digits alone, without accents: the German “Führungskraft” and the French “Prénom” too."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", header).casefold())


def guess(sheet: Sheet, remembered: Mapping[str, str]) -> dict[str, str]:
    """A header for each field that seems to have one: as in the file before, else by its own words. Never refuses."""
    headers = [clean(cell) for cell in sheet.header.cells]
    found: dict[str, str] = {}
    for field_name, column in COLUMNS.items():
        free = [header for header in headers if header and header not in found.values()]
        before = [header for header in free if header == remembered.get(field_name)]
        own = before or [header for header in free if _is_header_of(header, column)]
        if own:
            found[field_name] = own[0]
    return found


def clean(cell: str) -> str:
    """Without blanks around it or doubled inside, and with accents composed, so that equal text is equal."""
    return " ".join(unicodedata.normalize("NFC", cell).split())


def shown(value: str) -> str:
    """A value short enough to print, with what cannot be printed made visible."""
    visible = "".join(letter if letter.isprintable() else "�" for letter in value)
    return visible if len(visible) <= 60 else f"{visible[:59]}…"


NO_ADDRESS: Final = "This is not an e-mail address."
NO_DOMAIN: Final = "The part after the @ is missing."


class CellRefused(ValueError):
    """One cell cannot be read; the message is a sentence."""


def plan(sheet: Sheet, directory: Directory, options: Options) -> Plan:
    """Everything ``sheet`` would change in ``directory``, and everything that is wrong with it."""
    return _Reading(sheet, directory, options, recognise(sheet, options)).plan()


@dataclass(slots=True)
class _Entry:
    row: int
    values: dict[str, Value]

    @property
    def number(self) -> str:
        return str(self.values["employee_number"])

    @property
    def name(self) -> str:
        return f"{self.values['given_name']} {self.values['family_name']}"


class _Reading:
    """One pass over one file, gathering problems as it goes."""

    def __init__(self, sheet: Sheet, directory: Directory, options: Options, columns: dict[str, int]) -> None:
        self.sheet, self.directory, self.options, self.columns = sheet, directory, options, columns
        self.problems: list[Problem] = []
        self.values: dict[str, dict[str, Value]] = defaultdict(dict)
        self.levels: dict[str, int] = {}
        self.places: dict[str, dict[str, str]] = {
            kind: {name.casefold(): name for name in sorted(names)} for kind, names in directory.places.items()
        }
        self.added: dict[str, list[str]] = defaultdict(list)
        self.level_names = {name.casefold(): name for name in directory.levels}
        self.level_by_rank = {rank: name for name, rank in directory.levels.items()}
        self.asked_ranks = {clean(name).casefold(): rank for name, rank in options.level_ranks.items()}
        self.date_formats: dict[str, str] = {
            name: self._date_format(name) for name in ("hired_on", "left_on") if name in columns
        }

    def plan(self) -> Plan:
        readable = [entry for row in self.sheet.rows if (entry := self._entry(row)) is not None]
        entries = [entry for entry in readable if all(name in entry.values for name in _REQUIRED)]
        self._refuse_shared(readable)
        self._refuse_taken(entries, {str(entry.values.get("employee_number")) for entry in readable})
        self._refuse_managers(entries)
        if self.options.level_from_depth:
            self._level_from_depth(entries)
        new, changed = [], []
        for entry in entries:
            known = self.directory.people.get(entry.number)
            if known is None:
                new.append(Planned(entry.row, entry.number, entry.name, entry.values))
                continue
            fresh = {name: value for name, value in entry.values.items() if known.values[name] != value}
            if fresh:
                before = {name: known.values[name] for name in fresh}
                changed.append(Planned(entry.row, entry.number, entry.name, fresh, before))
        return Plan(
            new=tuple(new),
            changed=tuple(changed),
            unchanged=len(entries) - len(new) - len(changed),
            not_in_file=len(self.directory.people.keys() - {entry.number for entry in entries}),
            levels=dict(sorted(self.levels.items(), key=lambda level: level[1])),
            places={kind: tuple(names) for kind, names in sorted(self.added.items())},
            problems=tuple(sorted(self.problems, key=lambda problem: problem.row)),
            mark=self.directory.mark,
        )

    def _header(self, name: str) -> str:
        return clean(self.sheet.header.cells[self.columns[name]]) if name in self.columns else name

    def _refuse(self, row: int, name: str, value: str, reason: str) -> None:
        self.problems.append(Problem(row, self._header(name), shown(value), reason))

    # One row

    def _entry(self, row: Row) -> _Entry | None:
        """The row's values; None where the cells are not under their headers. A bad cell is reported and left out."""
        width = len(self.sheet.header.cells)
        if row.is_blank:
            self.problems.append(Problem(row.number, "", "", "This row is empty. Take it out."))
            return None
        if len(row.cells) < width or any(cell.strip() for cell in row.cells[width:]):
            self.problems.append(
                Problem(
                    row.number, "", shown(row.cells[-1]),
                    f"This row has {len(row.cells)} cells and the header has {width}. Something has shifted.",
                )
            )  # fmt: skip
            return None
        values: dict[str, Value] = {}
        for name, place in self.columns.items():
            raw = row.cells[place]
            try:
                values[name] = self._value_of(COLUMNS[name], raw)
            except CellRefused as refusal:
                self._refuse(row.number, name, raw, str(refusal))
        return _Entry(row.number, values)

    def _value_of(self, column: Column, raw: str) -> Value:
        """As :meth:`_value`, which is asked once for each text in columns where many rows say the same."""
        if column.required:
            return self._value(column, raw)
        known = self.values[column.field]
        if raw not in known:
            known[raw] = self._value(column, raw)
        return known[raw]

    def _value(self, column: Column, raw: str) -> Value:
        text = clean(raw)
        if text.startswith("="):
            raise CellRefused("This is a formula. Write its result into the cell.")
        if not is_one_line(text):
            raise CellRefused("This holds a character that is no text. Type the cell again.")
        if len(text) > column.longest:
            raise CellRefused(f"This is {len(text):,} characters long; {column.longest} fit.")
        if not text:
            if column.required:
                raise CellRefused("This may not be empty.")
            return _EMPTY.get(column.field)
        read = _READERS.get(column.field)
        return read(self, text) if read else text

    def _email(self, text: str) -> str:
        if "@" not in text and self.options.email_domain:
            text = f"{text}@{self.options.email_domain}"
        try:
            validate_email(text)
        except ValidationError:
            raise CellRefused(NO_ADDRESS if "@" in text else f"{NO_ADDRESS} {NO_DOMAIN}") from None
        if len(text) > COLUMNS["email"].longest:
            raise CellRefused("This is too long for an e-mail address.")
        return text.lower()

    def _time_zone(self, text: str) -> str:
        if text not in TIME_ZONES:
            raise CellRefused("This is not a time zone we know. Write it like Europe/Berlin.")
        return text

    def _languages(self, text: str) -> tuple[str, ...]:
        codes = []
        for word in re.split(r"[;,/|\s]+", text):
            code = _LANGUAGES.get(word.casefold())
            if word and code is None:
                raise CellRefused(f"“{shown(word)}” is not a language we know. Write codes like en or de.")
            if code is not None and code not in codes:
                codes.append(code)
        return tuple(codes)

    def _place(self, text: str, *, kind: str) -> str:
        """The spelling the directory has, or the first one in this file."""
        known = self.places[kind]
        if text.casefold() not in known:
            known[text.casefold()] = text
            self.added[kind].append(text)
        return known[text.casefold()]

    # Dates

    def _date_format(self, name: str) -> str:
        """What was asked for, else what the header says, else the one way that reads every date of the column."""
        if self.options.date_format:
            return DATE_FORMATS[self.options.date_format]
        header = self._header(name).casefold()
        if named := next((words for words in DATE_FORMATS if words in header), None):
            return DATE_FORMATS[named]
        place = self.columns[name]
        written = Counter(clean(row.cells[place]) for row in self.sheet.rows if len(row.cells) > place)
        del written[""]
        reads = {
            words: sum(often for text, often in written.items() if _read_date(text, code) is not None)
            for words, code in DATE_FORMATS.items()
        }
        most = max(reads.values(), default=0)
        best = [words for words, count in reads.items() if count == most]
        if most and len(best) > 1:
            raise MappingRefused(
                f"The dates under “{self._header(name)}” can be read as {' or '.join(best)}. Say which it is."
            )
        return DATE_FORMATS[best[0]] if most else DATE_FORMATS["yyyy-mm-dd"]

    def _date(self, text: str, *, name: str) -> date:
        code = self.date_formats[name]
        found = _read_date(text, code)
        if found is None and self.sheet.dated:
            found = _read_date(text, DATE_FORMATS["yyyy-mm-dd"])
        if found is None:
            words = next(words for words, known in DATE_FORMATS.items() if known == code)
            raise CellRefused(f"This is not a date written as {words}.")
        return found

    # Levels

    def _level(self, text: str) -> str | None:
        if self.options.level_from_depth:
            if not re.fullmatch(r"\d{1,3}", text):
                raise CellRefused("This is not a number of steps from the top, such as 3.")
            return text
        if text.casefold() in self.asked_ranks:
            return self._level_at(self.asked_ranks[text.casefold()], text)
        if text.casefold() in self.level_names:
            return self.level_names[text.casefold()]
        raise CellRefused("There is no such level. Add it on the desk, or say which rank it has.")

    def _level_at(self, rank: int, name: str) -> str:
        """The level with this rank; one that does not exist yet is planned under ``name``."""
        if rank in self.level_by_rank:
            return self.level_by_rank[rank]
        if name.casefold() in self.level_names:
            raise CellRefused(f"The directory has a level “{name}” with another rank.")
        self.levels[name] = rank
        self.level_by_rank[rank] = name
        self.level_names[name.casefold()] = name
        return name

    def _level_from_depth(self, entries: list[_Entry]) -> None:
        """The deeper somebody stands below the top, the lower their level; the deepest in the file are level 1."""
        depths = {}
        managers = self._managers(entries)
        for entry in entries:
            if "level" in self.columns:
                depth = entry.values.get("level")
                if depth is None:
                    self._refuse(entry.row, "level", "", "This may not be empty when levels come from the depth.")
                    continue
                depths[entry.number] = int(str(depth))
            else:
                depths[entry.number] = _depth(entry.number, managers)
        deepest = max(depths.values(), default=0)
        for entry in entries:
            if entry.number in depths:
                rank = deepest - depths[entry.number] + 1
                try:
                    entry.values["level"] = self._level_at(rank, f"Level {rank}")
                except CellRefused as refusal:
                    self._refuse(entry.row, "level", f"Level {rank}", str(refusal))

    # Between rows

    def _refuse_shared(self, readable: list[_Entry]) -> None:
        """Numbers and addresses that stand in more than one row, also in rows with other problems."""
        for name in ("employee_number", "email"):
            sharing: dict[str, list[_Entry]] = defaultdict(list)
            for entry in readable:
                if name in entry.values:
                    sharing[str(entry.values[name]).casefold()].append(entry)
            for entries in sharing.values():
                for entry in entries if len(entries) > 1 else ():
                    others = [str(other.row) for other in entries if other is not entry]
                    also = f"row {others[0]}" if len(others) == 1 else f"rows {', '.join(others[:5])}"
                    self._refuse(entry.row, name, str(entry.values[name]), f"Also used in {also}.")

    def _refuse_taken(self, entries: list[_Entry], in_file: set[str]) -> None:
        """What does not go together with the directory as it stands."""
        elsewhere = {
            str(known.values["email"]).casefold(): known
            for number, known in self.directory.people.items()
            if number not in in_file
        }
        for entry in entries:
            holder = elsewhere.get(str(entry.values["email"]).casefold())
            if holder is not None:
                self._refuse(
                    entry.row, "email", str(entry.values["email"]),
                    f"Employee {holder.number} in the directory has this address and is not in the file.",
                )  # fmt: skip
        for entry in entries:
            known = self.directory.people.get(entry.number)
            if known is not None and _is_somebody_else(entry, known):
                self._refuse(entry.row, "employee_number", entry.number, another_person(known))
            hired, left = (
                entry.values.get(name, known.values[name] if known else None) for name in ("hired_on", "left_on")
            )
            if isinstance(hired, date) and isinstance(left, date) and left < hired:
                self._refuse(entry.row, "left_on", left.isoformat(), "The leaving date lies before the hiring date.")

    def _managers(self, entries: list[_Entry]) -> dict[str, str | None]:
        """Everybody's manager as it would be: the directory's, with the file's over them."""
        managers = {number: _text_or_none(known.values["manager"]) for number, known in self.directory.people.items()}
        for entry in entries:
            if "manager" in entry.values:
                managers[entry.number] = _text_or_none(entry.values["manager"])
            else:
                managers.setdefault(entry.number, None)
        return managers

    def _refuse_managers(self, entries: list[_Entry]) -> None:
        managers = self._managers(entries)
        in_file = {clean(row.cells[self.columns["employee_number"]]) for row in self.sheet.rows
                   if len(row.cells) > self.columns["employee_number"]}  # fmt: skip
        rows = {entry.number: entry for entry in entries}
        for entry in entries:
            manager = _text_or_none(entry.values.get("manager"))
            if manager is None:
                continue
            if manager == entry.number:
                self._refuse(entry.row, "manager", manager, "Nobody can be their own manager.")
                managers[entry.number] = None
            elif manager not in managers:
                reason = "Nobody in the file or the directory has this number."
                if manager in in_file:
                    reason = "This person’s own row cannot be read."
                self._refuse(entry.row, "manager", manager, reason)
                managers[entry.number] = None
        for cycle in circles(managers):
            blamed = next(rows[number] for number in (*cycle, *rows) if number in rows)
            start = cycle.index(blamed.number) if blamed.number in cycle else 0
            members = [*cycle[start:], *cycle[:start]]
            line = circle_in_words(members)
            self._refuse(
                blamed.row, "manager", members[1 % len(members)], f"The managers go round in a circle: {line}."
            )


def addresses_that_move(changed: Iterable[Planned]) -> int:
    """How many addresses go from one person to another, as where two swap them."""
    both = [(planned.before["email"], planned.values["email"]) for planned in changed if "email" in planned.values]
    return len({before for before, _ in both} & {after for _, after in both})


def of_addresses_that_move(number: int) -> list[str]:
    """A link to sign in goes to the address, so it is the account as well."""
    if not number:
        return []
    goes = "1 address goes" if number == 1 else f"{number:,} addresses go"
    why = "Whoever reads the mail there can sign in as its new person: be sure that these lines are right."
    return [f"{goes} from one person to another. {why}"]


def another_person(known: Known) -> str:
    """Whoever takes over an entry takes over all that is joined to it: the account, the pairs, what was written."""
    values = known.values
    return (
        f"In the directory this is the number of {values['given_name']} {values['family_name']}, {values['email']}. "
        "Name and address are others here. Somebody new needs a number of their own, or would get that person’s "
        "account; if it is the same person, change the address on the desk first."
    )


def _is_somebody_else(entry: _Entry, known: Known) -> bool:
    """Whether a number seems to have been given to another person: people change a name, or an address, or both, and
    keep one of their names. Somebody who left and comes back keeps both."""
    differs = {
        name: str(entry.values[name]).casefold() != str(known.values[name]).casefold()
        for name in ("email", "given_name", "family_name")
    }
    names = (differs["given_name"], differs["family_name"])
    return differs["email"] and (any(names) if known.values["left_on"] is not None else all(names))


def _text_or_none(value: Value) -> str | None:
    return None if value is None else str(value)


def _read_date(text: str, code: str) -> date | None:
    try:
        found = datetime.strptime(text, code).date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None
    # strptime takes one-digit years and months; four digits keep 01-02-03 from becoming the year 3.
    return found if 1900 <= found.year <= 2200 else None


def _depth(number: str, managers: Mapping[str, str | None]) -> int:
    """Steps from the top; a line that never ends, reported elsewhere, counts until it repeats."""
    seen = {number}
    upper = managers.get(number)
    while upper is not None and upper not in seen:
        seen.add(upper)
        upper = managers.get(upper)
    return len(seen) - 1


def circle_in_words(members: Sequence[str]) -> str:
    """By employee numbers, from one of them back to the same."""
    line = [*members, members[0]]
    return " → ".join(line if len(line) <= 8 else [*line[:7], "…", line[-1]])


def circles(managers: Mapping[str, str | None]) -> Iterable[tuple[str, ...]]:
    """Each circle of managers once."""
    done: set[str] = set()
    for start in managers:
        line: dict[str, None] = {}
        upper: str | None = start
        while upper is not None and upper not in done and upper not in line:
            line[upper] = None
            upper = managers.get(upper)
        if upper is not None and upper in line:
            members = list(line)
            yield tuple(members[members.index(upper) :])
        done.update(line)


_LANGUAGES: Final[dict[str, str]] = {
    **{language.value: language.value for language in Language},
    **{language.label.casefold(): language.value for language in Language},
}

_REQUIRED: Final = tuple(column.field for column in COLUMNS.values() if column.required)

_EMPTY: Final[dict[str, Value]] = {"job_title": "", "languages": (), "time_zone": "UTC"}
"""What an empty cell means where it does not mean nothing."""

_READERS: Final[dict[str, Callable[[_Reading, str], Value]]] = {
    "email": _Reading._email,
    "time_zone": _Reading._time_zone,
    "languages": _Reading._languages,
    "level": _Reading._level,
    "function": partial(_Reading._place, kind="function"),
    "line_of_business": partial(_Reading._place, kind="line_of_business"),
    "site": partial(_Reading._place, kind="site"),
    "hired_on": partial(_Reading._date, name="hired_on"),
    "left_on": partial(_Reading._date, name="left_on"),
}
