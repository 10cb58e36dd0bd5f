"""The cellar: money, text, codes, statuses, refusals, the outbox. No foreign keys, no Oscar, no trade.

Uses nothing of ours. Start reading at ``outbox.py``.
"""
