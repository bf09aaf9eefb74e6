"""The demo: a company of invented people, sign-in with one click, a mail catcher and a clock that can be moved.

Every page here is a 404 unless ``settings.DEMO`` is on.
"""
