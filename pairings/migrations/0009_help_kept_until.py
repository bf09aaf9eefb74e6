from datetime import timedelta

from django.db import migrations, models
from django.db.models import F


def as_told_so_far(apps, schema_editor):
    """What both read of a request that is open: sixty days after the last day of its program, as it is now."""
    requests = apps.get_model("pairings", "HelpRequest").objects.filter(kept_until=None)
    for request in requests.annotate(ends_on=F("program__ends_on")):
        requests.filter(pk=request.pk).update(kept_until=request.ends_on + timedelta(days=60))


class Migration(migrations.Migration):
    dependencies = [("pairings", "0008_who_knows")]

    operations = [
        migrations.AddField(
            model_name="helprequest",
            name="kept_until",
            field=models.DateField(db_comment="Request for help: the person and the supervisor they chose; others learn only that one is open.", null=True),
        ),
        migrations.RunPython(as_told_so_far, migrations.RunPython.noop),
    ]
