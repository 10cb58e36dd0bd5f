from django.db import migrations

from orders.shipping import known


def load(apps, _editor):
    known.load(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("order", "0030_pickup_and_carriers")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
