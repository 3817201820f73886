"""What was agreed with the customer, and what is asked for."""
