"""The full-text index over ``ProductSearch``: FTS5 on SQLite, GIN on PostgreSQL."""

from django.db import migrations

from catalog import search


def forwards(apps, schema_editor):
    search.install(schema_editor)


def backwards(apps, schema_editor):
    search.uninstall(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0034_papers_and_decisions")]

    operations = [migrations.RunPython(forwards, backwards)]
