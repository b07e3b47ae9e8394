#!/usr/bin/env bash
# Installs what Slope needs, as its lock file pins it, beside the action; and another runtime where one is asked for.
set -euo pipefail
cd "$(dirname "$0")/.."
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --silent
case ${SLOPE_RUNTIME:-node} in
  node) exit ;;
  deno) package=deno@2.9.6 ;;
  bun) package=bun@1.4.5 ;;
  *)
    echo "::error title=Slope::Cannot use the runtime \"$SLOPE_RUNTIME\": expected node, deno or bun"
    exit 2
    ;;
esac
tools=${RUNNER_TEMP:?}/slope-runtime
npm install --prefix "$tools" --no-audit --no-fund --silent "$package"
echo "$tools/node_modules/.bin" >> "${GITHUB_PATH:?}"
