"""The API's answers as the dashboard reads them, strictly typed: a change is an error here."""
