"""Orders of before parcels had a state: their goods are counted by unit, their picks lie in a parcel."""

from django.db import migrations
from django.db.models import F

PACKED_AWAY = {"packed": "packed", "shipped": "shipped", "delivered": "delivered"}


def count_units(apps, schema_editor):
    Order = apps.get_model("order", "Order")
    Parcel = apps.get_model("order", "Parcel")
    Pick = apps.get_model("order", "Pick")
    Reduction = apps.get_model("order", "Reduction")
    for order in Order.objects.filter(status__in=PACKED_AWAY).iterator(500):
        counter = "num_packed" if order.status == "packed" else "num_shipped"
        order.lines.update(**{counter: F("quantity")})
        parcel = order.parcels.first() or Parcel.objects.create(order=order)
        parcel.status = PACKED_AWAY[order.status]
        if order.status != "packed":
            parcel.goods = order.total_incl_tax - order.shipping_incl_tax
            is_cash = order.payment.method == "cod" and order.payment.status == "on_delivery"
            parcel.collect = order.total_incl_tax if is_cash else 0
        parcel.save()
        for pick in Pick.objects.filter(line__order=order).select_related("line"):
            pick.parcel, pick.price = parcel, pick.line.unit_price_incl_tax * pick.quantity
            pick.save()
    for order in Order.objects.filter(status="cancelled").iterator(500):
        for line in order.lines.all():
            Reduction.objects.create(
                order=order,
                line=line,
                kind="whole",
                quantity=line.quantity,
                amount=line.line_price_incl_tax,
                note=order.cancel_reason,
            )
        if order.shipping_incl_tax:
            Reduction.objects.create(
                order=order, kind="whole", amount=order.shipping_incl_tax, note=order.cancel_reason
            )
        order.lines.update(
            num_cancelled=F("quantity"), reduced=F("line_price_incl_tax"), num_allocated=0
        )
        Order.objects.filter(pk=order.pk).update(reduced=F("total_incl_tax"))
        payment = order.payment
        if payment.status == "received":
            apps.get_model("order", "Refund").objects.create(payment=payment, amount=payment.amount)
    Pick.objects.filter(parcel=None).delete()


class Migration(migrations.Migration):
    dependencies = [("order", "0026_orders_in_parts")]
    operations = [migrations.RunPython(count_units, migrations.RunPython.noop)]
