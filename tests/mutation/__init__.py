"""
Plant faults in copies of the finished book, to see whether each check finds its own.

A check that has never been seen to fail proves nothing. Each `Mutant` names the check that
must find it; a fault that only another check finds counts as missed by the one named.
`python tests/mutation` runs them all, `tests/test_mutation.py` those that need no new build.
"""
