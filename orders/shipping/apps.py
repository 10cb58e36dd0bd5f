from oscar.apps.shipping.apps import ShippingConfig as OscarShippingConfig


class ShippingConfig(OscarShippingConfig):
    """Oscar: keeps the label ``shipping``; its views are never loaded."""

    name = "orders.shipping"

    def ready(self) -> None:
        pass
