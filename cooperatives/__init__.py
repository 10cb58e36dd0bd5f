"""Ground floor: cooperatives, stalls, members, officers, applications, papers, bank accounts, stock and
prices.

Forks Oscar's partner app. Uses the cellar only. Start reading at ``models.py``, then ``access.py`` (the
door).
"""
