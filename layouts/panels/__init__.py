"""The panels that pages and the sidebar are made of."""
