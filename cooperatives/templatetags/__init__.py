"""Tags that upper floors' pages and this floor's use: ``places_of.py``, a person's stalls and how old a thing is."""
