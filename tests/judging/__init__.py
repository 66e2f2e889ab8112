"""What judges whole sweeps, apart from the product: by the wire, the world and what was stored."""
