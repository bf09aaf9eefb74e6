import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import surveys.constraints
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # A database that has come this far already takes this one as done.
    replaces = [
        ('surveys', '0001_initial'),
        ('surveys', '0002_interest'),
        ('surveys', '0003_still_here_and_do_again'),
        ('surveys', '0004_question_types'),
    ]

    initial = True

    dependencies = [
        ('programs', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('interest', 'Interest, before enrolment'), ('mid_term', 'Halfway'), ('end_of_term', 'End of term')], db_comment='Not personal.', max_length=12)),
                ('title', models.CharField(db_comment='Not personal.', max_length=120)),
                ('introduction', models.TextField(blank=True, db_comment='Not personal.', max_length=1000)),
                ('opens_on', models.DateField(db_comment='Not personal.')),
                ('closes_on', models.DateField(db_comment='Not personal.')),
                ('opened_at', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', editable=False, null=True)),
                ('opened_by', models.ForeignKey(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='programs.program')),
            ],
            options={
                'ordering': ['-opens_on'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='survey_closes_after_opening', violation_error_message='The survey closes before it opens. Choose a later day.'),
                    surveys.constraints.ConditionsHold(name='survey_conditions_hold'),
                    surveys.constraints.SurveyFrozenOnceOpened(name='survey_frozen_once_opened'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(db_comment='Not personal.')),
                ('kind', models.CharField(choices=[('scale', 'Scale of five points'), ('ten', 'From 0 to 10'), ('choice', 'One of several'), ('several', 'Any of several'), ('ranking', 'Several, put in order'), ('matrix', 'Several statements on one scale'), ('short', 'A line of text'), ('comment', 'Comment')], db_comment='Not personal.', max_length=8, verbose_name='answered by')),
                ('words', models.CharField(db_comment='Not personal.', max_length=240, verbose_name='question')),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, db_comment='Not personal.', default=list, size=None)),
                ('lowest', models.CharField(blank=True, db_comment='Not personal.', help_text='For a scale, if not “Not at all”.', max_length=40, verbose_name='the low end means')),
                ('highest', models.CharField(blank=True, db_comment='Not personal.', help_text='For a scale, if not “Fully”.', max_length=40, verbose_name='the high end means')),
                ('required', models.BooleanField(db_comment='Not personal.', default=False, help_text='An answer given because one must says less. Leave it off where you can.', verbose_name='has to be answered')),
                ('asked_of', models.CharField(choices=[('mentor', 'Mentors'), ('mentee', 'Mentees'), ('both', 'Both sides')], db_comment='Not personal.', default='both', max_length=6, verbose_name='put to')),
                ('begins_page', models.BooleanField(db_comment='Not personal.', default=False, help_text='A question that depends on another of its page begins one by itself.', verbose_name='begins a new page')),
                ('only_if', models.PositiveSmallIntegerField(blank=True, db_comment='Not personal.', null=True)),
                ('only_if_answers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, db_comment='Not personal.', default=list, size=None)),
                ('measure', models.CharField(blank=True, choices=[('worth_the_time', 'People who find it worth the time (percent)'), ('would_do_again', 'People who would do it again (percent)')], db_comment='Not personal.', help_text='Whoever answers “Mostly” or “Fully” counts towards it.', max_length=24, null=True, verbose_name='counts for the objective')),
                ('survey', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='surveys.survey')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [
                    models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('survey', 'position'), name='question_position_once', violation_error_message='Two questions have the same number.'),
                    models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('survey', 'measure'), name='question_measure_once', violation_error_message='Two questions count for the same objective.'),
                    models.CheckConstraint(condition=models.Q(('measure', None), models.Q(('asked_of', 'both'), ('kind', 'scale'), ('lowest', ''), ('only_if', None)), _connector='OR'), name='question_measure_on_scale', violation_error_message='Only a scale from “Not at all” to “Fully” that is put to everybody can count for an objective.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind__in', frozenset(['choice', 'matrix', 'ranking', 'several'])), ('options__len__range', (2, 12))), models.Q(models.Q(('kind__in', frozenset(['choice', 'matrix', 'ranking', 'several'])), _negated=True), ('options', [])), _connector='OR'), name='question_choice_has_options', violation_error_message='This needs from two to 12 options, or no options at all.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('highest', ''), ('lowest', '')), models.Q(('kind__in', frozenset(['matrix', 'scale', 'ten'])), models.Q(('lowest', ''), _negated=True), models.Q(('highest', ''), _negated=True)), _connector='OR'), name='question_ends_of_a_scale', violation_error_message='Give words for both ends of a scale, or for neither.'),
                    models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='question_asks_something'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['scale', 'ten', 'choice', 'several', 'ranking', 'matrix', 'short', 'comment'])), name='question_kind_known'),
                    models.CheckConstraint(condition=models.Q(('asked_of__in', ['mentor', 'mentee', 'both'])), name='question_side_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('only_if', None), ('only_if_answers', [])), models.Q(('only_if__isnull', False), ('only_if__lt', models.F('position')), ('only_if_answers__len__gte', 1)), _connector='OR'), name='question_only_if_earlier', violation_error_message='A question can depend on answers to an earlier one only.'),
                    surveys.constraints.OptionsDiffer(name='question_options_differ'),
                    surveys.constraints.FrozenOnceOpened(name='question_frozen_once_opened'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], db_comment='That a survey was answered: the person and coordinators, to remind.', max_length=6)),
                ('answered', models.BooleanField(db_comment='That a survey was answered: the person and coordinators, to remind.', default=False)),
                ('person', models.ForeignKey(db_comment='That a survey was answered: the person and coordinators, to remind.', on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(db_comment='That a survey was answered: the person and coordinators, to remind.', on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.survey')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('survey', 'person'), name='invited_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.UUIDField(db_comment='Anonymous answer: joined to nobody; released in groups only.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], db_comment='Anonymous answer: joined to nobody; released in groups only.', max_length=6)),
                ('values', models.JSONField(db_comment='Anonymous answer: joined to nobody; released in groups only.')),
                ('survey', models.ForeignKey(db_comment='Anonymous answer: joined to nobody; released in groups only.', on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='surveys.survey')),
            ],
        ),
    ]
