"""Other engines, measured like ours: scripts that run inside environments of their own.

`environments` makes those and starts the scripts; `measuring` is what the scripts share. The scripts import
nothing of the project but each other, because its dependencies are not there; they take texts and vectors
from files and print one line of JSON.
"""
