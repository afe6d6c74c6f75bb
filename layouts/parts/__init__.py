"""Components shared by panels."""
