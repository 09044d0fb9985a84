"""
What executions gave, kept under the hash of all that they depend on.

A chapter's entry is found by the key of what runs (its code and inline expressions, our
packages, the interpreter, what is installed, the lock: `edition.cache.keys`); it is used if
everything the chapter read has the hash it had (`edition.cache.parts`), and if its own bytes
are whole (`edition.cache.store`). Prose is in none of it. An entry holds the raw results and
the ledger of the chapter, whose lines are counted from the cell: they follow the prose.

Nothing here can change what is built: a book made with the cache is, byte for byte, the one
made without it. `Options.publication` executes everything and proves it, chapter by chapter.
"""
