"""The first icons of the category tree were makeshift; where nobody chose another, they change."""

from django.db import migrations

BETTER = {
    "rau-qua-tuoi": ("sun", "carrot"),
    "thit-ca": ("package", "drumstick"),
    "mat-ong-thao-duoc": ("badge-check", "flower"),
    "banh-keo-qua-tang": ("tag", "gift"),
    "do-thu-cong": ("layers", "amphora"),
}


def change(apps, schema_editor):
    for slug, (old, new) in BETTER.items():
        apps.get_model("catalogue", "Category").objects.filter(slug=slug, icon=old).update(icon=new)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0036_categories")]

    operations = [migrations.RunPython(change, migrations.RunPython.noop)]
