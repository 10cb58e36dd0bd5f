"""Tags that every page may use: ``market.py`` writes money and days, ``ui.py`` draws icons and needs no load."""
