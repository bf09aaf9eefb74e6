from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import checks, exports, notices, sayings
        from notifications import kinds
        from programs import ahead
        from programs import sayings as program_sayings

        kinds.register(*notices.KINDS)
        ahead.register(*notices.AHEAD)
        program_sayings.register(*sayings.SAYINGS, place=2)
        checks.register()
        exports.register_own()
