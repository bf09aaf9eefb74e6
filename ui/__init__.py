"""How Upwell looks: template tags, forms, charts and the base of the desk. No models, no knowledge of programs."""
