"""Tags of orders: ``trade.py`` says a status in words and tints, and draws the QR of a lot."""
