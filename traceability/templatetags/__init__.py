"""Tags of lots: ``trace.py`` puts a product's lots and a lot's link into pages of other floors."""
