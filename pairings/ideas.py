"""What two people can try when something does not go as they hoped. Our own words, shown to the one who asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pairings.choices import Fit

LOW: Final = 2
"""An answer up to this point of the scale brings ideas."""

IDEAS: Final[Mapping[str, tuple[str, ...]]] = {
    "meeting": (
        "Put the next two dates in both calendars now, and make them movable.",
        "Meet for half the time. Thirty minutes that happen are worth more than an hour that does not.",
        "Agree on another rhythm: either of you can propose a change to the agreement.",
    ),
    "getting": (
        "Begin the next meeting with one question each: what would make today worth it?",
        "Turn one wish into a goal with a date, small enough for two meetings.",
        "Swap places for once: watch the other one work for an hour, then talk about it.",
    ),
    "speaking": (
        "Meet away from desks and screens, on a walk or over lunch.",
        "Ask for a rule: whoever listens first repeats what they heard, before they answer.",
        "Look at the charter together. What is said between you two stays there.",
    ),
    "worth": (
        "Say out loud what you would stop, keep and start.",
        "Choose one thing only for the next month and leave the rest.",
        "Ending early is ordinary. It needs no reason, and the program looks again for you.",
    ),
}

FIT: Final[Mapping[Fit, tuple[str, ...]]] = {
    Fit.DECIDING: (
        "Two or three meetings are a fair try. Say to each other what you would like to see by then.",
        "Ask your partner what they hoped for. Often both wait for the other to begin.",
        "Do one thing together instead of talking: watch a shift, try a tool, read one paper.",
    ),
    Fit.NOT_A_FIT: (
        "Say it the kind way: “I am not sure that I am the right one for what you want to learn.” It may be a relief.",
        "If it is the topic or the time, and not the two of you, change the agreement before you change the pair.",
        "Ending early is ordinary. It needs no reason, and the program looks again for you both.",
    ),
}
