from django.apps import AppConfig


class PairingsConfig(AppConfig):
    name = "pairings"

    def ready(self) -> None:
        from notifications import kinds
        from pairings import checks, consequences, merging, notices

        kinds.register(*notices.KINDS)
        checks.register()
        consequences.register()
        merging.register()
