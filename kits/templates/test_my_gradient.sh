#!/bin/sh
# Ends with 0 if the gradient is right, and with another number if it is wrong or was not verified.
# Node cannot call C: Deno or Bun does.
runtime=deno
command -v deno > /dev/null || runtime=bun
cd "$(dirname "$0")" &&
  exec ${SLOPE:-npx slope} verify --plugin my_gradient.c --runtimes "$runtime"
