package io.nodejoin.service.cli;

/** How a command prints its data. */
enum OutputFormat {
    text,
    json
}
