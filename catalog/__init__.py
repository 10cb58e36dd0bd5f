"""First floor: products, changes, moderation, OCOP certificates, browsing and search.

Forks Oscar's catalogue app. Uses cooperatives and the cellar. Start reading at ``models.py`` and ``moderation.py``.
"""
