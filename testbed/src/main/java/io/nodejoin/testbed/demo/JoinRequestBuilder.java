package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a join request for the profile containerd; optional members are absent unless set. */
public final class JoinRequestBuilder {
    private final HostFixture fixture;
    private final ClusterName cluster;
    private final String address;
    private Map<String, String> labels = Map.of();
    private List<Taint> taints = List.of();
    private HostProfile profile = HostProfile.CONTAINERD;
    private List<String> readyGates = List.of();
    private @Nullable Instant deadline;
    private @Nullable Boolean servingCertificate;
    private @Nullable Boolean rejoin;

    JoinRequestBuilder(HostFixture fixture, ClusterName cluster, String address) {
        this.fixture = fixture;
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
                fixture.node(),
                fixture.enrollmentDigest(),
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
