"""A program: its purpose, objectives, guidelines, rules, people and life cycle."""
