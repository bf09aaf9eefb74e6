from __future__ import annotations

from typing import Any

from django.db import migrations


def keep_what_is_there(apps: Any, editor: Any) -> None:
    """Whoever agreed to the charter agreed to its first version."""
    first = {version.program_id: version for version in apps.get_model("programs", "CharterVersion").objects.filter(number=1)}
    signatures = apps.get_model("participants", "CharterSignature")
    signatures.objects.bulk_create(
        signatures(
            participation=row, version=first[row.program_id], joined_at=row.volunteered_at, signed_at=row.charter_signed_at
        )
        for row in apps.get_model("participants", "Participation").objects.exclude(charter_signed_at=None)
    )


def put_back(apps: Any, editor: Any) -> None:
    """When each last agreed since joining; to which version is lost."""
    for signature in apps.get_model("participants", "CharterSignature").objects.order_by("signed_at"):
        row = signature.participation
        if row.withdrawn_at is None and row.volunteered_at == signature.joined_at:
            row.charter_signed_at = signature.signed_at
            row.save(update_fields=["charter_signed_at"])


class Migration(migrations.Migration):
    dependencies = [("participants", "0006_charter_signatures")]
    operations = [
        migrations.RunPython(keep_what_is_there, put_back),
        migrations.RemoveField("participation", "charter_signed_at"),
    ]
