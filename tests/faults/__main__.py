"""`make figures`. Apart from what it calls: other processes cannot import what stands in a `__main__`."""

import sys

from tests.faults.figures import main

if __name__ == "__main__":
    sys.exit(main())
