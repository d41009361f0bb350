package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A machine that an autoscaler would create.
 *
 * @param secret the one-time secret that lies on the machine
 * @param kubeletCannotStart whether the host is to fail
 */
public record HostWish(NodeName node, String secret, boolean kubeletCannotStart) {
    private static final int SECRET_BYTES = 24;

    /** A wish with a fresh secret. */
    public static HostWish of(String node, boolean kubeletCannotStart, SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new HostWish(new NodeName(node), HexFormat.of().formatHex(secret), kubeletCannotStart);
    }

    /** What the request says of the secret. */
    public String enrollment() {
        return Sha256.hex(secret);
    }

    @Override
    public String toString() {
        return "HostWish[node=" + node + ", secret=<redacted>]";
    }
}
