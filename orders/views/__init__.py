"""Pages of the third floor, one module per audience; basket and checkout keep theirs in their own packages."""
