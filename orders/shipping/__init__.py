"""Carriers: what they tell (``carriers.py``), following parcels (``tracking.py``), what they start with (``known.py``).

Oscar's app of this label; its tables are unused. What a parcel costs stands in cooperatives.rates.
"""
