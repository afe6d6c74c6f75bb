"""Small components shared by panels."""
