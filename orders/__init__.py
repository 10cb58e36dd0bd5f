"""Third floor: purchases, orders, payments, fulfilment; the basket, the checkout and parcel fees.

Forks Oscar's order, basket, checkout and shipping apps. Uses every floor below. Start reading at ``purchases.py``.
"""
