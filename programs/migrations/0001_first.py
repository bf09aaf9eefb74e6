import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import programs.constraints
import programs.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # A database that has come this far already takes this one as done.
    replaces = [
        ('programs', '0001_initial'),
        ('programs', '0002_declared_conflict'),
        ('programs', '0003_interest'),
        ('programs', '0004_program_template'),
        ('programs', '0005_required_training'),
        ('programs', '0006_still_here_and_do_again'),
        ('programs', '0007_references'),
        ('programs', '0008_skill_gain'),
        ('programs', '0009_charter_versions'),
        ('programs', '0010_first_versions'),
        ('programs', '0011_wording_and_reciprocal'),
        ('programs', '0012_pilots'),
        ('programs', '0013_learnings'),
        ('programs', '0014_drafts_and_levels'),
        ('programs', '0015_program_questions'),
        ('programs', '0016_criterion_importance'),
        ('programs', '0017_asks_line_managers'),
        ('programs', '0018_wish_lists'),
        ('programs', '0019_recused_months'),
    ]

    initial = True

    dependencies = [
        ('people', '0001_first'),
        ('privacy', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=120, unique=True)),
                ('purpose', models.CharField(choices=[('digital', 'Digital skills'), ('inclusion', 'Diversity and inclusion'), ('talent', 'Talent and career development'), ('engagement', 'Engagement'), ('generations', 'Understanding between generations'), ('innovation', 'Innovation')], db_comment='Not personal.', max_length=20)),
                ('description', models.TextField(db_comment='Not personal.', help_text='Two or three sentences. Everyone who may take part reads this.', max_length=1500, verbose_name='what it is for')),
                ('stage', models.CharField(choices=[('draft', 'Draft'), ('interest', 'Interest survey'), ('enrolment', 'Enrolment'), ('matching', 'Matching'), ('running', 'Running'), ('review', 'Review'), ('closed', 'Closed')], db_comment='Not personal.', default='draft', editable=False, max_length=12)),
                ('starts_on', models.DateField(db_comment='Not personal.', help_text='The first day on which pairs may meet.')),
                ('ends_on', models.DateField(db_comment='Not personal.', help_text='No pair runs longer than this day.')),
                ('term_weeks', models.PositiveSmallIntegerField(db_comment='Not personal.', default=26, help_text='Every pair has an end date from its first day. It can go on by agreement.', validators=[django.core.validators.MinValueValidator(4), django.core.validators.MaxValueValidator(104)], verbose_name='weeks a pair runs')),
                ('meet_every_days', models.PositiveSmallIntegerField(db_comment='Not personal.', default=21, help_text='A rhythm that guides. Pairs may agree on another.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(120)], verbose_name='days between meetings')),
                ('meeting_minutes', models.PositiveSmallIntegerField(db_comment='Not personal.', default=60, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(480)], verbose_name='minutes a meeting')),
                ('reciprocal_every', models.PositiveSmallIntegerField(db_comment='Not personal.', default=0, help_text='A reciprocal session, such as a monthly lunch. 4 suggests every fourth; 0 leaves it to the pair.', validators=[django.core.validators.MaxValueValidator(12)], verbose_name='every how many meetings the mentee shares too')),
                ('recused_months', models.PositiveSmallIntegerField(db_comment='Not personal.', default=12, help_text='So long the two should not sit on a promotion panel about one another, or write a reference for one another. Of pairs that begin from now on; 0 asks nothing.', validators=[django.core.validators.MaxValueValidator(36)], verbose_name='months of recusal after a pair')),
                ('out_of_bounds', models.TextField(blank=True, db_comment='Not personal.', help_text='What pairs should leave aside, such as the pay round.', max_length=1000, verbose_name='what is out of bounds')),
                ('required_of_mentors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_comment='Not personal.', default=list, size=None)),
                ('required_of_mentees', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_comment='Not personal.', default=list, size=None)),
                ('mentor_word', models.CharField(db_comment='Not personal.', default='mentor', max_length=30, validators=[django.core.validators.RegexValidator("^[^\\W\\d_]+(?:[ ’'-][^\\W\\d_]+)*\\Z", 'Write letters, with single blanks or hyphens between.')], verbose_name='one who mentors')),
                ('mentor_words', models.CharField(db_comment='Not personal.', default='mentors', max_length=30, validators=[django.core.validators.RegexValidator("^[^\\W\\d_]+(?:[ ’'-][^\\W\\d_]+)*\\Z", 'Write letters, with single blanks or hyphens between.')], verbose_name='several who mentor')),
                ('mentee_word', models.CharField(db_comment='Not personal.', default='mentee', max_length=30, validators=[django.core.validators.RegexValidator("^[^\\W\\d_]+(?:[ ’'-][^\\W\\d_]+)*\\Z", 'Write letters, with single blanks or hyphens between.')], verbose_name='one who is mentored')),
                ('mentee_words', models.CharField(db_comment='Not personal.', default='mentees', max_length=30, validators=[django.core.validators.RegexValidator("^[^\\W\\d_]+(?:[ ’'-][^\\W\\d_]+)*\\Z", 'Write letters, with single blanks or hyphens between.')], verbose_name='several who are mentored')),
                ('mentor_months_here', models.PositiveSmallIntegerField(db_comment='Not personal.', default=3, validators=[django.core.validators.MaxValueValidator(120)], verbose_name='months a mentor has been here')),
                ('level_gap', models.PositiveSmallIntegerField(db_comment='Not personal.', default=2, help_text='The mentor stands at least this many levels below the mentee.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='levels between mentor and mentee')),
                ('different_function', models.BooleanField(db_comment='Not personal.', default=True, verbose_name='never within one function')),
                ('different_line_of_business', models.BooleanField(db_comment='Not personal.', default=False, verbose_name='never within one line of business')),
                ('references_asked', models.PositiveSmallIntegerField(db_comment='Not personal.', default=0, help_text='Each is asked by mail whether the mentor can keep a confidence. 0 asks nobody.', validators=[django.core.validators.MaxValueValidator(2)], verbose_name='colleagues a mentor names as referees')),
                ('asks_line_managers', models.BooleanField(db_comment='Not personal.', default=True, help_text='Each is told that a report takes part, the hours and the end, and gives the time or asks to talk. Without this they are told nothing, and nobody waits for their answer.', verbose_name='line managers are asked for the time')),
                ('wish_lists', models.CharField(choices=[('none', 'No lists'), ('anonymous', 'Lists without names: what the two have in common'), ('named', 'Lists with names')], db_comment='Not personal.', default='none', help_text='Before the search, everybody who is ready may choose up to five from a list of their own. Nobody reads what they chose.', max_length=9, verbose_name='lists of possible partners')),
                ('is_pilot', models.BooleanField(db_comment='Not personal.', default=False, help_text='A first try with few people.', verbose_name='this program is a pilot')),
                ('most_mentors', models.PositiveSmallIntegerField(blank=True, db_comment='Not personal.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most this many mentors')),
                ('most_mentees', models.PositiveSmallIntegerField(blank=True, db_comment='Not personal.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most this many mentees')),
                ('most_people', models.PositiveSmallIntegerField(blank=True, db_comment='Not personal.', help_text='Whoever takes part already stays, also if there are more.', null=True, validators=[django.core.validators.MinValueValidator(2)], verbose_name='at most this many people in all')),
                ('proposal_reminder_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), db_comment='Not personal.', default=programs.models.proposal_reminder_days, size=5, verbose_name='remind of a proposal after days')),
                ('proposal_days', models.PositiveSmallIntegerField(db_comment='Not personal.', default=7, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(60)], verbose_name='days to answer a proposal')),
                ('first_check_in_days', models.PositiveSmallIntegerField(db_comment='Not personal.', default=14, validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(120)], verbose_name='first check-in after days')),
                ('check_in_every_days', models.PositiveSmallIntegerField(db_comment='Not personal.', default=45, validators=[django.core.validators.MinValueValidator(7), django.core.validators.MaxValueValidator(180)], verbose_name='days between check-ins')),
                ('end_prompt_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), db_comment='Not personal.', default=programs.models.end_prompt_days, size=5, verbose_name='ask about the end this many days before')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.')),
                ('changed_at', models.DateTimeField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', editable=False, null=True)),
                ('changed_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('grown_from', models.ForeignKey(db_comment='Not personal.', editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program')),
                ('mentee_lowest_level', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.level', verbose_name='mentees are at least at level')),
                ('mentor_highest_level', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.level', verbose_name='mentors are at most at level')),
            ],
            options={
                'ordering': ['-starts_on', 'name'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='program_ends_after_start', violation_error_message='The program ends before it starts. Choose a later end.'),
                    models.CheckConstraint(condition=models.Q(('level_gap__gte', 1)), name='program_mentor_below_mentee'),
                    models.CheckConstraint(condition=models.Q(models.Q(('mentor_word', models.F('mentee_word')), _negated=True), models.Q(('mentor_words', models.F('mentee_words')), _negated=True)), name='program_two_words', violation_error_message='The two sides need different words.'),
                    models.CheckConstraint(condition=models.Q(('is_pilot', True), models.Q(('most_mentees', None), ('most_mentors', None), ('most_people', None)), _connector='OR'), name='program_limited_as_pilot', violation_error_message='Only a pilot has a limit of people.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PilotArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('function', models.ForeignKey(db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.function')),
                ('line_of_business', models.ForeignKey(db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.lineofbusiness')),
                ('site', models.ForeignKey(db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.site')),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='pilot_areas', to='programs.program')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('function__isnull', False), ('line_of_business', None), ('site', None)), models.Q(('function', None), ('line_of_business__isnull', False), ('site', None)), models.Q(('function', None), ('line_of_business', None), ('site__isnull', False)), _connector='OR'), name='pilot_area_is_one_place'),
                    models.UniqueConstraint(fields=('program', 'function', 'line_of_business', 'site'), name='pilot_area_once', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='Objective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('measure', models.CharField(choices=[('pairs_formed', 'Pairs formed (number)'), ('meetings_per_pair', 'Meetings per pair (average)'), ('hours_per_pair', 'Hours per pair (average)'), ('meeting_as_agreed', 'Pairs meeting as often as agreed (percent)'), ('goals_met', 'Goals met (percent)'), ('skill_gain', 'People who grew a step in what they wanted to learn (percent)'), ('worth_the_time', 'People who find it worth the time (percent)'), ('would_do_again', 'People who would do it again (percent)'), ('still_here', 'People still here a year after their pair began (percent)')], db_comment='Not personal.', max_length=24)),
                ('target', models.DecimalField(db_comment='Not personal.', decimal_places=1, max_digits=7, validators=[django.core.validators.MinValueValidator(0)])),
                ('by', models.DateField(db_comment='Not personal.', verbose_name='by when')),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='objectives', to='programs.program')),
            ],
            options={
                'ordering': ['by', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'measure'), name='objective_measure_once', violation_error_message='This program already has an objective with this measure.'),
                    models.CheckConstraint(condition=models.Q(('target__gt', 0)), name='objective_target_positive', violation_error_message='A target is more than zero.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Learning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[('general', 'The program as a whole'), ('objectives', 'Objectives'), ('taking_part', 'Who may take part'), ('pair_rules', 'Rules for a pair'), ('guidelines', 'Guidelines'), ('before', 'Before a pair starts'), ('reminders', 'Reminders')], db_comment='Not personal.', max_length=12)),
                ('words', models.CharField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', help_text='About the program, never about a person.', max_length=600)),
                ('written_at', models.DateTimeField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.')),
                ('written_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='learnings', to='programs.program')),
            ],
            options={
                'ordering': ['written_at', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'about', 'words'), name='learning_once'),
                    models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='learning_says_something'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CriterionImportance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(choices=[('wishes_met', 'What the mentee wants and the mentor offers'), ('wishes_returned', 'What the mentor wants and the mentee offers'), ('language', 'A language in common'), ('time', 'Free half-days in common'), ('way', 'A way of meeting that both like'), ('site', 'The same site'), ('hobbies', 'Hobbies in common'), ('background', 'Wanting to learn the same'), ('across', 'Different functions and lines of business'), ('partner_wishes', 'Whom the two wish to meet')], db_comment='Not personal.', max_length=16)),
                ('importance', models.CharField(choices=[('must', 'Must'), ('high', 'High'), ('medium', 'Medium'), ('low', 'Low'), ('off', 'Off')], db_comment='Not personal.', max_length=6)),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='criterion_importances', to='programs.program')),
            ],
            options={
                'ordering': ['criterion'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'criterion'), name='criterion_importance_once'),
                    models.CheckConstraint(condition=models.Q(('criterion__in', ['wishes_met', 'wishes_returned', 'language', 'time', 'way', 'site', 'hobbies', 'background', 'across', 'partner_wishes'])), name='criterion_known'),
                    models.CheckConstraint(condition=models.Q(('importance__in', ['must', 'high', 'medium', 'low', 'off'])), name='importance_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CharterVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(db_comment='Not personal.')),
                ('words', models.TextField(db_comment='Not personal.', max_length=4000)),
                ('note', models.CharField(blank=True, db_comment='Not personal.', max_length=300, verbose_name='what changed')),
                ('made_at', models.DateTimeField(db_comment='Not personal.')),
                ('made_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='charter_versions', to='programs.program')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'number'), name='charter_version_once'),
                    models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='charter_version_from_one'),
                    programs.constraints.NeverRewritten(name='charter_never_rewritten'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProgramDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('duty', models.CharField(choices=[('sponsor', 'Sponsor'), ('coordinator', 'Coordinator'), ('supervisor', 'Supervisor')], db_comment='Directory: every colleague may know.', max_length=12)),
                ('person', models.ForeignKey(db_comment='Directory: every colleague may know.', on_delete=django.db.models.deletion.PROTECT, related_name='duties', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(db_comment='Directory: every colleague may know.', on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='programs.program')),
            ],
            options={
                'verbose_name': 'person of a program',
                'verbose_name_plural': 'people of a program',
                'ordering': ['duty', 'person__sort_name'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'person', 'duty'), name='duty_once', violation_error_message='This person already has this duty.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProgramQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(db_comment='Not personal.', default=1, help_text='Lower numbers come first.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99)], verbose_name='order')),
                ('words', models.CharField(db_comment='Not personal.', max_length=160, verbose_name='question')),
                ('help', models.CharField(blank=True, db_comment='Not personal.', help_text='Stands below the question.', max_length=240, verbose_name='a line of help')),
                ('kind', models.CharField(choices=[('text', 'Short text'), ('choice', 'One of several'), ('scale', 'Scale from 1 to 5')], db_comment='Not personal.', default='text', max_length=6, verbose_name='answered by')),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, db_comment='Not personal.', default=list, size=None)),
                ('lowest', models.CharField(blank=True, db_comment='Not personal.', help_text='For a scale.', max_length=40, verbose_name='1 means')),
                ('highest', models.CharField(blank=True, db_comment='Not personal.', help_text='For a scale.', max_length=40, verbose_name='5 means')),
                ('asked_of', models.CharField(choices=[('mentor', 'Mentors'), ('mentee', 'Mentees'), ('both', 'Both sides')], db_comment='Not personal.', default='both', max_length=6, verbose_name='put to')),
                ('required', models.BooleanField(db_comment='Not personal.', default=False, help_text='When somebody joins or changes their profile. Whoever has joined before stays ready without.', verbose_name='has to be answered')),
                ('retired', models.BooleanField(db_comment='Not personal.', default=False, help_text='Answers given are kept.', verbose_name='no longer asked')),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='programs.program')),
            ],
            options={
                'verbose_name': 'question of the program',
                'verbose_name_plural': 'questions of the program',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='program_question_asks_something'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'choice', 'scale'])), name='program_question_kind_known'),
                    models.CheckConstraint(condition=models.Q(('asked_of__in', ['mentor', 'mentee', 'both'])), name='program_question_side_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'choice'), ('options__len__range', (2, 10))), models.Q(models.Q(('kind', 'choice'), _negated=True), ('options', [])), _connector='OR'), name='program_question_choice_has_options'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'scale'), models.Q(('lowest', ''), _negated=True), models.Q(('highest', ''), _negated=True)), models.Q(models.Q(('kind', 'scale'), _negated=True), ('highest', ''), ('lowest', '')), _connector='OR'), name='program_question_scale_has_ends'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProgramTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=120)),
                ('when_to_use', models.TextField(blank=True, db_comment='Not personal.', help_text='One or two sentences for other coordinators.', max_length=600, verbose_name='when to use it')),
                ('document', models.JSONField(db_comment='Not personal.', editable=False)),
                ('saved_at', models.DateTimeField(db_comment='Template: who saved a configuration for others to start from; every coordinator.', editable=False)),
                ('version', models.PositiveIntegerField(db_comment='Not personal.', default=1, editable=False)),
                ('archived_at', models.DateTimeField(db_comment='Template: who saved a configuration for others to start from; every coordinator.', editable=False, null=True)),
                ('changed_by', models.ForeignKey(db_comment='Template: who saved a configuration for others to start from; every coordinator.', editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('saved_by', models.ForeignKey(db_comment='Template: who saved a configuration for others to start from; every coordinator.', editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'template',
                'ordering': ['name', 'pk'],
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('archived_at', None)), name='template_name_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='programs.program')),
                ('skill', models.ForeignKey(db_comment='Not personal.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.skill')),
            ],
            options={
                'ordering': ['skill__name'],
                'constraints': [
                    models.UniqueConstraint(fields=('program', 'skill'), name='topic_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DeclaredConflict',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('family', 'Family or a close relationship'), ('investigation', 'An investigation or a complaint'), ('promotion', 'A promotion panel'), ('pay', 'A decision about pay'), ('other', 'Something else'), ('not_with', 'I would rather not be paired with them')], db_comment='Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart.', max_length=13)),
                ('reason', models.BinaryField(blank=True, db_comment='Sealed: encrypted text, opened for its readers alone.', null=True, verbose_name='reason, sealed')),
                ('declared_at', models.DateTimeField(db_comment='Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart.')),
                ('until', models.DateField(blank=True, db_comment='Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart.', null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, db_comment='Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart.', null=True)),
                ('data_key', models.OneToOneField(blank=True, db_comment='Not personal.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='privacy.datakey')),
                ('declared_by', models.ForeignKey(db_comment='Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('one', models.ForeignKey(db_comment='Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(db_comment='Conflict: whoever declared it; coordinators learn only that a rule keeps the two apart.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-declared_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='conflict_between_two'), models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('one', 'other', 'declared_by'), name='conflict_declared_once')],
            },
        ),
    ]
