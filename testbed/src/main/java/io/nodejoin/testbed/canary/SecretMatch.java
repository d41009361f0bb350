package io.nodejoin.testbed.canary;

/**
 * A secret that was found.
 *
 * @param canary its name
 * @param encoding its encoding; for compressed data, the outer one
 * @param offset offset of the secret, or of the compressed data that contains it
 */
public record SecretMatch(String canary, Encoding encoding, boolean compressed, int offset) {}
