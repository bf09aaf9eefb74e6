"""The life of a pair: agreement, goals, meetings, check-ins, ending."""
