
import django.utils.timezone
from django.db import migrations, models

from oauthcore.migrations._online import OnlineMigration


class Migration(OnlineMigration):

    dependencies = [
        ('oauthcore', '0024_logouts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=32, unique=True, verbose_name='package')),
                ('cursor', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('first_started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('last_ends_at', models.DateTimeField(null=True, verbose_name='its last token ends')),
                ('never_ends', models.BooleanField(default=False, verbose_name='it has tokens that never end')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
            },
        ),
        migrations.AddField(
            model_name='grant',
            name='imported_from',
            field=models.CharField(max_length=32, null=True),
        ),
    ]
