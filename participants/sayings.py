"""What we write to people who volunteer, in words that a program may change, and what we promise them with it."""

from __future__ import annotations

from datetime import date
from typing import Final

from programs.sayings import Saying, Slot, Words

_SIDE: Final = Slot("side", "“a mentor” or “a mentee” as the program calls them, in English", "a mentor")
_PERSON: Final = Slot("person", "The name of whoever takes part", "Robin Marsh")
_ROLE: Final = Slot("role", "“a mentor” as the program calls one, in English", "a mentor")
_HOURS: Final = Slot("hours", "The time that is asked for, in English", "2 hours a month")
_UNTIL: Final = Slot("until", "The last day of the program", date(2027, 12, 7))

CALL_REMINDER: Final = Saying(
    "participants.call_reminder",
    "Asked to volunteer, no answer",
    Words(
        "{program}: there is still time to join",
        "There is still time to join",
        "You were asked whether you would like to be {side} in {program}.",
        "Read about it",
    ),
    (_SIDE,),
    {
        "en": (
            "Taking part is your own choice. “Not for me” needs no reason, nobody is told, and we do not ask again.",
        ),
        "de": (
            (
                "Ob Sie mitmachen, entscheiden Sie allein. „Not for me“ braucht keinen Grund, niemand erfährt davon, "
                "und wir fragen nicht noch einmal."
            ),
        ),
        "fr": (
            (
                "Participer relève de votre seul choix. «\xa0Not for me\xa0» se passe de raison, personne n’en est "
                "informé, et nous ne reposons pas la question."
            ),
        ),
        "es": (
            "Participar es decisión suya. «Not for me» no necesita motivo, nadie se entera y no volvemos a preguntar.",
        ),
        "it": (
            (
                "Partecipare è una sua scelta. «Not for me» non richiede motivi, nessuno lo viene a sapere e non lo "
                "chiediamo di nuovo."
            ),
        ),
        "nl": (
            (
                "Meedoen is uw eigen keuze. ‘Not for me’ vraagt geen reden, niemand hoort het, en we vragen het niet "
                "nog eens."
            ),
        ),
    },
)

NOT_READY: Final = Saying(
    "participants.not_ready",
    "Volunteered and not ready",
    Words(
        "{program}: {open}",
        "We have your offer; {open}",
        "You volunteered for {program}. Before you can be matched: {missing}.",
        "{verb}",
    ),
    (
        Slot("open", "What is open, in a few English words", "the charter is open"),
        Slot("missing", "All that is open, in English", "agree to the charter"),
        Slot("verb", "What the button does, in English", "Read the charter"),
    ),
    {
        "en": ("Take your time, or withdraw without a reason.",),
        "de": ("Nehmen Sie sich Zeit, oder ziehen Sie sich zurück: Ein Grund ist nicht nötig.",),
        "fr": ("Prenez votre temps, ou retirez-vous sans donner de raison.",),
        "es": ("Tómese su tiempo, o retírese sin dar motivos.",),
        "it": ("Si prenda il tempo che le serve, o si ritiri senza darne motivo.",),
        "nl": ("Neem de tijd, of trek u terug zonder een reden te geven.",),
    },
)

IN_POOL: Final = Saying(
    "participants.in_pool",
    "In the pool",
    Words(
        "You are in the pool of {program}",
        "You are in the pool as {side}",
        "You volunteered for {program}, and you agreed to its charter.\n\n"
        "When enrolment ends, coordinators look for the best pairs. We write to you when there is a proposal.",
        "Open the program",
    ),
    (_SIDE,),
    {
        "en": ("You can change your profile, or withdraw at any time without giving a reason.",),
        "de": ("Sie können Ihr Profil ändern oder sich jederzeit zurückziehen, ohne einen Grund zu nennen.",),
        "fr": ("Vous pouvez modifier votre profil, ou vous retirer à tout moment sans donner de raison.",),
        "es": ("Puede cambiar su perfil, o retirarse en cualquier momento sin dar motivos.",),
        "it": ("Può modificare il suo profilo, o ritirarsi in qualsiasi momento senza darne motivo.",),
        "nl": ("U kunt uw profiel wijzigen, of u op elk moment terugtrekken zonder een reden te geven.",),
    },
)

_CONFIDENCE: Final = {
    "en": (
        "Only coordinators of the program who do not take part themselves read your answer. {mentor} never does.",
        "The link opens the question without signing in. It ends with your answer, so please do not pass it on.",
    ),
    "de": (
        "Ihre Antwort lesen nur Koordinatoren des Programms, die selbst nicht teilnehmen. {mentor} liest sie nie.",
        "Der Link öffnet die Frage ohne Anmeldung und gilt bis zu Ihrer Antwort. Bitte geben Sie ihn nicht weiter.",
    ),
    "fr": (
        "Seuls les coordinateurs du programme qui n’y participent pas lisent votre réponse. {mentor} ne la lit jamais.",
        "Le lien ouvre la question sans connexion et prend fin avec votre réponse. Merci de ne pas le transmettre.",
    ),
    "es": (
        "Solo leen su respuesta coordinadores del programa que no participan en él. {mentor} no la lee nunca.",
        "El enlace abre la pregunta sin iniciar sesión y termina con su respuesta. Por favor, no lo reenvíe.",
    ),
    "it": (
        "La sua risposta è letta solo da coordinatori del programma che non vi partecipano. {mentor} non la legge mai.",
        (
            "Il link apre la domanda senza bisogno di accedere e termina con la sua risposta. La preghiamo di non "
            "inoltrarlo."
        ),
    ),
    "nl": (
        "Alleen coördinatoren van het programma die zelf niet meedoen lezen uw antwoord. {mentor} leest het nooit.",
        "De link opent de vraag zonder aanmelden en eindigt met uw antwoord. Geef hem alstublieft niet door.",
    ),
}
_MENTOR: Final = Slot("mentor", "The name of whoever would like to be a mentor", "Robin Marsh")

REFERENCE_ASKED: Final = Saying(
    "participants.reference_asked",
    "Named as a referee",
    Words(
        "{mentor} names you as a referee",
        "Can {mentor} keep a confidence?",
        "{mentor} would like to be {role} in {program}, and named you as somebody who can say.",
        "Answer",
    ),
    (_MENTOR, _ROLE),
    _CONFIDENCE,
)

REFERENCE_REMINDER: Final = Saying(
    "participants.reference_reminder",
    "The referee has not answered",
    Words(
        "{mentor} still waits for a referee’s answer",
        "Can {mentor} keep a confidence?",
        "{mentor} would like to be {role} in {program}.\n\nYour answer is still missing; “not sure” is one.",
        "Answer",
    ),
    (_MENTOR, _ROLE),
    _CONFIDENCE,
)

_HOURS_ALONE: Final = {
    "en": ("You see hours, so that you can plan. You never see whom they meet or what they say.",),
    "de": (
        "Sie sehen Stunden, damit Sie planen können. Sie sehen nie, wen {person} trifft oder was dabei gesagt wird.",
    ),
    "fr": ("Vous voyez des heures, pour planifier. Vous ne voyez jamais qui est rencontré ni ce qui est dit.",),
    "es": ("Usted ve horas, para poder planificar. Nunca ve con quién se reúne {person} ni qué dice.",),
    "it": ("Lei vede le ore, per poter pianificare. Non vede mai chi {person} incontra né che cosa dice.",),
    "nl": ("U ziet uren, zodat u kunt plannen. U ziet nooit met wie {person} spreekt of wat er gezegd wordt.",),
}

MANAGER_ASKED: Final = Saying(
    "participants.manager_asked",
    "A line manager is asked for the time",
    Words(
        "{person} takes part in {program}",
        "{person} takes part in {program}",
        "You are asked to give {hours}, until {until}.\n\n"
        "Say that you give the time, or that you would like to talk with the coordinators.",
        "Answer",
    ),
    (_PERSON, _HOURS, _UNTIL),
    _HOURS_ALONE,
)

MANAGER_REMINDER: Final = Saying(
    "participants.manager_reminder",
    "The line manager has not answered",
    Words(
        "Your answer is still open: {person} takes part in {program}",
        "{person} takes part in {program}",
        "You are asked to give {hours}, until {until}.\n\n"
        "Say that you give the time, or that you would like to talk with the coordinators.",
        "Answer",
    ),
    (_PERSON, _HOURS, _UNTIL),
    _HOURS_ALONE,
)

SAYINGS: Final = (
    CALL_REMINDER, IN_POOL, NOT_READY, REFERENCE_ASKED, REFERENCE_REMINDER, MANAGER_ASKED, MANAGER_REMINDER,
)  # fmt: skip
