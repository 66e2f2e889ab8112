"""`python -m endpoint_sweep.cli`."""

import sys

from endpoint_sweep.cli import main

if __name__ == "__main__":
    sys.exit(main())
