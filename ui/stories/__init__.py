"""Stories: a few saved views of the maps, told one after another."""
