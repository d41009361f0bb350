package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.join.HostProfile;
import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request of a machine for the profile containerd; what it does not have to say it says only if told to. */
public final class JoinRequestBuilder {
    private final HostWish wish;
    private final ClusterName cluster;
    private final String address;
    private Map<String, String> labels = Map.of();
    private List<Taint> taints = List.of();
    private HostProfile profile = HostProfile.CONTAINERD;
    private List<String> readyGates = List.of();
    private @Nullable Instant deadline;
    private @Nullable Boolean servingCertificate;
    private @Nullable Boolean rejoin;

    JoinRequestBuilder(HostWish wish, ClusterName cluster, String address) {
        this.wish = wish;
        this.cluster = cluster;
        this.address = address;
    }

    public JoinRequestBuilder labels(Map<String, String> wanted) {
        labels = wanted;
        return this;
    }

    public JoinRequestBuilder taints(List<Taint> wanted) {
        taints = wanted;
        return this;
    }

    public JoinRequestBuilder profile(HostProfile wanted) {
        profile = wanted;
        return this;
    }

    public JoinRequestBuilder readyGates(List<String> wanted) {
        readyGates = wanted;
        return this;
    }

    public JoinRequestBuilder deadline(@Nullable Instant wanted) {
        deadline = wanted;
        return this;
    }

    public JoinRequestBuilder servingCertificate(@Nullable Boolean wanted) {
        servingCertificate = wanted;
        return this;
    }

    public JoinRequestBuilder rejoin(@Nullable Boolean wanted) {
        rejoin = wanted;
        return this;
    }

    public JoinRequested build() {
        return new JoinRequested(
                cluster,
                wish.node(),
                wish.enrollment(),
                List.of(address),
                labels,
                taints,
                null,
                profile,
                readyGates,
                deadline,
                servingCertificate,
                rejoin,
                null);
    }
}
