"""From what notices say to a post in Slack or Teams. Everything is plain text there: a name is never read as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from notifications.choices import ChannelKind
from notifications.kinds import Message

LONGEST_HEADING: Final = 150
LONGEST_TEXT: Final = 3000
LONGEST_VERB: Final = 75
MOST_MESSAGES: Final = 12
"""Slack takes fifty blocks; each message is four at most."""

CHOOSE: Final = "When and where you get these: Your messages"


def as_post(kind: ChannelKind, messages: Sequence[Message]) -> dict[str, Any]:
    once = list(dict.fromkeys(messages))
    return _slack(once) if kind == ChannelKind.SLACK else _teams(once)


def _slack(messages: Sequence[Message]) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    for message in messages:
        blocks += [
            {"type": "header", "text": _plain(message.heading, LONGEST_HEADING)},
            {"type": "section", "text": _plain("\n\n".join(message.paragraphs), LONGEST_TEXT)},
            _button(message.action, message.link),
        ]
    blocks.append(_button(CHOOSE, _own_page()))
    return {"text": _escaped(messages[0].heading), "blocks": blocks}


def _button(verb: str, path: str) -> dict[str, Any]:
    return {
        "type": "actions",
        "elements": [{"type": "button", "text": _plain(verb, LONGEST_VERB), "url": _at(path)}],
    }


def _plain(words: str, longest: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": words[:longest], "emoji": False}


def _escaped(words: str) -> str:
    """What stands in a notification is read as Slack's markup."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(messages: Sequence[Message]) -> dict[str, Any]:
    body: list[dict[str, Any]] = []
    for message in messages:
        body.append(_run(message.heading, size="Large", weight="Bolder"))
        body += [_run(text) for text in message.paragraphs]
        body.append({"type": "ActionSet", "actions": [_open(message.action, message.link)]})
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [_open(CHOOSE, _own_page())],
    }
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


def _run(words: str, **look: str) -> dict[str, Any]:
    """A text block would be read as Markdown."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": words, **look}]}


def _open(verb: str, path: str) -> dict[str, str]:
    return {"type": "Action.OpenUrl", "title": verb, "url": _at(path)}


def _at(path: str) -> str:
    return settings.BASE_URL + path


def _own_page() -> str:
    return reverse("notifications:your_messages")
