from django.apps import AppConfig


class PairingsConfig(AppConfig):
    name = "pairings"

    def ready(self) -> None:
        from notifications import kinds
        from pairings import (
            checks,
            circle_notices,
            consequences,
            directory_notices,
            exports,
            merging,
            notices,
            pause_notices,
            private_notices,
            sayings,
        )
        from pairings.mail_threads import threaded
        from programs import ahead
        from programs import sayings as program_sayings

        of_pairs = threaded(*notices.KINDS, *directory_notices.KINDS, *pause_notices.KINDS, *private_notices.KINDS)
        kinds.register(*of_pairs, *circle_notices.KINDS)
        ahead.register(*notices.AHEAD)
        program_sayings.register(*sayings.SAYINGS, place=3)
        checks.register()
        consequences.register()
        merging.register()
        exports.register_own()
