"""The local services behind ``dev.py``: PostgreSQL, Redis and a mail sink that live and die with one command.

Nothing in here runs in production. Modules, from the ground up: ``processes`` (children that cannot outlive us),
``postgres``, ``redis``, ``mail_sink``, ``keys`` (the demo's secrets), ``variables`` (what the settings read),
``demo`` (the whole site), ``suite`` (the tests) and ``command`` (anything else).
"""
