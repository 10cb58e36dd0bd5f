"""Provinces and communes as versioned data, banks, the two-level address.

Uses the foundation. Start reading at ``models.py``.
"""
