from django.db import migrations, models

from oauthcore.migrations._online import AddIndexOnline, OnlineMigration, RemoveIndexOnline


class Migration(OnlineMigration):
    # Indexes are made and dropped beside the running site; the new one is there before the old one goes.
    atomic = False

    dependencies = [
        ('oauthcore', '0028_grants_looked_for_less'),
    ]

    operations = [
        AddIndexOnline(
            model_name='consent',
            index=models.Index(fields=['updated_at', 'id'], name='oauthcore_consent_changed'),
        ),
        RemoveIndexOnline(
            model_name='consent',
            name='oauthcore_consent_updated',
        ),
    ]
