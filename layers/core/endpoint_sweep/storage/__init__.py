"""What the hub remembers: rows of its table, documents of its bucket, the kill switch."""
