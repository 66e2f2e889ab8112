"""`endpoint-sweep probe`: which beliefs of docs/facts.md hold on the account that it is run on. It only reads.

One belief is one function: in `metrics.py` and `sagemaker.py` what is asked in every cell, in `surroundings.py` what is
asked once. Nothing that a belief tells names an account, an endpoint or a tag, so that a result can be sent to others.
"""
