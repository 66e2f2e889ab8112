"""The hub stack on this machine, inside the process or deployed by SAM, and the people at its page."""
