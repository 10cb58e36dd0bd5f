"""Pages of the second floor, one module per audience; ``journeys.py`` draws a lot's road for all of them."""
