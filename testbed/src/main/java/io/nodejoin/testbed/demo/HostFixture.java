package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * A machine that an autoscaler would create.
 *
 * @param secret the one-time secret on the machine
 * @param kubeletCannotStart whether the host's kubelet fails
 */
public record HostFixture(NodeName node, String secret, boolean kubeletCannotStart) {
    private static final int SECRET_BYTES = 24;

    /** Creates a fixture with a new secret. */
    public static HostFixture create(String node, boolean kubeletCannotStart, SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new HostFixture(new NodeName(node), HexFormat.of().formatHex(secret), kubeletCannotStart);
    }

    /** Returns the digest of the secret, for the request. */
    public String enrollmentDigest() {
        return Sha256.hex(secret);
    }

    /** The request of this machine for the profile containerd, with nothing that a request can leave out. */
    public JoinRequested joinRequest(ClusterName cluster, String address) {
        return requestBuilder(cluster, address).build();
    }

    /** Returns the request with a profile and ready gates. */
    public JoinRequested joinRequest(
            ClusterName cluster, String address, HostProfile profile, List<String> readyGates) {
        return requestBuilder(cluster, address)
                .profile(profile)
                .readyGates(readyGates)
                .build();
    }

    /** Returns a builder of this machine's request, for its optional members. */
    public JoinRequestBuilder requestBuilder(ClusterName cluster, String address) {
        return new JoinRequestBuilder(this, cluster, address);
    }

    @Override
    public String toString() {
        return "HostFixture[node=" + node + ", secret=<redacted>]";
    }
}
