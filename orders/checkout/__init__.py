"""From basket to purchase in at most four screens: address, payment, review, done.

Keeps what was typed in the session (``orders.basket.typed``); placing itself is ``orders.purchases``. Start reading at
``views.py``.
"""
