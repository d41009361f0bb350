package io.nodejoin.cli;

/** How a command prints its data. */
public enum OutputFormat {
    text,
    wide,
    json,
    yaml,
    name
}
