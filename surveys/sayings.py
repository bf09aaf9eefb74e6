"""What we write to people who are asked, in words that a program may change, and what we promise them with it."""

from __future__ import annotations

from datetime import date
from typing import Final

from programs.sayings import Saying, Slot, Words

_SURVEY: Final = Slot("survey", "The title of the survey", "How is it going?")
_CLOSES: Final = Slot("closes", "The last day on which one may answer", date(2027, 3, 12))

_ANONYMOUS: Final = {
    "en": (
        (
            "It is anonymous. We note that you answered, so that we do not remind you again. What you answered is "
            "stored apart. Results are shown in groups of five or more."
        ),
    ),
    "de": (
        (
            "Sie ist anonym. Wir halten fest, dass Sie geantwortet haben, damit wir Sie nicht noch einmal erinnern. "
            "Was Sie geantwortet haben, liegt getrennt davon. Ergebnisse zeigen wir für Gruppen ab fünf Personen."
        ),
    ),
    "fr": (
        (
            "Elle est anonyme. Nous notons que vous avez répondu, pour ne plus vous le rappeler. Ce que vous avez "
            "répondu est conservé à part. Les résultats portent sur des groupes de cinq personnes ou plus."
        ),
    ),
    "es": (
        (
            "Es anónima. Anotamos que ha respondido, para no recordárselo otra vez. Lo que ha respondido se guarda "
            "aparte. Los resultados se muestran para grupos de cinco o más personas."
        ),
    ),
    "it": (
        (
            "È anonimo. Annotiamo che ha risposto, per non ricordarglielo ancora. Ciò che ha risposto è conservato a "
            "parte. I risultati si mostrano per gruppi di cinque o più persone."
        ),
    ),
    "nl": (
        (
            "De enquête is anoniem. We noteren dat u hebt geantwoord, zodat we u niet nog eens herinneren. Wat u "
            "antwoordde staat apart. Resultaten tonen we voor groepen van vijf of meer."
        ),
    ),
}

MAY_SKIP: Final = {
    "en": "You may skip any question.",
    "de": "Sie können jede Frage überspringen.",
    "fr": "Vous pouvez passer n’importe quelle question.",
    "es": "Puede omitir cualquier pregunta.",
    "it": "Può saltare qualsiasi domanda.",
    "nl": "U mag elke vraag overslaan.",
}

INVITATION: Final = Saying(
    "surveys.invitation",
    "Asked to answer a survey",
    Words(
        "{survey}: {program}",
        "{survey}",
        "{about}\n\nThe survey is open until {closes}.",
        "Answer the survey",
    ),
    (
        _SURVEY,
        _CLOSES,
        Slot(
            "about",
            "What the survey is about, in English",
            "We would like to know how it is for you. It takes about three minutes.",
        ),
    ),
    _ANONYMOUS,
)

REMINDER: Final = Saying(
    "surveys.reminder",
    "A survey is not answered",
    Words(
        "{survey}, open until {closes}",
        "The survey is open until {closes}",
        "Your view of {program} is still missing.",
        "Answer the survey",
    ),
    (_SURVEY, _CLOSES),
    _ANONYMOUS,
    may_follow="that any question may be skipped, where that is so.",
)

SAYINGS: Final = (INVITATION, REMINDER)
