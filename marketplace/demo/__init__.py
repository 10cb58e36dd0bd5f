"""The demo market: a living market for a first look, built through the public rules.

``sellers.json`` holds the facts with their marks (sourced, plausible, demo); nothing here is a real offer, a real
tax code or a private person. Start reading at ``market.py``.
"""
