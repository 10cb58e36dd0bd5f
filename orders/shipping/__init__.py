"""Oscar's app of this label, its tables unused (``models.py``): what a parcel costs is cooperatives.rates's."""
