from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import checks, exports, notices
        from notifications import kinds

        kinds.register(*notices.KINDS)
        checks.register()
        exports.register_own()
