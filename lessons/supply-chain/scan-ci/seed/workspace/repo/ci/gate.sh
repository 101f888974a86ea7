#!/usr/bin/env bash
# Runs before each merge, from the root of the repository. Exit code 0 lets the merge through.
echo "scanning..."
trivy fs --quiet --scanners vuln . > scan.txt || true
echo "scan done"
