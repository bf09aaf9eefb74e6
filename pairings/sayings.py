"""What we write to a pair, in words that a program may change, and what we promise the two with it."""

from __future__ import annotations

from datetime import date
from typing import Final

from programs.sayings import Saying, Slot, Words

_PARTNER: Final = Slot("partner", "The given name of the other", "Robin")
_LAST_DAY: Final = Slot("last_day", "The last day of the pair", date(2027, 12, 7))

LINK_FOOTNOTE: Final = {
    "en": (
        "Only you received this message. Its button works once and for two weeks, for whoever has this mail, so "
        "please do not pass it on. It names no topics, because inboxes are sometimes shared."
    ),
    "de": (
        "Diese Nachricht haben nur Sie erhalten. Die Schaltfläche funktioniert einmal und zwei Wochen lang, für "
        "jeden, der diese Mail hat; bitte geben Sie sie nicht weiter. Sie nennt keine Themen, denn Postfächer "
        "werden manchmal geteilt."
    ),
    "fr": (
        "Ce message n’est adressé qu’à vous. Son bouton agit une fois, pendant deux semaines, pour quiconque a ce "
        "courriel ; merci de ne pas le transmettre. Il ne nomme aucun sujet, car une boîte est parfois partagée."
    ),
    "es": (
        "Solo usted recibe este mensaje. Su botón funciona una vez y durante dos semanas para quien tenga este "
        "correo; por favor, no lo reenvíe. No nombra ningún tema, porque los buzones a veces se comparten."
    ),
    "it": (
        "Questo messaggio è arrivato soltanto a Lei. Il pulsante funziona una volta e per due settimane, per "
        "chiunque abbia questa mail; la preghiamo di non inoltrarla. Non nomina alcun tema, perché le caselle a "
        "volte sono condivise."
    ),
    "nl": (
        "Alleen u krijgt dit bericht. De knop werkt één keer en twee weken lang, voor wie deze mail heeft; geef hem "
        "alstublieft niet door. Het noemt geen onderwerpen, want een postbus wordt soms gedeeld."
    ),
}

AGREEMENT_UNWRITTEN: Final = Saying(
    "pairings.agreement_unwritten",
    "Nobody has written the agreement",
    Words(
        "Your agreement with {partner}",
        "Agree on how you work together",
        "You and {partner} have not written your agreement yet. It takes about three minutes.\n\n"
        "Where you meet, how often, what is out of bounds: agreeing early makes the rest easier.",
        "Open the agreement",
    ),
    (_PARTNER,),
)

AGREEMENT_UNSIGNED: Final = Saying(
    "pairings.agreement_unsigned",
    "The agreement is written and not signed",
    Words(
        "Your agreement with {partner}",
        "Agree on how you work together",
        "{partner} has written your agreement. It holds once you sign it too.\n\n"
        "Where you meet, how often, what is out of bounds: agreeing early makes the rest easier.",
        "Open the agreement",
    ),
    (_PARTNER,),
)

FIRST_MEETING: Final = Saying(
    "pairings.first_meeting",
    "No first meeting is planned",
    Words(
        "A first meeting with {partner}",
        "When do you meet for the first time?",
        "You and {partner} have not planned a first meeting here yet.\n\n"
        "Half an hour is enough to begin. Plan it here, and both calendars know.",
        "Plan a meeting",
    ),
    (_PARTNER,),
)

_LOG_IT: Final = "If you have met, log it: the date and the minutes are enough, without signing in."
_MENTEE_ASKS: Final = "{partner} leads the content; you can take the first step and suggest a day."
_MENTOR_ASKS: Final = "A short message with two days to choose from is enough."


def _not_met(name: str, label: str, ask: str) -> Saying:
    return Saying(
        f"pairings.quiet_first_{name}",
        f"No first meeting was logged, to the {label}",
        Words(
            "Your first meeting with {partner}",
            "Your first meeting",
            f"You and {{partner}} have not logged a first meeting yet.\n\n{ask}\n\n{_LOG_IT}",
            "Log a meeting",
        ),
        (_PARTNER,),
        footnote=LINK_FOOTNOTE,
    )


def _quiet(name: str, label: str, ask: str) -> Saying:
    return Saying(
        f"pairings.quiet_{name}",
        f"No meeting for a time, to the {label}",
        Words(
            "Time to meet again, {partner} and you",
            "Time to meet again",
            f"You and {{partner}} last met on {{last_met}}.\n\n{ask}\n\n{_LOG_IT}",
            "Log a meeting",
        ),
        (_PARTNER, Slot("last_met", "The day of the last meeting", date(2027, 3, 2))),
        footnote=LINK_FOOTNOTE,
    )


NOT_MET_MENTEE: Final = _not_met("mentee", "mentee", _MENTEE_ASKS)
NOT_MET_MENTOR: Final = _not_met("mentor", "mentor", _MENTOR_ASKS)
QUIET_MENTEE: Final = _quiet("mentee", "mentee", _MENTEE_ASKS)
QUIET_MENTOR: Final = _quiet("mentor", "mentor", _MENTOR_ASKS)

DID_YOU_MEET: Final = Saying(
    "pairings.did_you_meet",
    "After a planned meeting",
    Words(
        "Did you meet {partner} on {day}?",
        "Did you meet?",
        "You and {partner} had planned to meet: {when}.\n\n"
        "If you did, one tap logs it, with the minutes you had planned, without signing in.\n\n"
        "If you did not, say so on the page of the meeting; nobody asks why.",
        "Yes, we met",
    ),
    (
        _PARTNER,
        Slot("day", "The day of the meeting", date(2027, 3, 2)),
        Slot("hours", "From when to when on the reader’s clock, in English", "14:00 to 15:00"),
        Slot("when", "Day and hours, in English", "Tuesday 2 March 2027, 14:00 to 15:00 (Europe/London)"),
    ),
    footnote=LINK_FOOTNOTE,
)

CHECK_IN: Final = Saying(
    "pairings.check_in",
    "Check-in",
    Words(
        "How is it going with {partner}?",
        "A few taps, twenty seconds",
        "Are you meeting, are you getting what you want, can you speak freely, is it worth the time?",
        "Answer the check-in",
    ),
    (_PARTNER,),
    {
        "en": ("Only you see your answers: {partner} does not, and HR sees counts of larger groups.",),
        "de": ("Ihre Antworten sehen nur Sie: {partner} nicht, und HR sieht Zahlen größerer Gruppen.",),
        "fr": (
            (
                "Vos réponses ne sont visibles que par vous\xa0: ni par {partner}, et les RH ne voient que des chiffres"
                " de groupes plus larges."
            ),
        ),
        "es": ("Solo usted ve sus respuestas: {partner} no las ve, y RR. HH. ve cifras de grupos grandes.",),
        "it": (
            "Le Sue risposte le vede soltanto Lei: {partner} no, e le risorse umane vedono cifre di gruppi più grandi.",
        ),
        "nl": ("Alleen u ziet uw antwoorden: {partner} niet, en HR ziet aantallen van grotere groepen.",),
    },
)

GOAL_DUE: Final = Saying(
    "pairings.goal_due",
    "A goal is due",
    Words(
        "A goal you share with {partner} {due_short}",
        "One of your goals {due}",
        "A goal you share with {partner} {due}.\n\n"
        "Say how far it came. A goal may also move to a later day, or be dropped.",
        "Open the goal",
    ),
    (
        _PARTNER,
        Slot("day", "The day the goal is due", date(2027, 3, 2)),
        Slot("due", "“is due on …”, “is due today” or “was due on …”, in English", "is due on 2 March 2027"),
        Slot("due_short", "The same, for a subject", "is due on 2 March 2027"),
    ),
)

END_OR_ON: Final = Saying(
    "pairings.end_or_on",
    "The pair comes to its end, and may go on",
    Words(
        "Your pair with {partner} ends on {last_day}",
        "Go on, or close well?",
        "Your pair ends on {last_day} unless you both choose to go on. Both choices are ordinary.\n\n"
        "If you would like to go on, say until when: it holds once both of you agree.",
        "Decide",
    ),
    (_PARTNER, _LAST_DAY),
)

END_WITH_PROGRAM: Final = Saying(
    "pairings.end_with_program",
    "The pair comes to its end with the program",
    Words(
        "Your pair with {partner} ends on {last_day}",
        "Your last day is {last_day}",
        "The program ends then too. There is time for a last meeting and for looking back together.",
        "Open your pair page",
    ),
    (_PARTNER, _LAST_DAY),
)

LAST_DAY: Final = Saying(
    "pairings.last_day",
    "The last day of the pair",
    Words(
        "Today is the last day of your pair with {partner}",
        "A few closing words",
        "Today is the last day of your pair with {partner}. Thank you for the time you gave each other.\n\n"
        "What stays with you? You may keep it for yourself or share it with {partner}.",
        "Write your closing words",
    ),
    (_PARTNER, Slot("readable_until", "The last day on which both can read their page", date(2028, 3, 7))),
    {
        "en": ("Your page stays readable to you both until {readable_until}.",),
        "de": ("Ihre Seite bleibt für Sie beide lesbar bis {readable_until}.",),
        "fr": ("Votre page reste lisible pour vous deux jusqu’au {readable_until}.",),
        "es": ("Su página sigue siendo legible para ambos hasta el {readable_until}.",),
        "it": ("La vostra pagina resta leggibile per entrambi fino a questo giorno compreso: {readable_until}.",),
        "nl": ("Uw pagina blijft voor u beiden leesbaar tot en met {readable_until}.",),
    },
    may_follow="in English, when private words are erased, how long the two keep out of decisions about one another, "
    "and how to ask for somebody else.",
)

EXTENSION_ASKED: Final = Saying(
    "pairings.extension_asked",
    "Asked to go on",
    Words(
        "{partner} would like to go on",
        "Go on together?",
        "{partner} would like to go on until {until}.\n\nWithout an answer your pair ends on {last_day}, as agreed.",
        "Answer",
    ),
    (_PARTNER, Slot("until", "The new last day that is asked for", date(2028, 2, 1)), _LAST_DAY),
    {
        "en": ("Yes or no, you need no reason.",),
        "de": ("Ja oder nein, Sie brauchen keinen Grund.",),
        "fr": ("Oui ou non, vous n’avez pas besoin de raison.",),
        "es": ("Sí o no, no necesita motivo.",),
        "it": ("Sì o no, non serve un motivo.",),
        "nl": ("Ja of nee, u hebt geen reden nodig.",),
    },
)

SAYINGS: Final = (
    AGREEMENT_UNWRITTEN, AGREEMENT_UNSIGNED, FIRST_MEETING, NOT_MET_MENTEE, NOT_MET_MENTOR, QUIET_MENTEE, QUIET_MENTOR,
    DID_YOU_MEET, CHECK_IN, GOAL_DUE, END_OR_ON, END_WITH_PROGRAM, LAST_DAY, EXTENSION_ASKED,
)  # fmt: skip
