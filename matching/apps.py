from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import checks, exports, notices
        from notifications import kinds
        from programs import ahead

        kinds.register(*notices.KINDS)
        ahead.register(*notices.AHEAD)
        checks.register()
        exports.register_own()
