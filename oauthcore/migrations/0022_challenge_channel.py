from django.db import migrations, models

from oauthcore.migrations._online import OnlineMigration


class Migration(OnlineMigration):
    """A column keeps its name, so nothing is asked of the database."""

    dependencies = [
        ('oauthcore', '0021_pushed_requests'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField(model_name='mfachallenge', old_name='door', new_name='channel'),
                migrations.AlterField(
                    model_name='mfachallenge',
                    name='channel',
                    field=models.CharField(choices=[('app', 'In an app'), ('browser', 'In the browser')], db_column='door', max_length=8),
                ),
            ],
        ),
    ]
