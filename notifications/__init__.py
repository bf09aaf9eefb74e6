"""What we owe people by mail, and whether it was sent. The database is the queue."""
