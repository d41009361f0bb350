package io.nodejoin.testbed.canary;

/**
 * A secret that was found.
 *
 * @param canary its name
 * @param encoding the way it was written; of compressed data, what it was inside
 * @param offset where it, or the compressed data around it, begins
 */
public record SecretMatch(String canary, Encoding encoding, boolean compressed, int offset) {}
