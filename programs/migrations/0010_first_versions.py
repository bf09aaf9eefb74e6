from __future__ import annotations

from typing import Any

from django.db import migrations


def keep_what_is_there(apps: Any, editor: Any) -> None:
    """The charter of every program is its first version."""
    versions = apps.get_model("programs", "CharterVersion")
    versions.objects.bulk_create(
        versions(
            program=program,
            number=1,
            words=program.charter.replace("\r\n", "\n").strip(),
            made_by=program.created_by,
            made_at=program.created_at,
        )
        for program in apps.get_model("programs", "Program").objects.all()
    )


def put_back(apps: Any, editor: Any) -> None:
    """Only the words in force; the former ones are lost."""
    for version in apps.get_model("programs", "CharterVersion").objects.select_related("program").order_by("number"):
        version.program.charter = version.words
        version.program.save(update_fields=["charter"])


class Migration(migrations.Migration):
    dependencies = [("programs", "0009_charter_versions")]
    operations = [migrations.RunPython(keep_what_is_there, put_back), migrations.RemoveField("program", "charter")]
