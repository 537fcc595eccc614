#!/bin/sh
# For a double click on macOS; it does what ./start does.
exec "$(dirname "$0")/start" "$@"
