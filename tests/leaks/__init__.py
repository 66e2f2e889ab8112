"""Nothing secret is written down (I6): every secret of a test run is searched for in everything that others can read.

`plugin` is loaded by every run of pytest, `listening` notes what is minted and what is written, `spool` keeps it,
`search` looks for the one in the other when the run is over.
"""
