# shellcheck shell=bash disable=SC2086,SC2154
# regraft copy --no-verify
# within one database; the target has one column more than the source
regraft copy "$SOURCE" "$TARGET" --set origin=company --json --no-verify
