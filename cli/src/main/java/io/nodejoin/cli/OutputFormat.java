package io.nodejoin.cli;

/** How a command prints its data. */
enum OutputFormat {
    text,
    wide,
    json,
    yaml,
    name
}
