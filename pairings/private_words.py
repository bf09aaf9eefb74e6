"""What a pair writes for itself, and how it goes into and out of its sealed columns.

Every text is sealed under the pairing's data key for the one row it stands in. Nothing here is logged, and no
exception carries a text.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Protocol

from django.views.decorators.debug import sensitive_variables

from pairings import rules
from pairings.models import Agreement, Pairing
from privacy.models import DataKey
from privacy.sealing import CannotSeal, CannotUnseal, seal, unseal


@dataclass(frozen=True, slots=True, repr=False)
class AgreementWords:
    """The sealed part of an agreement. A version written before a field existed reads as empty there."""

    mentor_expects: str = ""
    mentee_expects: str = ""
    number_one: str = ""
    boundaries: str = ""
    where: str = ""
    channel: str = ""
    if_not_getting_on: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))

    def by_name(self) -> dict[str, str]:
        return asdict(self)

    def as_text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> AgreementWords:
        written = json.loads(text)
        return cls(**{name: str(written.get(name, "")) for name in cls.names()})


class Keyed(Protocol):
    """What has a data key of its own: a pairing, or a request for help."""

    data_key: DataKey | None


class Row(Protocol):
    """A row with sealed columns; it names the identity a text is bound to."""

    def row(self, column: str) -> str: ...


@sensitive_variables("text")
def sealed(text: str, of: Keyed, row: Row, column: str) -> bytes:
    """The text for one column of one row, refused once its words were erased, and while their key is missing."""
    if of.data_key is None:
        raise rules.WordsErased
    kept: bytes | None = None
    try:
        kept = seal(text, key=of.data_key, row=row.row(column))
    except (CannotSeal, CannotUnseal):
        kept = None
    if kept is None:  # raised out here, so that nothing of the text hangs on to it
        raise rules.WordsCannotBeKept
    return kept


@sensitive_variables()
def opened(value: bytes | memoryview | None, of: Keyed, row: Row, column: str) -> str | None:
    """The text of one column, empty if none was written, ``None`` if it cannot be opened (any more)."""
    if value is None:
        return ""
    try:
        return unseal(value, key=of.data_key, row=row.row(column))
    except CannotUnseal:
        return None


@sensitive_variables()
def opened_agreement(agreement: Agreement, pairing: Pairing) -> AgreementWords | None:
    text = opened(agreement.words, pairing, agreement, "words")
    return None if text is None else AgreementWords.from_text(text)
