"""Every pick lies in a parcel from now on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("order", "0027_parcels_of_before")]
    operations = [
        migrations.AlterField(
            model_name="pick",
            name="parcel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="picks", to="order.parcel"
            ),
        ),
    ]
