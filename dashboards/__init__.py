"""Pages and reports over more than one app; no models."""
