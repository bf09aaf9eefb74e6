"""What we ask, who was asked, what was answered. The last two are joined by nothing."""
