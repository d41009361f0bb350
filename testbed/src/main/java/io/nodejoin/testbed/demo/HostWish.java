package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinRequested;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

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

    /** The request of this machine for the profile containerd, with nothing that a request can leave out. */
    public JoinRequested request(ClusterName cluster, String address) {
        return asking(cluster, address).build();
    }

    /** The same for a profile and with ready gates. */
    public JoinRequested request(ClusterName cluster, String address, HostProfile profile, List<String> readyGates) {
        return asking(cluster, address).profile(profile).readyGates(readyGates).build();
    }

    /** The same with whatever else it is to say. */
    public JoinRequestBuilder asking(ClusterName cluster, String address) {
        return new JoinRequestBuilder(this, cluster, address);
    }

    @Override
    public String toString() {
        return "HostWish[node=" + node + ", secret=<redacted>]";
    }
}
