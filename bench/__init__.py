"""The bench: how fast the market's pages are beside a bare view and a stock Oscar shop, measured in one run.

``make bench`` (``bench/run.py``) starts servers of its own, fills them with made-up goods (``goods``, ``market``,
``oscar_site.fill``), asks for pages (``client``), and writes ``docs/performance.md`` (``report``). Nothing of the
market imports this package.
"""
