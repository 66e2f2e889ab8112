"""Questions that only `endpoint-sweep doctor` asks about an installation. Each reads and changes nothing."""
