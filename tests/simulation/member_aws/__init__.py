"""The member accounts: moto, corrected where its answer would hide a bug, and filled with a world."""
