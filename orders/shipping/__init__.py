"""Parcel fees: what one cooperative's parcel costs (``fees.py``)."""
