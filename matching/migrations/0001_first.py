import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # A database that has come this far already takes this one as done.
    replaces = [
        ('matching', '0001_initial'),
        ('matching', '0002_run_settings'),
        ('matching', '0003_rulings'),
        ('matching', '0004_asides'),
        ('matching', '0005_hours_on_the_other_side'),
        ('matching', '0006_cut_short'),
        ('matching', '0007_rounds_waited'),
        ('matching', '0008_partner_wishes'),
        ('matching', '0009_scenarios'),
    ]

    initial = True

    dependencies = [
        ('pairings', '0001_first'),
        ('participants', '0001_first'),
        ('programs', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchingRun',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('queued', 'Waiting for a worker'), ('running', 'Searching'), ('solved', 'Solved'), ('failed', 'Failed'), ('tried', 'Tried out'), ('published', 'Sent'), ('discarded', 'Set aside'), ('stopped', 'Stopped')], db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', default='queued', max_length=10)),
                ('requested_at', models.DateTimeField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.')),
                ('started_at', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('leased_until', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('finished_at', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('published_at', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('done', models.PositiveIntegerField(db_comment='Not personal.', default=0, verbose_name='people placed so far')),
                ('todo', models.PositiveIntegerField(db_comment='Not personal.', default=0, verbose_name='people to place')),
                ('mentors', models.PositiveIntegerField(db_comment='Not personal.', default=0)),
                ('mentees', models.PositiveIntegerField(db_comment='Not personal.', default=0)),
                ('allowed_pairs', models.PositiveIntegerField(db_comment='Not personal.', default=0)),
                ('seconds', models.FloatField(blank=True, db_comment='Not personal.', null=True)),
                ('inputs_hash', models.CharField(blank=True, db_comment='Not personal.', max_length=64)),
                ('settings', models.JSONField(db_comment='Not personal.', default=dict, verbose_name='what the program asked for')),
                ('terms', models.JSONField(blank=True, db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', null=True, verbose_name='what it asks for that the program does not')),
                ('curve', models.JSONField(blank=True, db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', null=True, verbose_name='what fairness costs')),
                ('engine_version', models.CharField(blank=True, db_comment='Not personal.', max_length=20)),
                ('certificate', models.JSONField(blank=True, db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', null=True)),
                ('failure', models.CharField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=300)),
                ('program', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='matching_runs', to='programs.program')),
                ('published_by', models.ForeignKey(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('repairs', models.ForeignKey(blank=True, db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='repaired_by', to='matching.matchingrun')),
                ('requested_by', models.ForeignKey(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who asked for it; empty where it began by itself')),
            ],
            options={
                'ordering': ['-requested_at'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('program',), name='run_one_at_a_time', violation_error_message='A search is already under way for this program.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PartnerWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(db_comment='For the search alone: the person who said it, and nobody else.')),
                ('participation', models.ForeignKey(db_comment='For the search alone: the person who said it, and nobody else.', on_delete=django.db.models.deletion.CASCADE, related_name='partner_wishes', to='participants.participation')),
                ('wished', models.ForeignKey(db_comment='For the search alone: the person who said it, and nobody else.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participants.participation')),
            ],
            options={
                'ordering': ['rank'],
                'constraints': [
                    models.UniqueConstraint(fields=('participation', 'wished'), name='partner_wished_once'),
                    models.UniqueConstraint(fields=('participation', 'rank'), name='partner_wish_rank_once'),
                    models.CheckConstraint(condition=models.Q(('rank__gte', 1), ('rank__lte', 5)), name='partner_wish_rank_of_five'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('fit', models.PositiveIntegerField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.')),
                ('parts', models.JSONField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.')),
                ('proposed_at', models.DateTimeField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.')),
                ('expires_at', models.DateTimeField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.')),
                ('mentor_reply', models.CharField(blank=True, choices=[('accepted', 'Yes, let us meet'), ('declined', 'Not this one')], db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', max_length=8, null=True)),
                ('mentee_reply', models.CharField(blank=True, choices=[('accepted', 'Yes, let us meet'), ('declined', 'Not this one')], db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', max_length=8, null=True)),
                ('closed_at', models.DateTimeField(blank=True, db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', null=True, verbose_name='when it stopped waiting without a pair')),
                ('mentee', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='participants.participation')),
                ('mentor', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='participants.participation')),
                ('pairing', models.OneToOneField(blank=True, db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='pairings.pairing')),
                ('program', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='programs.program')),
                ('run', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposals', to='matching.matchingrun')),
            ],
            options={
                'ordering': ['-proposed_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('closed_at', None), ('pairing', None)), fields=('mentor', 'mentee'), name='proposal_waits_once'),
                    models.CheckConstraint(condition=models.Q(('pairing', None), models.Q(('closed_at', None), ('mentee_reply', 'accepted'), ('mentor_reply', 'accepted')), _connector='OR'), name='proposal_pair_needs_two_yes'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Aside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(choices=[('same_team', 'We are in the same team'), ('too_well', 'We know each other too well'), ('topic', 'The topic is not mine'), ('not_now', 'Not now')], db_comment='For the search alone: the person who said it, and nobody else.', max_length=9)),
                ('out_until', models.DateField(blank=True, db_comment='For the search alone: the person who said it, and nobody else.', null=True, verbose_name='the day from which to propose somebody again')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, db_comment='For the search alone: the person who said it, and nobody else.', default=list, size=None, verbose_name='skills that count less from then on')),
                ('said_at', models.DateTimeField(db_comment='For the search alone: the person who said it, and nobody else.')),
                ('participation', models.ForeignKey(db_comment='For the search alone: the person who said it, and nobody else.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participants.participation')),
                ('proposal', models.ForeignKey(db_comment='For the search alone: the person who said it, and nobody else.', on_delete=django.db.models.deletion.CASCADE, related_name='asides', to='matching.proposal')),
            ],
            options={
                'ordering': ['said_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('proposal', 'participation'), name='aside_once'),
                    models.CheckConstraint(condition=models.Q(('word__in', ['same_team', 'too_well', 'topic', 'not_now'])), name='aside_word_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('out_until__isnull', False), ('word', 'not_now')), models.Q(models.Q(('word', 'not_now'), _negated=True), ('out_until', None)), _connector='OR'), name='aside_day_with_not_now'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Ruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hand', models.CharField(choices=[('keep', 'Kept by hand'), ('never', 'Never paired, by hand')], db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', max_length=5)),
                ('ruled_at', models.DateTimeField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.')),
                ('mentee', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participants.participation')),
                ('mentor', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participants.participation')),
                ('program', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.CASCADE, related_name='rulings', to='programs.program')),
                ('ruled_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['ruled_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'mentor', 'mentee'), name='ruled_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=60)),
                ('total_by_base', models.PositiveBigIntegerField(blank=True, db_comment='Not personal.', null=True, verbose_name='total fit of its pairs, as its base counts')),
                ('chosen_at', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('base', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.CASCADE, related_name='scenarios', to='matching.matchingrun')),
                ('chosen_by', models.ForeignKey(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.OneToOneField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.CASCADE, related_name='scenario', to='matching.matchingrun')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(models.F('base'), django.db.models.functions.text.Lower('name'), name='scenario_name_once'),
                    models.CheckConstraint(condition=models.Q(('run', models.F('base')), _negated=True), name='scenario_of_another'),
                    models.CheckConstraint(condition=models.Q(models.Q(('chosen_at', None), ('chosen_by', None)), models.Q(('chosen_at__isnull', False), ('chosen_by__isnull', False)), _connector='OR'), name='scenario_chosen_by_somebody'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fit', models.PositiveIntegerField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.')),
                ('ahead', models.PositiveIntegerField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', default=0, verbose_name='points for rounds that the two waited through')),
                ('parts', models.JSONField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.')),
                ('mentee', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participants.participation')),
                ('mentor', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participants.participation')),
                ('run', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='matching.matchingrun')),
            ],
            options={
                'ordering': ['fit', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'mentor', 'mentee'), name='suggested_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Unmatched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('no_partner', 'The rules leave nobody'), ('crowded', 'More people than places'), ('outcompeted', 'Others fit better'), ('other_side', 'Pairs on the other side take their hours'), ('not_looked_at', 'The search was cut short')], db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', max_length=20)),
                ('details', models.JSONField(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', default=dict)),
                ('participation', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='participants.participation')),
                ('run', models.ForeignKey(db_comment='Proposal: both who are proposed, and coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='unmatched', to='matching.matchingrun')),
            ],
            options={
                'verbose_name_plural': 'unmatched',
                'constraints': [
                    models.UniqueConstraint(fields=('run', 'participation'), name='unmatched_once'),
                ],
            },
        ),
    ]
