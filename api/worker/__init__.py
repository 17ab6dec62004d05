"""The worker: long work in processes of its own, beside the web process and at lower priority."""
