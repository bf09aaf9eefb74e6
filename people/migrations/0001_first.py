import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import people.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # A database that has come this far already takes this one as done.
    replaces = [
        ('people', '0001_initial'),
        ('people', '0002_directory_import'),
        ('people', '0003_beginnings_of_names'),
        ('people', '0004_names_by_their_codes'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('employee_number', models.CharField(db_comment='Directory: every colleague may know.', max_length=40, unique=True)),
                ('email', models.EmailField(db_comment='Directory: every colleague may know.', max_length=254, verbose_name='work e-mail')),
                ('given_name', models.CharField(db_comment='Directory: every colleague may know.', max_length=80)),
                ('family_name', models.CharField(db_comment='Directory: every colleague may know.', max_length=80)),
                ('sort_name', models.CharField(db_comment='Directory: every colleague may know.', db_index=True, editable=False, max_length=200)),
                ('job_title', models.CharField(blank=True, db_comment='Directory: every colleague may know.', max_length=120)),
                ('time_zone', models.CharField(db_comment='Directory: every colleague may know.', default='UTC', max_length=64, validators=[people.models.check_time_zone])),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ar', 'Arabic'), ('cs', 'Czech'), ('da', 'Danish'), ('de', 'German'), ('en', 'English'), ('es', 'Spanish'), ('fi', 'Finnish'), ('fr', 'French'), ('hi', 'Hindi'), ('it', 'Italian'), ('ja', 'Japanese'), ('nl', 'Dutch'), ('no', 'Norwegian'), ('pl', 'Polish'), ('pt', 'Portuguese'), ('sv', 'Swedish'), ('tr', 'Turkish'), ('uk', 'Ukrainian'), ('zh', 'Chinese')], max_length=2), blank=True, db_comment='Directory: every colleague may know.', default=list, size=None)),
                ('hired_on', models.DateField(blank=True, db_comment='Directory: every colleague may know.', null=True)),
                ('left_on', models.DateField(blank=True, db_comment='Directory: every colleague may know.', help_text='The first day on which the person no longer works here.', null=True)),
                ('is_active', models.BooleanField(db_comment='Directory: every colleague may know.', default=True, verbose_name='may sign in')),
                ('is_executive', models.BooleanField(db_comment='Directory: every colleague may know.', default=False, help_text='Sees the progress of every program, in groups of five or more.', verbose_name='executive')),
                ('is_coordinator', models.BooleanField(db_comment='Directory: every colleague may know.', default=False, help_text='May open the desk and create programs.', verbose_name='mentoring coordinator')),
                ('is_administrator', models.BooleanField(db_comment='Directory: every colleague may know.', default=False, help_text='Keeps the directory and looks after delivery.', verbose_name='administrator')),
                ('password', models.CharField(db_comment='Credential: shown to nobody.', max_length=128)),
                ('last_login', models.DateTimeField(blank=True, db_comment='Credential: shown to nobody.', null=True)),
                ('manager', models.ForeignKey(blank=True, db_comment='Directory: every colleague may know.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'people',
                'ordering': ['sort_name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DirectoryImport',
            fields=[
                ('id', models.UUIDField(db_comment='Not personal.', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('file_name', models.CharField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=200, verbose_name='file')),
                ('content', models.BinaryField(db_comment='Directory: every colleague may know.', null=True)),
                ('options', models.JSONField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', default=dict)),
                ('state', models.CharField(choices=[('uploaded', 'Columns to choose'), ('checked', 'Checked, nothing changed yet'), ('queued', 'Waits for a worker'), ('running', 'Being carried out'), ('done', 'Carried out'), ('failed', 'Stopped, nothing changed'), ('discarded', 'Discarded'), ('undoing', 'Being taken back'), ('undone', 'Taken back')], db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', default='uploaded', max_length=10)),
                ('uploaded_at', models.DateTimeField(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.')),
                ('started_at', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('leased_until', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('finished_at', models.DateTimeField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', null=True)),
                ('mark', models.CharField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=64, verbose_name='directory it was checked against')),
                ('counts', models.JSONField(db_comment='Not personal.', default=dict)),
                ('added', models.JSONField(db_comment='Not personal.', default=dict, verbose_name='entries of lists it added')),
                ('done', models.PositiveIntegerField(db_comment='Not personal.', default=0, verbose_name='people written so far')),
                ('todo', models.PositiveIntegerField(db_comment='Not personal.', default=0, verbose_name='people to write')),
                ('failure', models.CharField(blank=True, db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=500)),
                ('uploaded_by', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'directory import',
                'ordering': ['-uploaded_at'],
                'constraints': [
                    models.UniqueConstraint(models.Value(1), condition=models.Q(('state__in', ['queued', 'running', 'undoing'])), name='import_one_at_a_time', violation_error_message='Another import is under way. Wait until it has ended.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Function',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=120)),
            ],
            options={
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='function_name_once')],
            },
        ),
        migrations.AddField(
            model_name='person',
            name='function',
            field=models.ForeignKey(blank=True, db_comment='Directory: every colleague may know.', null=True, on_delete=django.db.models.deletion.PROTECT, to='people.function'),
        ),
        migrations.CreateModel(
            name='ImportLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('new', 'New people'), ('changed', 'Changed'), ('leaving', 'Leaving'), ('problem', 'Cannot be read')], db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', max_length=8)),
                ('row', models.PositiveIntegerField(db_comment='Directory: every colleague may know.', verbose_name='row in the file')),
                ('number', models.CharField(blank=True, db_comment='Directory: every colleague may know.', max_length=40, verbose_name='employee number')),
                ('name', models.CharField(blank=True, db_comment='Directory: every colleague may know.', max_length=170)),
                ('details', models.JSONField(db_comment='Directory: every colleague may know.', default=dict)),
                ('directory_import', models.ForeignKey(db_comment='Desk: who configured or decided what; coordinators of the program and administrators.', on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='people.directoryimport')),
            ],
            options={
                'ordering': ['row', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Level',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=120)),
                ('rank', models.PositiveSmallIntegerField(db_comment='Not personal.', help_text='1 is the least senior. Higher is more senior.', unique=True)),
            ],
            options={
                'ordering': ['rank'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='level_name_once')],
            },
        ),
        migrations.AddField(
            model_name='person',
            name='level',
            field=models.ForeignKey(blank=True, db_comment='Directory: every colleague may know.', null=True, on_delete=django.db.models.deletion.PROTECT, to='people.level'),
        ),
        migrations.CreateModel(
            name='LineOfBusiness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=120)),
            ],
            options={
                'verbose_name_plural': 'lines of business',
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='line_of_business_name_once')],
            },
        ),
        migrations.AddField(
            model_name='person',
            name='line_of_business',
            field=models.ForeignKey(blank=True, db_comment='Directory: every colleague may know.', null=True, on_delete=django.db.models.deletion.PROTECT, to='people.lineofbusiness'),
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=120)),
                ('time_zone', models.CharField(db_comment='Not personal.', default='UTC', max_length=64, validators=[people.models.check_time_zone])),
            ],
            options={
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='site_name_once')],
            },
        ),
        migrations.AddField(
            model_name='person',
            name='site',
            field=models.ForeignKey(blank=True, db_comment='Directory: every colleague may know.', null=True, on_delete=django.db.models.deletion.PROTECT, to='people.site'),
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_comment='Not personal.', max_length=120)),
            ],
            options={
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='skill_name_once')],
            },
        ),
        migrations.AddIndex(
            model_name='importline',
            index=models.Index(fields=['directory_import', 'kind', 'row'], name='import_line_page'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(django.db.models.functions.comparison.Collate('sort_name', 'C'), models.F('id'), name='person_family_name_begins'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower('given_name'), 'C'), models.F('id'), name='person_given_name_begins'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(django.db.models.functions.comparison.Collate(django.db.models.functions.text.Lower('email'), 'C'), models.F('id'), name='person_email_begins'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='person_email_once', violation_error_message='Somebody else in the directory already has this e-mail address.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('manager', models.F('pk')), _negated=True), name='person_not_own_manager', violation_error_message='Nobody can be their own manager.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('left_on', None), ('hired_on', None), ('left_on__gte', models.F('hired_on')), _connector='OR'), name='person_leaves_after_hired', violation_error_message='The leaving date lies before the hiring date.'),
        ),
    ]
