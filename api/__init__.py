"""The service: the record of who saw, proposed, decided and why, and the core for officers and other systems."""
