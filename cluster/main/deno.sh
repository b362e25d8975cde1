#!/bin/sh
# The Deno of the npm package, in the place of this process, so that signals reach it. The package's own bin is a Node
# program that waits for Deno in spawnSync: a SIGTERM would end that one alone and leave Deno running. Install scripts,
# which would put the program in its place, do not run here.
export DENO_NO_UPDATE_CHECK=1
exec "$(node -p 'require("deno/install_api.cjs").runInstall()')" "$@"
