"""What stands beside an artefact: its record, its model card, its pictures."""
