"""Second floor: lots, events, codes, labels and scans.

Our own, no Oscar. Uses catalog, cooperatives and the cellar; knows nothing of orders, so a public page cannot leak
a purchase. Start reading at ``models.py`` and ``scans.py``.
"""
