"""What is paid, owed and returned."""
