"""What we write to two who are proposed to one another, in words that a program may change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from programs.sayings import Saying, Slot, Words

_PARTNER: Final = Slot("partner", "The given name of the other", "Robin")
_UNTIL: Final = Slot("until", "The day and hour until which one may answer", datetime(2027, 3, 9, 17, tzinfo=UTC))

PROPOSAL: Final = Saying(
    "matching.proposal",
    "Two are proposed to one another",
    Words(
        "Somebody to meet in {program}",
        "We think you and {partner} should talk",
        "You both take part in {program}. Please answer by {until}.",
        "Read why, and answer",
    ),
    (_PARTNER, _UNTIL),
    {
        "en": ("“Not this one” needs no reason. Nobody learns who said it, or when.",),
        "de": ("„Not this one“ braucht keinen Grund. Niemand erfährt, wer es gesagt hat oder wann.",),
        "fr": ("«\xa0Not this one\xa0» se passe de raison. Personne n’apprend qui l’a dit, ni quand.",),
        "es": ("«Not this one» no necesita motivo. Nadie sabe quién lo dijo, ni cuándo.",),
        "it": ("«Not this one» non richiede motivi. Nessuno viene a sapere chi l’ha detto, né quando.",),
        "nl": ("‘Not this one’ vraagt geen reden. Niemand hoort wie het zei, of wanneer.",),
    },
)

PROPOSAL_REMINDER: Final = Saying(
    "matching.proposal_reminder",
    "A proposal waits for an answer",
    Words(
        "Would you like to meet {partner}? Your answer is still open",
        "Would you like to meet {partner}?",
        "We proposed the two of you to each other in {program}. Please answer by {until}.",
        "Answer",
    ),
    (_PARTNER, _UNTIL),
    {
        "en": ("Either answer helps. If you would rather not, “Not this one” needs no reason.",),
        "de": ("Jede Antwort hilft. Wenn Sie lieber nicht möchten: „Not this one“ braucht keinen Grund.",),
        "fr": ("Toute réponse aide. Si vous préférez ne pas le faire, «\xa0Not this one\xa0» se passe de raison.",),
        "es": ("Cualquier respuesta ayuda. Si prefiere no hacerlo, «Not this one» no necesita motivo.",),
        "it": ("Ogni risposta aiuta. Se preferisce di no, «Not this one» non richiede motivi.",),
        "nl": ("Elk antwoord helpt. Wilt u liever niet, dan vraagt ‘Not this one’ geen reden.",),
    },
)

AGREED: Final = Saying(
    "matching.agreed",
    "Both said yes",
    Words(
        "You both said yes",
        "You and {partner} both said yes",
        "Begin with a short agreement: how often, where, and what stays between you.",
        "Open your page",
    ),
    (_PARTNER,),
    {
        "en": ("You now have a page that only the two of you can read.",),
        "de": ("Sie haben jetzt eine Seite, die nur Sie beide lesen können.",),
        "fr": ("Vous avez maintenant une page que vous seuls, tous les deux, pouvez lire.",),
        "es": ("Ahora tienen una página que solo ustedes dos pueden leer.",),
        "it": ("Ora avete una pagina che solo voi due potete leggere.",),
        "nl": ("U hebt nu een pagina die alleen u beiden kunt lezen.",),
    },
)

SAYINGS: Final = (PROPOSAL, PROPOSAL_REMINDER, AGREED)
