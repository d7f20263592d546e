from django.db import migrations, models

from oauthcore.migrations._online import AddIndexOnline, OnlineMigration, RemoveIndexOnline


class Migration(OnlineMigration):
    # Indexes are made, and dropped, beside the running site.
    atomic = False

    dependencies = [
        ('oauthcore', '0009_lifting_limits'),
    ]

    operations = [
        AddIndexOnline(
            model_name='application',
            index=models.Index(fields=['deleted_at', 'id'], name='oauthcore_app_deleted'),
        ),
        RemoveIndexOnline(
            model_name='application',
            name='oauthcore_app_deleted_at',
        ),
    ]
