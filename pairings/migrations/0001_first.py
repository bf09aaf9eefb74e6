import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import pairings.models
import uuid
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    # A database that has come this far already takes this one as done.
    replaces = [
        ('pairings', '0001_initial'),
        ('pairings', '0002_skill_rating'),
        ('pairings', '0003_task'),
        ('pairings', '0004_waiver'),
        ('pairings', '0005_planned_meeting'),
        ('pairings', '0006_calendar_feed'),
        ('pairings', '0007_private_room'),
        ('pairings', '0008_fine'),
        ('pairings', '0009_help_request'),
        ('pairings', '0010_pause'),
        ('pairings', '0011_recusal'),
    ]

    initial = True

    dependencies = [
        ('participants', '0001_first'),
        ('people', '0001_first'),
        ('privacy', '0001_initial'),
        ('programs', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name='HelpRequest',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.')),
                ('closed_at', models.DateTimeField(blank=True, db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', null=True)),
                ('asked_by', models.ForeignKey(db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(blank=True, db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('data_key', models.OneToOneField(db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='privacy.datakey')),
                ('program', models.ForeignKey(db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
                ('supervisor', models.ForeignKey(db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('program', 'asked_by', 'supervisor'), name='help_asked_once'),
                    models.CheckConstraint(condition=models.Q(('asked_by', models.F('supervisor')), _negated=True), name='help_of_another'),
                    models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='help_closed_whole'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HelpMessage',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('written_at', models.DateTimeField(db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.')),
                ('read_at', models.DateTimeField(blank=True, db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', null=True)),
                ('words', models.BinaryField(db_comment='Sealed: encrypted text, opened for its readers alone.', verbose_name='what is written, sealed')),
                ('written_by', models.ForeignKey(db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(db_comment='Request for help: the person and the supervisor they chose; others learn only that one is open.', on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='pairings.helprequest')),
            ],
            options={
                'ordering': ['written_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Pairing',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mentor_place', models.PositiveSmallIntegerField(db_comment='Not personal.')),
                ('mentee_place', models.PositiveSmallIntegerField(db_comment='Not personal.')),
                ('opened_at', models.DateTimeField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('started_on', models.DateField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('runs_until', models.DateField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', verbose_name='the last day, as agreed')),
                ('ended_on', models.DateField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, verbose_name='the last day, brought forward')),
                ('fine_until', models.DateField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, verbose_name='left in peace until')),
                ('paused_from', models.DateField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, verbose_name='the first day of a pause')),
                ('back_on', models.DateField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, verbose_name='the day it goes on')),
                ('recused_months', models.PositiveSmallIntegerField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', default=12, verbose_name='months of recusal after it, as the program said when it began')),
                ('data_key', models.OneToOneField(db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='privacy.datakey')),
                ('ended_by', models.ForeignKey(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fine_said_by', models.ForeignKey(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentee', models.ForeignKey(db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='pairings_as_mentee', to='participants.participation')),
                ('mentor', models.ForeignKey(db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='pairings_as_mentor', to='participants.participation')),
                ('paused_by', models.ForeignKey(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='pairings', to='programs.program')),
            ],
            options={
                'ordering': ['-started_on', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('mentor', models.F('mentee')), _negated=True), name='pairing_of_two'),
                    models.CheckConstraint(condition=models.Q(('runs_until__gte', models.F('started_on'))), name='pairing_ends_after_start'),
                    models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='pairing_ended_after_start'),
                    models.CheckConstraint(condition=models.Q(models.Q(('fine_said_by', None), ('fine_until', None)), models.Q(('fine_said_by__isnull', False), ('fine_until__isnull', False)), _connector='OR'), name='pairing_fine_said_whole'),
                    models.CheckConstraint(condition=models.Q(models.Q(('back_on', None), ('paused_by', None), ('paused_from', None)), models.Q(('back_on__gt', models.F('paused_from')), ('back_on__lte', models.F('runs_until')), ('paused_by__isnull', False), ('paused_from__gte', models.F('started_on'))), _connector='OR'), name='pairing_paused_whole'),
                    models.CheckConstraint(condition=models.Q(('mentee_place__gte', 1), ('mentee_place__lte', 5), ('mentor_place__gte', 1), ('mentor_place__lte', 5)), name='pairing_places'),
                    django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('mentor', '='), ('mentor_place', '='), (pairings.models._Term(models.F('started_on'), django.db.models.functions.comparison.Coalesce(models.F('ended_on'), models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('runs_until'), '+', models.Value(1)), output_field=models.DateField())), django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='pairing_mentor_place_free'),
                    django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('mentee', '='), ('mentee_place', '='), (pairings.models._Term(models.F('started_on'), django.db.models.functions.comparison.Coalesce(models.F('ended_on'), models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('runs_until'), '+', models.Value(1)), output_field=models.DateField())), django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='pairing_mentee_place_free'),
                    django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('mentor', '='), ('mentee', '='), (pairings.models._Term(models.F('started_on'), django.db.models.functions.comparison.Coalesce(models.F('ended_on'), models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('runs_until'), '+', models.Value(1)), output_field=models.DateField())), django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='pairing_of_these_two_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('held_on', models.DateField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('minutes', models.PositiveSmallIntegerField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(480)])),
                ('kind', models.CharField(choices=[('mentor_led', 'The mentor led'), ('reciprocal', 'Reciprocal: the mentee shared too')], db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', default='mentor_led', max_length=12)),
                ('way', models.CharField(choices=[('in_person', 'In person'), ('video', 'By video'), ('phone', 'By phone'), ('chat', 'By chat'), ('walk', 'On a walk')], db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', default='in_person', max_length=10)),
                ('topics', models.BinaryField(blank=True, db_comment='Sealed: encrypted text, opened for its readers alone.', null=True, verbose_name='what we spoke about, sealed')),
                ('logged_at', models.DateTimeField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('logged_by', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='pairings.pairing')),
            ],
            options={
                'ordering': ['held_on'],
                'constraints': [
                    models.UniqueConstraint(fields=('pairing', 'held_on'), name='meeting_once_a_day'),
                    models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 480)), name='meeting_minutes'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.BinaryField(db_comment='Sealed: encrypted text, opened for its readers alone.', verbose_name='what, sealed')),
                ('due_on', models.DateField(db_comment='Counted fact of a pair: both partners; others learn only how many.')),
                ('state', models.CharField(choices=[('open', 'Open'), ('met', 'Met'), ('dropped', 'Dropped')], db_comment='Counted fact of a pair: both partners; others learn only how many.', default='open', max_length=8)),
                ('progress', models.PositiveSmallIntegerField(db_comment='Counted fact of a pair: both partners; others learn only how many.', default=0, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='how far, in percent, by your own estimate')),
                ('set_at', models.DateTimeField(db_comment='Counted fact of a pair: both partners; others learn only how many.')),
                ('version', models.PositiveIntegerField(db_comment='Counted fact of a pair: both partners; others learn only how many.', default=1, verbose_name='how often it was saved')),
                ('set_by', models.ForeignKey(db_comment='Counted fact of a pair: both partners; others learn only how many.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='pairings.pairing')),
            ],
            options={
                'ordering': ['due_on', 'set_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='goal_progress_percent'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('proposed_at', models.DateTimeField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('answered_at', models.DateTimeField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True)),
                ('agreed', models.BooleanField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True)),
                ('proposed_by', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.CASCADE, related_name='extensions', to='pairings.pairing')),
            ],
            options={
                'ordering': ['-proposed_at'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('answered_at', None)), fields=('pairing',), name='extension_one_open_question'),
                    models.CheckConstraint(condition=models.Q(models.Q(('agreed', None), ('answered_at', None)), models.Q(('agreed__isnull', False), ('answered_at__isnull', False)), _connector='OR'), name='extension_answered_whole'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(db_comment='Own answer: the person alone; others learn only counts of groups.')),
                ('answered_at', models.DateTimeField(db_comment='Own answer: the person alone; others learn only counts of groups.')),
                ('meeting', models.PositiveSmallIntegerField(choices=[(1, 'Not at all'), (2, 'A little'), (3, 'Partly'), (4, 'Mostly'), (5, 'Fully')], db_comment='Own answer: the person alone; others learn only counts of groups.', verbose_name='we meet as we agreed')),
                ('getting', models.PositiveSmallIntegerField(choices=[(1, 'Not at all'), (2, 'A little'), (3, 'Partly'), (4, 'Mostly'), (5, 'Fully')], db_comment='Own answer: the person alone; others learn only counts of groups.', verbose_name='I am getting what I want out of it')),
                ('speaking', models.PositiveSmallIntegerField(choices=[(1, 'Not at all'), (2, 'A little'), (3, 'Partly'), (4, 'Mostly'), (5, 'Fully')], db_comment='Own answer: the person alone; others learn only counts of groups.', verbose_name='I can say what I really think')),
                ('worth', models.PositiveSmallIntegerField(choices=[(1, 'Not at all'), (2, 'A little'), (3, 'Partly'), (4, 'Mostly'), (5, 'Fully')], db_comment='Own answer: the person alone; others learn only counts of groups.', verbose_name='it is worth the time')),
                ('person', models.ForeignKey(db_comment='Own answer: the person alone; others learn only counts of groups.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(db_comment='Own answer: the person alone; others learn only counts of groups.', on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='pairings.pairing')),
            ],
            options={
                'ordering': ['due_on'],
                'constraints': [
                    models.UniqueConstraint(fields=('pairing', 'person', 'due_on'), name='check_in_once'),
                    models.CheckConstraint(condition=models.Q(('getting__range', (1, 5)), ('meeting__range', (1, 5)), ('speaking__range', (1, 5)), ('worth__range', (1, 5))), name='check_in_scale'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveSmallIntegerField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('words', models.BinaryField(db_comment='Sealed: encrypted text, opened for its readers alone.', verbose_name='expectations, boundaries and the rest, sealed')),
                ('meet_every_days', models.PositiveSmallIntegerField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(120)])),
                ('meeting_minutes', models.PositiveSmallIntegerField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(480)])),
                ('arranged_by', models.CharField(choices=[('mentee', 'The mentee'), ('mentor', 'The mentor'), ('either', 'Either of us')], db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', max_length=6)),
                ('drafted_at', models.DateTimeField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('mentor_signed_at', models.DateTimeField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True)),
                ('mentee_signed_at', models.DateTimeField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True)),
                ('drafted_by', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='pairings.pairing')),
            ],
            options={
                'ordering': ['-version'],
                'constraints': [
                    models.UniqueConstraint(fields=('pairing', 'version'), name='agreement_version_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PlannedMeeting',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('zone', models.CharField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', max_length=64, verbose_name='the time zone it was planned in')),
                ('minutes', models.PositiveSmallIntegerField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(480)])),
                ('kind', models.CharField(choices=[('mentor_led', 'The mentor led'), ('reciprocal', 'Reciprocal: the mentee shared too')], db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', default='mentor_led', max_length=12)),
                ('way', models.CharField(choices=[('in_person', 'In person'), ('video', 'By video'), ('phone', 'By phone'), ('chat', 'By chat'), ('walk', 'On a walk')], db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', default='in_person', max_length=10)),
                ('planned_at', models.DateTimeField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('version', models.PositiveIntegerField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', default=1, verbose_name='how often it was saved')),
                ('changed_at', models.DateTimeField(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Took place'), ('not_held', 'Did not take place'), ('cancelled', 'Cancelled')], db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', default='planned', max_length=9)),
                ('settled_at', models.DateTimeField(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True)),
                ('changed_by', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.CASCADE, related_name='planned_meetings', to='pairings.pairing')),
                ('planned_by', models.ForeignKey(db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(blank=True, db_comment='Fact of a pair: both partners, coordinators and supervisors of the program.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state', 'planned')), fields=('pairing', 'starts_at'), name='planned_meeting_once'),
                    models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 480)), name='planned_meeting_minutes'),
                    models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_by', None), ('state', 'planned')), models.Q(models.Q(('state', 'planned'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='planned_meeting_settled_whole'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PrivateMessage',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('written_at', models.DateTimeField(db_comment='Between two: both partners, and nobody else.')),
                ('read_at', models.DateTimeField(blank=True, db_comment='Between two: both partners, and nobody else.', null=True)),
                ('words', models.BinaryField(db_comment='Sealed: encrypted text, opened for its readers alone.', verbose_name='what I write to my partner, sealed')),
                ('pairing', models.ForeignKey(db_comment='Between two: both partners, and nobody else.', on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='pairings.pairing')),
                ('written_by', models.ForeignKey(db_comment='Between two: both partners, and nobody else.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-written_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PrivateNote',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('written_at', models.DateTimeField(db_comment='Own note: whoever wrote it, and nobody else.')),
                ('version', models.PositiveIntegerField(db_comment='Own note: whoever wrote it, and nobody else.', default=1, verbose_name='how often it was saved')),
                ('words', models.BinaryField(db_comment='Sealed: encrypted text, opened for its readers alone.', verbose_name='what I note for myself, sealed')),
                ('pairing', models.ForeignKey(db_comment='Own note: whoever wrote it, and nobody else.', on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='pairings.pairing')),
                ('written_by', models.ForeignKey(db_comment='Own note: whoever wrote it, and nobody else.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-written_at', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='private_note_version'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Reflection',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('words', models.BinaryField(db_comment='Sealed: encrypted text, opened for its readers alone.', verbose_name='what stays with me, sealed')),
                ('shared', models.BooleanField(db_comment='Counted fact of a pair: both partners; others learn only how many.', default=False, verbose_name='my partner may read it')),
                ('written_at', models.DateTimeField(db_comment='Counted fact of a pair: both partners; others learn only how many.')),
                ('pairing', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='reflections', to='pairings.pairing')),
                ('person', models.ForeignKey(db_comment='Counted fact of a pair: both partners; others learn only how many.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['written_at'],
                'constraints': [
                    models.UniqueConstraint(fields=('pairing', 'person'), name='reflection_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SkillRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('start', 'At the start'), ('end', 'At the end')], db_comment='Own answer: the person alone; others learn only counts of groups.', max_length=5)),
                ('mastery', models.PositiveSmallIntegerField(choices=[(1, 'New to me'), (2, 'I know a little'), (3, 'I manage with help'), (4, 'I manage alone'), (5, 'I can show others')], db_comment='Own answer: the person alone; others learn only counts of groups.')),
                ('rated_at', models.DateTimeField(db_comment='Own answer: the person alone; others learn only counts of groups.')),
                ('pairing', models.ForeignKey(db_comment='Own answer: the person alone; others learn only counts of groups.', on_delete=django.db.models.deletion.CASCADE, related_name='skill_ratings', to='pairings.pairing')),
                ('person', models.ForeignKey(db_comment='Own answer: the person alone; others learn only counts of groups.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('skill', models.ForeignKey(db_comment='Own answer: the person alone; others learn only counts of groups.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.skill')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('pairing', 'person', 'skill', 'moment'), name='skill_rated_once'),
                    models.CheckConstraint(condition=models.Q(('mastery__range', (1, 5))), name='skill_rating_scale'),
                    models.CheckConstraint(condition=models.Q(('moment__in', ['start', 'end'])), name='skill_rating_moment'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.BinaryField(db_comment='Sealed: encrypted text, opened for its readers alone.', verbose_name='what, sealed')),
                ('set_at', models.DateTimeField(db_comment='Counted fact of a pair: both partners; others learn only how many.')),
                ('done_at', models.DateTimeField(blank=True, db_comment='Counted fact of a pair: both partners; others learn only how many.', null=True)),
                ('goal', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='pairings.goal')),
                ('set_by', models.ForeignKey(db_comment='Counted fact of a pair: both partners; others learn only how many.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['set_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=40)),
                ('waived_at', models.DateTimeField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.')),
                ('pairing', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.CASCADE, related_name='waivers', to='pairings.pairing')),
                ('waived_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('pairing', 'rule'), name='waiver_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(blank=True, db_comment='Credential: shown to nobody.', max_length=64, null=True, unique=True, verbose_name='SHA-256 of the token')),
                ('version', models.PositiveIntegerField(db_comment='Calendar address: the person alone.', default=0)),
                ('made_at', models.DateTimeField(blank=True, db_comment='Calendar address: the person alone.', null=True)),
                ('person', models.OneToOneField(db_comment='Calendar address: the person alone.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('made_at', None), ('token_hash', None)), models.Q(('made_at__isnull', False), ('token_hash__isnull', False)), _connector='OR'), name='calendar_feed_made_whole')],
            },
        ),
        migrations.AddIndex(
            model_name='privatemessage',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['pairing', 'written_by'], name='message_unread'),
        ),
    ]
