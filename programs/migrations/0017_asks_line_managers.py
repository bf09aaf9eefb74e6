from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0016_criterion_importance'),
    ]

    operations = [
        migrations.AddField(
            model_name='program',
            name='asks_line_managers',
            field=models.BooleanField(db_comment='Not personal.', default=True, help_text='Each is told that a report takes part, the hours and the end, and gives the time or asks to talk. Without this they are told nothing, and nobody waits for their answer.', verbose_name='line managers are asked for the time'),
        ),
    ]
