"""Who may know what: classes of personal data, audiences in words, and the sealing of private text."""
