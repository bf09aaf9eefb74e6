from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    name = "participants"

    def ready(self) -> None:
        from notifications import kinds
        from participants import checks, merging, notices

        kinds.register(*notices.KINDS)
        checks.register()
        merging.register()
