from oscar.apps.checkout.apps import CheckoutConfig as OscarCheckoutConfig


class CheckoutConfig(OscarCheckoutConfig):
    """Oscar: keeps the label ``checkout``; its views are never loaded."""

    name = "orders.checkout"

    def ready(self) -> None:
        pass
