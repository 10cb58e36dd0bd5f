"""The basket: Oscar's tables, our verbs (``baskets.py``) and a middleware that asks only when asked."""
