"""What stands around the words of a message, in the languages we can say it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Said = Mapping[str, str]

GREETING: Final[Said] = {
    "en": "Hello {name},",
    "de": "Hallo {name},",
    "fr": "Bonjour {name},",
    "es": "Hola, {name}:",
    "it": "Buongiorno {name},",
    "nl": "Hallo {name},",
}
"""Elsewhere the name alone, which is right everywhere."""

FOOTNOTE: Final[Said] = {
    "en": "Only you received this message. It names no topics, because inboxes are sometimes shared.",
    "de": "Diese Nachricht haben nur Sie erhalten. Sie nennt keine Themen, denn Postfächer werden mitunter geteilt.",
    "fr": "Ce message n’est adressé qu’à vous. Il ne nomme aucun sujet, car une boîte est parfois partagée.",
    "es": "Solo usted recibe este mensaje. No nombra ningún tema, porque los buzones a veces se comparten.",
    "it": "Questo messaggio è arrivato soltanto a Lei. Non nomina alcun tema, perché le caselle talora sono condivise.",
    "nl": "Alleen u krijgt dit bericht. Het noemt geen onderwerpen, want een postbus wordt soms gedeeld.",
}


def in_language(said: Said, language: str) -> str:
    """In English where we cannot say it in theirs."""
    return said.get(language, said["en"])


def greeting(name: str, language: str) -> str:
    return GREETING.get(language, "{name},").replace("{name}", name)
