from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from programs import checks, exports, merging

        checks.register()
        merging.register()
        exports.register_own()
