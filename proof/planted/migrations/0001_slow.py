"""It adds a column to a table that each request reads, and keeps the lock while it does something else."""

from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(
            "ALTER TABLE oauthcore_grant ADD COLUMN planted text",
            "ALTER TABLE oauthcore_grant DROP COLUMN planted",
        ),
        migrations.RunSQL("SELECT pg_sleep(2)", migrations.RunSQL.noop),
    ]
