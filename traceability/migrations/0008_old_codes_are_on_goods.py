"""Codes from before there were runs: they were printed and stuck on goods, so they are activated; those taken out of
use are revoked, those of recalled lots recalled. The unit codes of a lot become its first run."""

from django.db import migrations
from django.db.models import Count


def forward(apps, schema_editor):
    TraceCode = apps.get_model("traceability", "TraceCode")
    CodeRun = apps.get_model("traceability", "CodeRun")
    TraceCode.objects.filter(status="active").update(status="activated")
    TraceCode.objects.filter(status="retired").update(status="revoked")
    units = TraceCode.objects.filter(kind="unit")
    units.filter(lot__status="recalled", status="activated").update(status="recalled")
    for row in units.order_by().values("lot").annotate(count=Count("pk")).iterator():
        run = CodeRun.objects.create(lot_id=row["lot"], first=0, count=row["count"], by_label="hệ thống")
        codes = list(units.filter(lot=row["lot"]).order_by("issued_at", "code"))
        for number, code in enumerate(codes, 1):
            code.run, code.number = run, number
        TraceCode.objects.bulk_update(codes, ["run", "number"], batch_size=500)


def back(apps, schema_editor):
    codes = apps.get_model("traceability", "TraceCode").objects
    codes.filter(status__in=["revoked", "recalled"]).update(status="retired", run=None, number=None)
    codes.exclude(status="retired").update(status="active", run=None, number=None)
    apps.get_model("traceability", "LabelPrint").objects.all().delete()
    apps.get_model("traceability", "CodeRun").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("traceability", "0007_runs_prints_alarms"),
    ]

    operations = [migrations.RunPython(forward, back)]
