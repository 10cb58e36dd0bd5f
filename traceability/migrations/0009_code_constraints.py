from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traceability', '0008_old_codes_are_on_goods'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='tracecode',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'lot'), ('status', 'activated')), fields=('lot',), name='one_lot_code_a_lot'),
        ),
        migrations.AddConstraint(
            model_name='tracecode',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['printed', 'activated', 'sold', 'spent', 'revoked', 'recalled'])), name='code_status_known'),
        ),
    ]
