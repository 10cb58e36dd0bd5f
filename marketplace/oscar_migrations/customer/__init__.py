"""Oscar's history of ``customer`` without 0008: that one hands dashboard rights out and drags every app in.

The table is only there because Oscar's order history starts from it.
"""
