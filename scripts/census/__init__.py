"""Census of the model types that the installed libraries define: which can be shown, and why not the others."""
