"""Pages of the first floor, one module per audience; ``facts.py`` says what both desk and review show of a product."""
