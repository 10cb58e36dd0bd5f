"""Oscar: the checkout app has no tables."""
