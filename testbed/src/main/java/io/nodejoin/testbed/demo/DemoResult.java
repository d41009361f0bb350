package io.nodejoin.testbed.demo;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the demo ended.
 *
 * @param readyNodes as the API server says
 * @param historiesWithSecrets workflows whose history holds a token secret
 */
record DemoResult(
        List<JoinView> joins,
        Set<String> readyNodes,
        LeftOvers left,
        List<String> historiesWithSecrets,
        Map<String, String> versions) {
    DemoResult {
        joins = List.copyOf(joins);
        readyNodes = Set.copyOf(readyNodes);
        historiesWithSecrets = List.copyOf(historiesWithSecrets);
    }

    /** What was promised and did not happen, as sentences. Empty if all went well. */
    List<String> brokenPromises(List<HostWish> wishes) {
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            judge(wishes.get(i), joins.get(i)).ifPresent(broken::add);
        }
        empty(broken, "no token is left", left.tokens());
        empty(broken, "no signature is left in cluster-info", left.jws());
        empty(broken, "no certificate request is undecided", left.csrsUndecided());
        empty(broken, "no other Node exists", left.nodesUnexpected());
        empty(broken, "the failed host is clean", left.hostResidue());
        empty(broken, "no history holds a token secret", historiesWithSecrets);
        return broken;
    }

    private Optional<String> judge(HostWish wish, JoinView join) {
        String node = wish.node().value();
        if (wish.kubeletCannotStart()) {
            boolean asPromised =
                    join.phase().equals(Optional.of(Phase.Failed)) && join.reason() == ErrorCode.KUBELET_NOT_STARTED;
            return asPromised
                    ? Optional.empty()
                    : Optional.of(node + " fails with KUBELET_NOT_STARTED, but " + is(join));
        }
        if (!join.phase().equals(Optional.of(Phase.Joined))) {
            return Optional.of(node + " is Joined, but " + is(join));
        }
        return readyNodes.contains(node)
                ? Optional.empty()
                : Optional.of(node + " is Ready, but the API server does not say so");
    }

    private static String is(JoinView join) {
        String reason = join.reason() == null ? "" : " (" + join.reason() + ": " + join.detail() + ")";
        return "it is " + join.phase().map(Phase::name).orElse("without any answer") + reason;
    }

    private static void empty(List<String> broken, String promise, List<String> found) {
        if (!found.isEmpty()) {
            broken.add(promise + ", but there is " + String.join(", ", found));
        }
    }
}
