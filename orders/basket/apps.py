from oscar.apps.basket.apps import BasketConfig as OscarBasketConfig


class BasketConfig(OscarBasketConfig):
    """Oscar: keeps the label ``basket``; its views are never loaded."""

    name = "orders.basket"

    def ready(self) -> None:
        pass
