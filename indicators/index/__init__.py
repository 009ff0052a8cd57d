"""An engine for composite indices of any subject: tables in, tables out, in COINr's words."""
