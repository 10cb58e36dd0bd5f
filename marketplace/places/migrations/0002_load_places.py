from django.db import migrations

from marketplace.places.loading import load


def fill(apps, schema_editor):
    load(apps.get_model)


def empty(apps, schema_editor):
    for name in ("AdminUnit", "OldUnit", "Bank"):
        apps.get_model("places", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [migrations.RunPython(fill, empty, elidable=False)]
