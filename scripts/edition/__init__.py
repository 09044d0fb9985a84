"""The book: from chapters to the site, the PDF, the ledger, and their checks."""
