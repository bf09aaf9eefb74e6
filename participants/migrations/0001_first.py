import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import participants.constraints
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # A database that has come this far already takes this one as done.
    replaces = [
        ('participants', '0001_initial'),
        ('participants', '0002_line_managers_answer'),
        ('participants', '0003_training_done'),
        ('participants', '0004_references'),
        ('participants', '0005_calls'),
        ('participants', '0006_charter_signatures'),
        ('participants', '0007_first_signatures'),
        ('participants', '0008_champions'),
        ('participants', '0009_drafts_and_levels'),
        ('participants', '0010_program_answers'),
        ('participants', '0011_wait_list'),
    ]

    initial = True

    dependencies = [
        ('people', '0001_first'),
        ('privacy', '0001_initial'),
        ('programs', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=6)),
                ('words', models.TextField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=600)),
                ('called_at', models.DateTimeField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.')),
                ('called_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='programs.program')),
            ],
            options={
                'ordering': ['-called_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', max_length=6)),
                ('volunteered_at', models.DateTimeField(db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.')),
                ('withdrawn_at', models.DateTimeField(blank=True, db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', null=True)),
                ('places', models.PositiveSmallIntegerField(db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='people I can meet at a time')),
                ('hours_a_month', models.PositiveSmallIntegerField(db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', default=2, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='hours a month')),
                ('number_one', models.TextField(blank=True, db_comment='Introduction: the person, partners, coordinators for matching; proposed partners if the person allows.', max_length=400, verbose_name='the number one thing I want out of it')),
                ('background', models.TextField(blank=True, db_comment='Introduction: the person, partners, coordinators for matching; proposed partners if the person allows.', max_length=400, verbose_name='my background')),
                ('introduce', models.BooleanField(db_comment='Introduction: the person, partners, coordinators for matching; proposed partners if the person allows.', default=False, verbose_name='show these two to people I am proposed to')),
                ('hobbies', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', default=list, size=None)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ar', 'Arabic'), ('cs', 'Czech'), ('da', 'Danish'), ('de', 'German'), ('en', 'English'), ('es', 'Spanish'), ('fi', 'Finnish'), ('fr', 'French'), ('hi', 'Hindi'), ('it', 'Italian'), ('ja', 'Japanese'), ('nl', 'Dutch'), ('no', 'Norwegian'), ('pl', 'Polish'), ('pt', 'Portuguese'), ('sv', 'Swedish'), ('tr', 'Turkish'), ('uk', 'Ukrainian'), ('zh', 'Chinese')], max_length=2), blank=True, db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', default=list, size=None)),
                ('ways', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('in_person', 'In person'), ('video', 'By video'), ('phone', 'By phone'), ('chat', 'By chat'), ('walk', 'On a walk')], max_length=10), blank=True, db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', default=list, size=None)),
                ('half_days', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('mon_am', 'Monday morning'), ('mon_pm', 'Monday afternoon'), ('tue_am', 'Tuesday morning'), ('tue_pm', 'Tuesday afternoon'), ('wed_am', 'Wednesday morning'), ('wed_pm', 'Wednesday afternoon'), ('thu_am', 'Thursday morning'), ('thu_pm', 'Thursday afternoon'), ('fri_am', 'Friday morning'), ('fri_pm', 'Friday afternoon')], max_length=6), blank=True, db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', default=list, size=None)),
                ('where_to_meet', models.CharField(blank=True, db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', max_length=200)),
                ('not_discussed', models.BinaryField(blank=True, db_comment='Sealed: encrypted text, opened for its readers alone.', null=True, verbose_name='topics I will not discuss, sealed')),
                ('data_key', models.OneToOneField(blank=True, db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='privacy.datakey')),
                ('person', models.ForeignKey(db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='participations', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Taking part: partner, line manager in part, coordinators, supervisors, administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='programs.program')),
            ],
            options={
                'verbose_name': 'participation',
                'ordering': ['person__sort_name', 'side'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'person', 'side'), name='participation_once'),
                    models.CheckConstraint(condition=models.Q(('places__gte', 1), ('places__lte', 5)), name='participation_places'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OfferedSkill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'First steps'), (2, 'The basics'), (3, 'At ease with it'), (4, 'Sure of it'), (5, 'Could teach it')], db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', null=True)),
                ('skill', models.ForeignKey(db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.skill')),
                ('participation', models.ForeignKey(db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', on_delete=django.db.models.deletion.CASCADE, related_name='offered', to='participants.participation')),
            ],
            options={
                'ordering': ['skill__name'],
                'abstract': False,
                'constraints': [
                    models.UniqueConstraint(fields=('participation', 'skill'), name='offered_once'),
                    models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='offered_level'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CharterSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joined_at', models.DateTimeField(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.')),
                ('signed_at', models.DateTimeField(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.')),
                ('version', models.ForeignKey(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.charterversion')),
                ('participation', models.ForeignKey(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.', on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='participants.participation')),
            ],
            options={
                'ordering': ['signed_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('participation', 'version', 'joined_at'), name='charter_signed_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProgramAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(blank=True, db_comment="Answer to a program's own question: the person, and coordinators who are not candidates themselves.", max_length=300)),
                ('point', models.PositiveSmallIntegerField(blank=True, db_comment="Answer to a program's own question: the person, and coordinators who are not candidates themselves.", null=True)),
                ('participation', models.ForeignKey(db_comment="Answer to a program's own question: the person, and coordinators who are not candidates themselves.", on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='participants.participation')),
                ('question', models.ForeignKey(db_comment="Answer to a program's own question: the person, and coordinators who are not candidates themselves.", on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.programquestion')),
            ],
            options={
                'ordering': ['question__position', 'question__pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('participation', 'question'), name='program_answer_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(models.Q(('words', ''), _negated=True), ('point', None)), models.Q(('point__isnull', False), ('point__range', (1, 5)), ('words', '')), _connector='OR'), name='program_answer_says_one_thing'),
                    participants.constraints.MeaningStaysOnceAnswered(name='program_question_stays'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(db_comment='Referee: coordinators who are not candidates themselves.')),
                ('reply', models.CharField(blank=True, choices=[('yes', 'Yes'), ('unsure', 'Not sure'), ('no', 'No')], db_comment='Referee: coordinators who are not candidates themselves.', max_length=6, null=True)),
                ('remark', models.BinaryField(blank=True, db_comment='Sealed: encrypted text, opened for its readers alone.', null=True, verbose_name='remark, sealed')),
                ('replied_at', models.DateTimeField(blank=True, db_comment='Referee: coordinators who are not candidates themselves.', null=True)),
                ('data_key', models.OneToOneField(blank=True, db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='privacy.datakey')),
                ('participation', models.ForeignKey(db_comment='Referee: coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='references', to='participants.participation')),
                ('referee', models.ForeignKey(db_comment='Referee: coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('participation', 'referee'), name='referee_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('replied_at', None), ('reply', None)), models.Q(('replied_at__isnull', False), ('reply__isnull', False)), _connector='OR'), name='reference_replied_whole'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ReferencesDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enough', models.BooleanField(db_comment='Referee: coordinators who are not candidates themselves.')),
                ('decided_at', models.DateTimeField(db_comment='Referee: coordinators who are not candidates themselves.')),
                ('decided_by', models.ForeignKey(db_comment='Referee: coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('participation', models.OneToOneField(db_comment='Referee: coordinators who are not candidates themselves.', on_delete=django.db.models.deletion.CASCADE, related_name='references_decision', to='participants.participation')),
            ],
        ),
        migrations.CreateModel(
            name='TrainingDone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('piece', models.CharField(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.', max_length=40)),
                ('version', models.PositiveSmallIntegerField(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.')),
                ('done_at', models.DateTimeField(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.')),
                ('person', models.ForeignKey(db_comment='Readiness: the person and coordinators of the program; the partner knows only that it is complete.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'training done',
                'verbose_name_plural': 'training done',
                'constraints': [
                    models.UniqueConstraint(fields=('person', 'piece', 'version'), name='training_done_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WaitListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.', max_length=6)),
                ('asked_at', models.DateTimeField(db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.')),
                ('offered_at', models.DateTimeField(blank=True, db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.', null=True)),
                ('held_until', models.DateField(blank=True, db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.', null=True)),
                ('outcome', models.CharField(blank=True, choices=[('taken', 'Took the place'), ('let_go', 'Let the place go'), ('expired', 'Let the offer lapse'), ('left', 'Left the list'), ('passed_over', 'May no longer take this side'), ('closed', 'The list has closed')], db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.', max_length=11, null=True)),
                ('ended_at', models.DateTimeField(blank=True, db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.', null=True)),
                ('person', models.ForeignKey(db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Wait list: the person, and coordinators of the program who are not candidates themselves.', on_delete=django.db.models.deletion.PROTECT, related_name='wait_list', to='programs.program')),
            ],
            options={
                'verbose_name': 'wait list entry',
                'verbose_name_plural': 'wait list entries',
                'ordering': ['asked_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('outcome', None)), fields=('program', 'person', 'side'), name='wait_list_entry_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('held_until', None), ('offered_at', None)), models.Q(('held_until__isnull', False), ('offered_at__isnull', False)), _connector='OR'), name='wait_list_offered_whole'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', None)), models.Q(('ended_at__isnull', False), ('outcome__isnull', False)), _connector='OR'), name='wait_list_ended_whole'),
                    models.CheckConstraint(condition=models.Q(('outcome', None), ('outcome__in', ['taken', 'let_go', 'expired', 'left', 'passed_over', 'closed']), _connector='OR'), name='wait_list_outcome_known'),
                    models.CheckConstraint(condition=models.Q(('offered_at__isnull', False), ('outcome', None), ('outcome__in', ['left', 'passed_over', 'closed']), _connector='OR'), name='wait_list_answers_an_offer'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WantedSkill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'First steps'), (2, 'The basics'), (3, 'At ease with it'), (4, 'Sure of it'), (5, 'Could teach it')], db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', null=True)),
                ('rank', models.PositiveSmallIntegerField(db_comment='Profile: the person, partners, proposed partners and coordinators of the program.')),
                ('participation', models.ForeignKey(db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', on_delete=django.db.models.deletion.CASCADE, related_name='wanted', to='participants.participation')),
                ('skill', models.ForeignKey(db_comment='Profile: the person, partners, proposed partners and coordinators of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.skill')),
            ],
            options={
                'ordering': ['rank'],
                'abstract': False,
                'constraints': [
                    models.UniqueConstraint(fields=('participation', 'skill'), name='wanted_once'),
                    models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('participation', 'rank'), name='wanted_rank_once'),
                    models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='wanted_rank_from_one'),
                    models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='wanted_level'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Called',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], db_comment='Asked to volunteer: the person, and coordinators of the program.', max_length=6)),
                ('declined_at', models.DateTimeField(blank=True, db_comment='Own answer: the person alone; others learn only counts of groups.', null=True)),
                ('call', models.ForeignKey(db_comment='Asked to volunteer: the person, and coordinators of the program.', on_delete=django.db.models.deletion.CASCADE, related_name='people', to='participants.call')),
                ('person', models.ForeignKey(db_comment='Asked to volunteer: the person, and coordinators of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Asked to volunteer: the person, and coordinators of the program.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'person', 'side'), name='called_once')],
            },
        ),
        migrations.CreateModel(
            name='Champion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_at', models.DateTimeField(db_comment='Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it.')),
                ('reply', models.CharField(blank=True, choices=[('yes', 'Yes, show me'), ('no', 'No')], db_comment='Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it.', max_length=3, null=True)),
                ('replied_at', models.DateTimeField(blank=True, db_comment='Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it.', null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, db_comment='Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it.', null=True)),
                ('named_by', models.ForeignKey(db_comment='Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(db_comment='Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Champion: the person and coordinators of the program; after a yes, whoever can open it or one grown from it.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
            ],
            options={
                'ordering': ['person__sort_name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('program', 'person'), name='champion_once'), models.CheckConstraint(condition=models.Q(models.Q(('replied_at', None), ('reply', None)), models.Q(('replied_at__isnull', False), ('reply__isnull', False)), _connector='OR'), name='champion_replied_whole'), models.CheckConstraint(condition=models.Q(('reply', None), ('reply__in', ['yes', 'no']), _connector='OR'), name='champion_reply_known'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), models.Q(('reply', 'yes'), ('reply__isnull', False)), _connector='OR'), name='champion_took_back_a_yes')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], db_comment='Draft: the person alone, until they send it.', max_length=6)),
                ('answers', models.BinaryField(blank=True, db_comment='Sealed: encrypted text, opened for its readers alone.', null=True, verbose_name='answers so far, sealed')),
                ('saved_at', models.DateTimeField(db_comment='Draft: the person alone, until they send it.')),
                ('data_key', models.OneToOneField(blank=True, db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='privacy.datakey')),
                ('person', models.ForeignKey(db_comment='Draft: the person alone, until they send it.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Draft: the person alone, until they send it.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.program')),
            ],
            options={
                'ordering': ['-saved_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('program', 'person', 'side'), name='draft_once')],
            },
        ),
        migrations.CreateModel(
            name='ManagersAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reply', models.CharField(choices=[('gives', 'I give the time'), ('talk', 'Let us talk')], db_comment="Line manager's answer: the manager, the person, and coordinators who are not candidates themselves.", max_length=5)),
                ('hours_a_month', models.PositiveSmallIntegerField(db_comment="Line manager's answer: the manager, the person, and coordinators who are not candidates themselves.", verbose_name='hours a month it was about')),
                ('answered_at', models.DateTimeField(db_comment="Line manager's answer: the manager, the person, and coordinators who are not candidates themselves.")),
                ('manager', models.ForeignKey(db_comment="Line manager's answer: the manager, the person, and coordinators who are not candidates themselves.", on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(db_comment="Line manager's answer: the manager, the person, and coordinators who are not candidates themselves.", on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment="Line manager's answer: the manager, the person, and coordinators who are not candidates themselves.", on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
            ],
            options={
                'verbose_name': "line manager's answer",
                'constraints': [models.UniqueConstraint(fields=('program', 'person', 'manager'), name='managers_answer_once'), models.CheckConstraint(condition=models.Q(('person', models.F('manager')), _negated=True), name='managers_answer_not_own')],
            },
        ),
    ]
