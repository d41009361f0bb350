package io.nodejoin.testbed.canary;

import java.nio.charset.StandardCharsets;

/** A secret to search for. */
public final class Canary {
    /** Shorter ones would be found by chance. */
    private static final int MIN_LENGTH = 16;

    private final String name;
    private final byte[] secret;

    /** @param name the name in reports */
    public Canary(String name, byte[] secret) {
        if (secret.length < MIN_LENGTH) {
            throw new IllegalArgumentException(name + " is too short to be told from chance");
        }
        this.name = name;
        this.secret = secret.clone();
    }

    /** A secret that is text. */
    public static Canary of(String name, String secret) {
        return new Canary(name, secret.getBytes(StandardCharsets.UTF_8));
    }

    public String name() {
        return name;
    }

    byte[] secret() {
        return secret.clone();
    }

    @Override
    public String toString() {
        return "Canary[name=" + name + ", secret=<redacted>]";
    }
}
