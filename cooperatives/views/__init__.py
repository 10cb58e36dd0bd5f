"""Pages of the ground floor, one module per audience; ``files.py`` hands out a private scan."""
