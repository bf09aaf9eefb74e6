"""The company directory. A person is the user who signs in."""
