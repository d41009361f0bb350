package io.nodejoin.agent.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.kubelet.KubeletRelease;
import io.nodejoin.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of the kubelet executable and the machine's own kubelet settings. */
final class KubeletChecks {
    private static final int MAX_VERSION_SKEW = 3;

    static final List<HostCheck> ALL = List.of(
            HostCheck.error(
                    "kubelet-binary",
                    "a kubelet at " + String.join(" or ", KubeletBinary.CANDIDATE_PATHS),
                    "install the kubelet of the cluster's version there",
                    KubeletChecks::binary),
            HostCheck.error(
                            "kubelet-digest",
                            "a kubelet with one of the digests that the cluster's configuration accepts, if it names any",
                            "restore the kubelet from its source; suspect tampering",
                            KubeletChecks::digest)
                    .failingWith(ErrorCode.ARTIFACT_DIGEST_MISMATCH),
            HostCheck.error(
                    "kubelet-version",
                    "a kubelet that runs, is not newer than the API server and at most " + MAX_VERSION_SKEW
                            + " minor versions older",
                    "install a kubelet that is not newer than the API server and at most " + MAX_VERSION_SKEW
                            + " minor versions older",
                    KubeletChecks::version),
            HostCheck.warning(
                    "kubelet-release",
                    "a kubelet of " + KubeletRelease.SUPPORTED.getFirst() + " to " + KubeletRelease.SUPPORTED.getLast()
                            + ": its configuration is generated for these",
                    "install a kubelet of one of these releases, or try the join on one such host first",
                    KubeletChecks::supported),
            HostCheck.warning(
                    "cluster-version",
                    "an API server whose version can be compared with the kubelet's",
                    "compare them by hand",
                    KubeletChecks::clusterVersion),
            HostCheck.error(
                    "kubelet-drop-ins",
                    "only files of kind KubeletConfiguration in the kubelet's drop-in directory",
                    "correct or remove the named file",
                    KubeletChecks::dropIns),
            HostCheck.error(
                            "kubelet-access",
                            "no setting of the machine that allows anonymous requests to its kubelet",
                            "remove the setting from the kubelet's drop-in directory",
                            KubeletChecks::anonymousAccess)
                    .failingWith(ErrorCode.KUBELET_INSECURE));

    private KubeletChecks() {}

    private static CheckResult binary(CheckContext host) {
        return CheckResult.require(
                host.kubelet().path().isPresent(),
                "there is no kubelet at " + String.join(" or ", KubeletBinary.CANDIDATE_PATHS));
    }

    private static CheckResult digest(CheckContext host) {
        if (host.expected().kubeletDigests().isEmpty()) {
            return new CheckResult.Skipped("no digest is required");
        }
        if (host.kubelet().path().isEmpty()) {
            return new CheckResult.Skipped("there is no kubelet");
        }
        return CheckResult.ofDeviations(host.kubelet().mismatch(host.expected().kubeletDigests()).stream()
                .toList());
    }

    private static CheckResult version(CheckContext host) {
        if (host.kubelet().path().isEmpty()) {
            return new CheckResult.Skipped("there is no kubelet");
        }
        Optional<KubeletRelease> own = release(host);
        if (own.isEmpty()) {
            return CheckResult.require(
                    false, "'" + host.kubelet().path().orElseThrow() + " --version' gives no version: it does not run");
        }
        String cluster = host.expected().kubernetesVersion();
        if (cluster == null) {
            return new CheckResult.Skipped("the cluster's version is not known");
        }
        Optional<KubeletRelease> server = KubeletRelease.parse(cluster);
        if (server.isEmpty()) {
            return new CheckResult.Skipped("the cluster's version cannot be compared");
        }
        int behind = server.get().minor() - own.get().minor();
        boolean fits = own.get().major() == server.get().major() && behind >= 0 && behind <= MAX_VERSION_SKEW;
        return CheckResult.require(
                fits,
                "kubelet " + host.kubelet().version().orElseThrow() + " is not compatible with API server " + cluster);
    }

    private static CheckResult clusterVersion(CheckContext host) {
        String cluster = host.expected().kubernetesVersion();
        if (cluster == null) {
            return new CheckResult.Skipped("the cluster's version is not known");
        }
        return CheckResult.require(
                KubeletRelease.parse(cluster).isPresent(),
                "the cluster's version '" + cluster + "' cannot be compared with the kubelet's "
                        + host.kubelet().version().orElse("unknown one"));
    }

    private static CheckResult supported(CheckContext host) {
        Optional<KubeletRelease> own = release(host);
        if (own.isEmpty()) {
            return new CheckResult.Skipped("the kubelet's version is not known");
        }
        return CheckResult.require(
                KubeletRelease.SUPPORTED.contains(own.get()),
                "kubelet " + host.kubelet().version().orElseThrow() + " is none of " + KubeletRelease.SUPPORTED);
    }

    private static CheckResult dropIns(CheckContext host) {
        return CheckResult.ofDeviations(host.dropIns().unreadable().stream()
                .map(path -> path + " is no KubeletConfiguration")
                .toList());
    }

    private static CheckResult anonymousAccess(CheckContext host) {
        KubeletDropIns settings = host.dropIns();
        List<String> open = new ArrayList<>();
        if (settings.at("/authentication/anonymous/enabled").asBoolean()) {
            open.add("authentication.anonymous.enabled is on");
        }
        if (settings.at("/authorization/mode").asText().equals("AlwaysAllow")) {
            open.add("authorization.mode is AlwaysAllow");
        }
        JsonNode readOnlyPort = settings.at("/readOnlyPort");
        if (readOnlyPort.asInt() != 0) {
            open.add("readOnlyPort is " + readOnlyPort.asInt());
        }
        return CheckResult.ofDeviations(open);
    }

    /** Returns the release of the kubelet, if it prints one. */
    static Optional<KubeletRelease> release(CheckContext host) {
        return host.kubelet().version().flatMap(KubeletRelease::parse);
    }
}
