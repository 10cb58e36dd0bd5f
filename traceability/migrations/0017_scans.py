import datetime as dt
import uuid

from django.db import migrations, models
from django.utils import timezone


def make_table(apps, schema_editor):
    """In parts of a week on PostgreSQL, as ``traceability.partitions`` goes on making them; one table elsewhere."""
    Scan = apps.get_model("traceability", "Scan")
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.create_model(Scan)
        return
    schema_editor.execute(
        "CREATE TABLE traceability_scan (at timestamptz NOT NULL, code varchar(13) NOT NULL, device varchar(16) NOT NULL, "
        "place varchar(60) NOT NULL, is_exact boolean NOT NULL, id uuid NOT NULL, PRIMARY KEY (at, id)) "
        "PARTITION BY RANGE (at)"
    )
    schema_editor.execute("CREATE INDEX scans_of_a_code ON traceability_scan (code, at)")
    zone = timezone.get_default_timezone()
    monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday())
    for week in range(-13, 5):  # sightings of 90 days, and a month of what comes
        first = monday + dt.timedelta(weeks=week)
        bounds = [
            dt.datetime.combine(day, dt.time(), zone).isoformat() for day in (first, first + dt.timedelta(weeks=1))
        ]
        schema_editor.execute(
            f"CREATE TABLE traceability_scan_{first:%Y%m%d} PARTITION OF traceability_scan "
            f"FOR VALUES FROM ('{bounds[0]}') TO ('{bounds[1]}')"
        )


def drop_table(apps, schema_editor):
    schema_editor.execute("DROP TABLE traceability_scan")


def keep_sightings(apps, schema_editor):
    Scan, Sighting = apps.get_model("traceability", "Scan"), apps.get_model("traceability", "Sighting")
    kept = Sighting.objects.filter(at__gte=timezone.now() - dt.timedelta(days=90))
    Scan.objects.bulk_create(
        (
            Scan(id=uuid.uuid4(), code=row.code_id, at=row.at, device=row.device, place=row.place, is_exact=row.is_exact)
            for row in kept.iterator()
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('traceability', '0016_sensors'),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitingScan',
            fields=[
                ('at', models.DateTimeField()),
                ('code', models.CharField(max_length=13)),
                ('device', models.CharField(blank=True, max_length=16)),
                ('place', models.CharField(blank=True, max_length=60)),
                ('is_exact', models.BooleanField(default=False)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={
                'indexes': [models.Index(fields=['code'], name='waiting_scans_of_a_code')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Scan',
                    fields=[
                        ('at', models.DateTimeField()),
                        ('code', models.CharField(max_length=13)),
                        ('device', models.CharField(blank=True, max_length=16)),
                        ('place', models.CharField(blank=True, max_length=60)),
                        ('is_exact', models.BooleanField(default=False)),
                        ('pk', models.CompositePrimaryKey('at', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('id', models.UUIDField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['code', 'at'], name='scans_of_a_code')],
                    },
                ),
            ],
        ),
        migrations.RunPython(make_table, drop_table),
        migrations.RunPython(keep_sightings, migrations.RunPython.noop),
        migrations.DeleteModel(name='Sighting'),
    ]
