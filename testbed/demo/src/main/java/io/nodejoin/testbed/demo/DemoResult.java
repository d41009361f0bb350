package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.testbed.client.HostFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The result of the demo.
 *
 * @param readyNodes as the API server reports
 * @param historiesWithSecrets workflows whose history contains a token secret
 */
record DemoResult(
        List<JoinTimeline> joins,
        Set<String> readyNodes,
        Leftovers left,
        List<String> historiesWithSecrets,
        Map<String, String> versions) {
    DemoResult {
        joins = List.copyOf(joins);
        readyNodes = Set.copyOf(readyNodes);
        historiesWithSecrets = List.copyOf(historiesWithSecrets);
    }

    /** Returns the promises that were not kept, as sentences. Empty if all were. */
    List<String> brokenPromises(List<HostFixture> wishes) {
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            checkJoin(wishes.get(i), joins.get(i)).ifPresent(broken::add);
        }
        requireEmpty(broken, "no token is left", left.tokens());
        requireEmpty(broken, "no signature is left in cluster-info", left.jws());
        requireEmpty(broken, "no certificate request is undecided", left.csrsUndecided());
        requireEmpty(broken, "no other Node exists", left.nodesUnexpected());
        requireEmpty(broken, "the failed host is clean", left.hostResidue());
        requireEmpty(broken, "no history holds a token secret", historiesWithSecrets);
        return broken;
    }

    private Optional<String> checkJoin(HostFixture fixture, JoinTimeline join) {
        String node = fixture.node().value();
        if (fixture.kubeletCannotStart()) {
            boolean asPromised =
                    join.phase().equals(Optional.of(Phase.Failed)) && join.reason() == ErrorCode.KUBELET_NOT_STARTED;
            return asPromised
                    ? Optional.empty()
                    : Optional.of(node + " fails with KUBELET_NOT_STARTED, but " + describe(join));
        }
        if (!join.phase().equals(Optional.of(Phase.Joined))) {
            return Optional.of(node + " is Joined, but " + describe(join));
        }
        return readyNodes.contains(node)
                ? Optional.empty()
                : Optional.of(node + " is Ready, but the API server does not say so");
    }

    private static String describe(JoinTimeline join) {
        String reason = join.reason() == null ? "" : " (" + join.reason() + ": " + join.detail() + ")";
        return "it is " + join.phase().map(Phase::name).orElse("without any answer") + reason;
    }

    private static void requireEmpty(List<String> broken, String promise, List<String> found) {
        if (!found.isEmpty()) {
            broken.add(promise + ", but there is " + String.join(", ", found));
        }
    }
}
