"""Whole sweeps in which things go wrong by chance, judged by the promises I1 to I12.

`make figures` plays thousands; `test_sample.py` a fixed sample; `test_bugs.py` shows that faults in the product itself
would be seen.
"""
