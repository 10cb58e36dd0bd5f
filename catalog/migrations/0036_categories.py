"""The market's first category tree. Going back leaves the rows: products may hang on them."""

from django.db import migrations

from catalog.categories import ensure_categories


def forwards(apps, schema_editor):
    ensure_categories(apps.get_model("catalogue", "Category"))


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0035_search_index")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
