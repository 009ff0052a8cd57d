"""The offline package: maps, comparison, profiles and sources as a folder that opens without a server or network."""
