"""The project itself: settings, root URLs, workers, the demo, and the tests of the whole house."""
