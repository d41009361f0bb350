package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.ClusterSnapshot.Event;
import io.nodejoin.testbed.check.ClusterSnapshot.Host;
import io.nodejoin.testbed.check.ClusterSnapshot.Node;
import io.nodejoin.testbed.check.Invariant.Breach;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Nodes, and the machines behind them. */
final class NodeRules {
    private NodeRules() {}

    static Stream<Breach> areMadeByJoins(ClusterSnapshot snapshot) {
        Set<String> told =
                snapshot.topics().events().stream().map(Event::nodeUid).collect(Collectors.toSet());
        return snapshot.cluster().nodes().stream()
                .filter(node -> snapshot.isIdle(node.ref().name()))
                .filter(node -> !told.contains(node.ref().uid()))
                .map((Node node) -> Breach.of(
                        "the Node " + node.ref().name() + " is there, and no join has told that it made it",
                        Stream.concat(
                                        Stream.of(node.ref()),
                                        Stream.ofNullable(snapshot.lastOutcomes()
                                                .get(node.ref().name())))
                                .toArray()));
    }

    static Stream<Breach> areThereAfterSuccess(ClusterSnapshot snapshot) {
        return ended(snapshot, "succeeded")
                .filter(end -> nodeOf(snapshot, end).findAny().isEmpty())
                .map(end -> Breach.of("the node " + end.node() + " has joined, and its Node is not there", end));
    }

    static Stream<Breach> holdTheKeyThatWasApproved(ClusterSnapshot snapshot) {
        return ended(snapshot, "succeeded")
                .flatMap(end -> hostOf(snapshot, end)
                        .filter(host -> approvedKeys(snapshot, end).noneMatch(key -> key.equals(host.keyDigest())))
                        .map(host -> Breach.of(
                                "the host of " + end.node() + " holds the key " + host.keyDigest()
                                        + ", and its join has approved another one",
                                end)));
    }

    /** A Node that stays blocks the name as well: no join takes it. */
    static Stream<Breach> haveTheirNamesHeldWhileAKeyLives(ClusterSnapshot snapshot) {
        return Stream.of("failed", "cancelled")
                .flatMap(type -> ended(snapshot, type))
                .filter(end -> nodeOf(snapshot, end).findAny().isEmpty())
                .flatMap(end -> hostOf(snapshot, end)
                        .filter(host -> approvedKeys(snapshot, end).anyMatch(key -> key.equals(host.keyDigest())))
                        .filter(host -> !Set.of("", host.machineId())
                                .contains(snapshot.cluster()
                                        .nameQuarantines()
                                        .getOrDefault(end.node(), "nobody holds it")))
                        .map(host -> Breach.of(
                                "the host of " + end.node() + " has a key that was approved for a join that did not"
                                        + " succeed, and its name is free",
                                host.root(),
                                end)));
    }

    private static Stream<String> approvedKeys(ClusterSnapshot snapshot, Event end) {
        Set<String> tokens = snapshot.runsOf(end.join())
                .flatMap(run -> run.tokenIds().stream())
                .collect(Collectors.toSet());
        return CertificateRules.approved(snapshot)
                .filter(request -> tokens.contains(request.tokenId()))
                .map(ClusterSnapshot.CertificateRequest::keyDigest);
    }

    static Stream<Breach> areOnTheMachineThatWasEnrolled(ClusterSnapshot snapshot) {
        return ended(snapshot, "succeeded")
                .flatMap(end -> nodeOf(snapshot, end)
                        .flatMap(node -> hostOf(snapshot, end)
                                .filter(host -> !host.machineId().equals(node.machineId()))
                                .map(host -> Breach.of(
                                        "the Node " + end.node() + " says that it is machine " + node.machineId()
                                                + ", and the host of its join is " + host.machineId(),
                                        node.ref(),
                                        end))));
    }

    static Stream<Breach> areAsTheyWereAskedFor(ClusterSnapshot snapshot) {
        return ended(snapshot, "succeeded")
                .flatMap(end -> nodeOf(snapshot, end)
                        .flatMap(node -> snapshot.topics().requests().stream()
                                .filter(request -> request.join().equals(end.join()))
                                .filter(request -> !node.labelsAndTaints().containsAll(request.labelsAndTaints()))
                                .map(request -> Breach.of(
                                        "the Node " + end.node() + " has " + node.labelsAndTaints()
                                                + ", and its request asks for " + request.labelsAndTaints(),
                                        node.ref(),
                                        request.place()))));
    }

    static Stream<Breach> haveNoBootstrapFile(ClusterSnapshot snapshot) {
        return snapshot.hosts().stream()
                .filter(host -> host.bootstrapFile() && snapshot.isIdle(host.node()))
                .filter(host -> !isLeftAsItWas(snapshot.lastOutcomes().get(host.node())))
                .map(host ->
                        Breach.of("the host of " + host.node() + " still has its bootstrap kubeconfig", host.root()));
    }

    static Stream<Breach> areAsBeforeWhereTheJoinFailed(ClusterSnapshot snapshot) {
        return Stream.of("failed", "cancelled")
                .flatMap(type -> ended(snapshot, type))
                .filter(end -> !isLeftAsItWas(end))
                .flatMap(end -> hostOf(snapshot, end)
                        .flatMap(host -> changes(host, end.residue()).stream()
                                .map(change -> Breach.of(
                                        "the host of " + end.node() + " is not as before its join: " + change,
                                        host.root(),
                                        end))));
    }

    /** Returns whether the outcome says that the host was not reset, or may not have been. */
    private static boolean isLeftAsItWas(@Nullable Event end) {
        return end != null
                && end.residue().stream()
                        .anyMatch(line -> line.startsWith("Host: not reset") || line.startsWith("Reset the host: "));
    }

    private static List<String> changes(Host host, List<String> residue) {
        Set<String> paths = new TreeSet<>(host.before().keySet());
        paths.addAll(host.now().keySet());
        List<String> changes = new ArrayList<>(paths.stream()
                .filter(path ->
                        !Objects.equals(host.before().get(path), host.now().get(path)))
                .filter(path -> residue.stream().noneMatch(line -> names(line, path)))
                .map(path -> path + " was " + described(host.before(), path) + ", is " + described(host.now(), path))
                .toList());
        if (host.kubeletActive()) {
            changes.add("the kubelet runs");
        }
        return changes;
    }

    /** A line of residue names a file, or the directory in which it is, as a word of its own. */
    private static boolean names(String line, String path) {
        List<String> words = List.of(line.split("[ ,;:()\"']+"));
        String directory = path.substring(0, path.lastIndexOf('/'));
        return words.contains(path) || (!directory.isEmpty() && words.contains(directory));
    }

    private static String described(Map<String, String> tree, String path) {
        return tree.getOrDefault(path, "absent");
    }

    /** Returns the last outcomes of idle nodes, if they are of this type. */
    private static Stream<Event> ended(ClusterSnapshot snapshot, String type) {
        return snapshot.lastOutcomes().values().stream()
                .filter(end -> end.type().equals(type) && snapshot.isIdle(end.node()));
    }

    private static Stream<Node> nodeOf(ClusterSnapshot snapshot, Event end) {
        return snapshot.cluster().nodes().stream()
                .filter(node -> node.ref().uid().equals(end.nodeUid())
                        && node.ref().name().equals(end.node()));
    }

    private static Stream<Host> hostOf(ClusterSnapshot snapshot, Event end) {
        return snapshot.hosts().stream().filter(host -> host.node().equals(end.node()));
    }
}
