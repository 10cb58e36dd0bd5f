"""Oscar's basket tables, unchanged; named here so that our code and its types know them."""

from oscar.apps.basket.abstract_models import AbstractBasket, AbstractLine


class Basket(AbstractBasket):
    """What a visitor means to buy. ``status`` is Open until it is ordered."""


class Line(AbstractLine):
    """So many units of one product; ``price_incl_tax`` is the price the buyer saw when adding."""


# Oscar: its remaining basket models must be imported last, after ours have taken their names.
from oscar.apps.basket.models import *  # noqa: E402, F403
