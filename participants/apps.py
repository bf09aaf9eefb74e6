from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    name = "participants"

    def ready(self) -> None:
        from notifications import kinds
        from participants import actions, checks, consequences, merging, notices
        from programs import charters

        kinds.register(*notices.KINDS)
        charters.hear(actions.ask_to_agree_again)
        checks.register()
        consequences.register()
        merging.register()
