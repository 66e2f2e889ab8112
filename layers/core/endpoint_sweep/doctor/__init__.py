"""`endpoint-sweep doctor`: whether an installation is sound, and how to mend what is not. It only reads.

One check is one function, in the module of what it looks at. What it cannot read is “not known”, never “ok”.
"""
