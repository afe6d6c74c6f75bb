"""The content-addressed store of runs and build parts; nothing else imports diskcache."""
