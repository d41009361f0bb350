package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.Invariant.Broken;
import io.nodejoin.testbed.check.Scene.Event;
import io.nodejoin.testbed.check.Scene.Host;
import io.nodejoin.testbed.check.Scene.Node;
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

    static Stream<Broken> areMadeByJoins(Scene scene) {
        Set<String> told = scene.topics().events().stream().map(Event::nodeUid).collect(Collectors.toSet());
        return scene.cluster().nodes().stream()
                .filter(node -> scene.atRest(node.ref().name()))
                .filter(node -> !told.contains(node.ref().uid()))
                .map((Node node) -> Broken.because(
                        "the Node " + node.ref().name() + " is there, and no join has told that it made it",
                        Stream.concat(
                                        Stream.of(node.ref()),
                                        Stream.ofNullable(
                                                scene.lastEnds().get(node.ref().name())))
                                .toArray()));
    }

    static Stream<Broken> areThereAfterSuccess(Scene scene) {
        return ended(scene, "succeeded")
                .filter(end -> nodeOf(scene, end).findAny().isEmpty())
                .map(end -> Broken.because("the node " + end.node() + " has joined, and its Node is not there", end));
    }

    static Stream<Broken> holdTheKeyThatWasApproved(Scene scene) {
        return ended(scene, "succeeded")
                .flatMap(end -> hostOf(scene, end)
                        .filter(host -> approvedKeys(scene, end).noneMatch(key -> key.equals(host.keyDigest())))
                        .map(host -> Broken.because(
                                "the host of " + end.node() + " holds the key " + host.keyDigest()
                                        + ", and its join has approved another one",
                                end)));
    }

    /** A Node that stays is the name's end as well: no join takes it. */
    static Stream<Broken> haveTheirNamesHeldWhileAKeyLives(Scene scene) {
        return Stream.of("failed", "cancelled")
                .flatMap(type -> ended(scene, type))
                .filter(end -> nodeOf(scene, end).findAny().isEmpty())
                .flatMap(end -> hostOf(scene, end)
                        .filter(host -> approvedKeys(scene, end).anyMatch(key -> key.equals(host.keyDigest())))
                        .filter(host -> !Set.of("", host.machineId())
                                .contains(scene.cluster().holds().getOrDefault(end.node(), "nobody holds it")))
                        .map(host -> Broken.because(
                                "the host of " + end.node() + " has a key that was approved for a join that did not"
                                        + " succeed, and its name is free",
                                host.root(),
                                end)));
    }

    private static Stream<String> approvedKeys(Scene scene, Event end) {
        Set<String> tokens =
                scene.runsOf(end.join()).flatMap(run -> run.tokenIds().stream()).collect(Collectors.toSet());
        return CertificateRules.approved(scene)
                .filter(request -> tokens.contains(request.tokenId()))
                .map(Scene.CertificateRequest::keyDigest);
    }

    static Stream<Broken> areOnTheMachineThatWasEnrolled(Scene scene) {
        return ended(scene, "succeeded")
                .flatMap(end -> nodeOf(scene, end)
                        .flatMap(node -> hostOf(scene, end)
                                .filter(host -> !host.machineId().equals(node.machineId()))
                                .map(host -> Broken.because(
                                        "the Node " + end.node() + " says that it is machine " + node.machineId()
                                                + ", and the host of its join is " + host.machineId(),
                                        node.ref(),
                                        end))));
    }

    static Stream<Broken> areAsTheyWereAskedFor(Scene scene) {
        return ended(scene, "succeeded")
                .flatMap(end -> nodeOf(scene, end)
                        .flatMap(node -> scene.topics().requests().stream()
                                .filter(request -> request.join().equals(end.join()))
                                .filter(request -> !node.marks().containsAll(request.marks()))
                                .map(request -> Broken.because(
                                        "the Node " + end.node() + " has " + node.marks()
                                                + ", and its request asks for " + request.marks(),
                                        node.ref(),
                                        request.place()))));
    }

    static Stream<Broken> haveNoBootstrapFile(Scene scene) {
        return scene.hosts().stream()
                .filter(host -> host.bootstrapFile() && scene.atRest(host.node()))
                .filter(host -> !isLeftAsItWas(scene.lastEnds().get(host.node())))
                .map(host -> Broken.because(
                        "the host of " + host.node() + " still has its bootstrap kubeconfig", host.root()));
    }

    static Stream<Broken> areAsBeforeWhereTheJoinFailed(Scene scene) {
        return Stream.of("failed", "cancelled")
                .flatMap(type -> ended(scene, type))
                .filter(end -> !isLeftAsItWas(end))
                .flatMap(end -> hostOf(scene, end)
                        .flatMap(host -> changes(host, end.residue()).stream()
                                .map(change -> Broken.because(
                                        "the host of " + end.node() + " is not as before its join: " + change,
                                        host.root(),
                                        end))));
    }

    /** Whether the outcome says that nobody has reset the host, or that it may not have been. */
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

    /** The last outcomes of nodes at rest, if they are of this type. */
    private static Stream<Event> ended(Scene scene, String type) {
        return scene.lastEnds().values().stream().filter(end -> end.type().equals(type) && scene.atRest(end.node()));
    }

    private static Stream<Node> nodeOf(Scene scene, Event end) {
        return scene.cluster().nodes().stream()
                .filter(node -> node.ref().uid().equals(end.nodeUid())
                        && node.ref().name().equals(end.node()));
    }

    private static Stream<Host> hostOf(Scene scene, Event end) {
        return scene.hosts().stream().filter(host -> host.node().equals(end.node()));
    }
}
