"""``make faults``: kill, wipe and crash everything while ten thousand messages leave, and count what arrived."""
