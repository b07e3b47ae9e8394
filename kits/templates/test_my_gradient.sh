#!/bin/sh
# Ends with 0 if the gradient is right, and with 1 if it is wrong.
cd "$(dirname "$0")" && exec ${SLOPE:-npx slope} verify --plugin my_gradient.c
