"""A simulated AWS Organization: the member accounts that the product visits, without AWS."""
