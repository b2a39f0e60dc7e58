"""Is the artefact the generator? It is played in its own runtime and compared."""
