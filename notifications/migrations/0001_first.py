import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # A database that has come this far already takes this one as done.
    replaces = [
        ('notifications', '0001_initial'),
        ('notifications', '0002_plan_on_the_wall'),
        ('notifications', '0003_put_off_and_doubt'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Host',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=200, unique=True)),
                ('failures', models.PositiveIntegerField(db_comment='Not personal.', default=0)),
                ('failed_at', models.DateTimeField(blank=True, db_comment='Not personal.', null=True)),
                ('rests_until', models.DateTimeField(blank=True, db_comment='Not personal.', null=True)),
                ('reason', models.CharField(blank=True, db_comment='Not personal.', max_length=200)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ZoneData',
            fields=[
                ('id', models.PositiveSmallIntegerField(db_comment='Not personal.', default=1, primary_key=True, serialize=False)),
                ('fingerprint', models.CharField(db_comment='Not personal.', max_length=64)),
                ('planned_at', models.DateTimeField(db_comment='Not personal.')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='zone_data_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', max_length=200, unique=True)),
                ('kind', models.CharField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', max_length=60)),
                ('subject', models.CharField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', max_length=60)),
                ('state', models.CharField(choices=[('owed', 'Owed'), ('claimed', 'Being sent'), ('retry', 'Put off'), ('unknown', 'Perhaps arrived'), ('sent', 'Sent'), ('cancelled', 'No longer needed'), ('missed', 'Too late to send'), ('failed', 'Refused by the mail server')], db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', default='owed', max_length=10)),
                ('owed_at', models.DateTimeField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.')),
                ('due_on', models.DateField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', null=True, verbose_name='day it is due, where the person lives')),
                ('due_time', models.TimeField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', null=True, verbose_name='time of that day')),
                ('due_at', models.DateTimeField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.')),
                ('not_after', models.DateTimeField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.')),
                ('leased_until', models.DateTimeField(blank=True, db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', null=True)),
                ('again_at', models.DateTimeField(blank=True, db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', null=True, verbose_name='tried again')),
                ('take_up_at', models.GeneratedField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', db_persist=True, expression=models.Case(models.When(state='owed', then=models.F('due_at')), models.When(state='claimed', then=models.F('leased_until')), default=models.F('again_at')), output_field=models.DateTimeField(null=True))),
                ('attempts', models.PositiveSmallIntegerField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', default=0)),
                ('in_doubt', models.PositiveSmallIntegerField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', default=0, verbose_name='handed over without an answer')),
                ('finished_at', models.DateTimeField(blank=True, db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', null=True)),
                ('reason', models.CharField(blank=True, db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', max_length=200)),
                ('message_id', models.CharField(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', max_length=200, unique=True)),
                ('person', models.ForeignKey(db_comment='Message envelope: the person, and administrators who look after delivery; never private text.', on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-due_at', '-pk'],
                'indexes': [models.Index(models.F('take_up_at'), models.F('id'), condition=models.Q(('take_up_at__isnull', False)), name='notice_take_up'), models.Index(models.F('state'), condition=models.Q(('state__in', ['failed', 'missed', 'unknown'])), name='notice_in_trouble'), models.Index(models.F('kind'), models.F('subject'), name='notice_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('due_on', None), ('due_time', None)), models.Q(('due_on__isnull', False), ('due_time__isnull', False)), _connector='OR'), name='notice_day_with_its_time'), models.CheckConstraint(condition=models.Q(('not_after__gte', models.F('due_at'))), name='notice_not_missed_before_due'), models.CheckConstraint(condition=models.Q(models.Q(('leased_until__isnull', False), ('state', 'claimed')), models.Q(models.Q(('state', 'claimed'), _negated=True), ('leased_until', None)), _connector='OR'), name='notice_lease_while_claimed'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ['owed', 'claimed', 'retry'])), models.Q(('finished_at__isnull', False), ('state__in', ['sent', 'cancelled', 'missed', 'failed'])), ('state', 'unknown'), _connector='OR'), name='notice_finished_when_done'), models.CheckConstraint(condition=models.Q(models.Q(('again_at__isnull', False), ('state', 'retry')), models.Q(('again_at__isnull', False), ('finished_at', None), ('state', 'unknown')), models.Q(('again_at', None), ('finished_at__isnull', False), ('state', 'unknown')), models.Q(models.Q(('state__in', ['retry', 'unknown']), _negated=True), ('again_at', None)), _connector='OR'), name='notice_again_when_put_off'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'unknown'), _negated=True), ('in_doubt__gt', 0), _connector='OR'), name='notice_doubt_is_counted')],
            },
        ),
    ]
