"""
The process that stays after a build, so that the next change of text is built at once.

    client.py     asks it, from a new command; imports next to nothing
    server.py     it: waits a few minutes, and builds each time in a copy of itself

It has imported everything, read the answers and laid the book out; a copy (`fork`) of it starts
where a new process would be after two seconds, and leaves it as it was. It builds only when
nothing but texts changed since it began: for anything else (data, code, theme, lock, environment)
it declines and ends, and the command builds by itself. So its books are, byte for byte, those of
a new process. Linux only; nothing stays elsewhere, nor where the command is not typed at a
terminal, unless asked for.
"""
