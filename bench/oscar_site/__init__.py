"""A stock Oscar shop from the package, as its "building your own shop" guide sets it up; only its lists are ours.

Oscar's lists ask haystack, whose engines are ten to a hundred times slower than the database; here the same templates
are fed from the ORM (``urls``), which flatters Oscar.
"""
