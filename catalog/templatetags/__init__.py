"""Tags of goods: ``goods.py`` for shoppers (cards, filters), ``shelf.py`` for the words and tints of a state."""
