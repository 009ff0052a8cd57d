"""An engine for composite indices of any subject: tables in, tables out, in COINr's words."""

ENGINE = "1.0.0"
"""The engine's version: it changes when the same input would give other numbers."""
