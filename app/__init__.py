"""The composition root: settings, the application factory, data routes, servers."""
