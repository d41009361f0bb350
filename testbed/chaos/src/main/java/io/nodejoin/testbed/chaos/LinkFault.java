package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.links.Link;
import io.nodejoin.testbed.links.NetworkFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A link and its fault. */
record LinkFault(Link link, NetworkFault fault) {
    private static final int FAULTS_PER_LINK = 2;
    /** Longer than the service waits for one response. */
    private static final Duration DURATION = Duration.ofSeconds(12);
    /** Longer than an agent waits for the response to its report, which is the longest timeout. */
    static final Duration DURATION_FOR_AGENTS = Duration.ofSeconds(17);

    /** Every trouble of every link, or two of each link, among which every trouble is. */
    static List<LinkFault> draw(boolean whole, RandomGenerator seededRandom) {
        List<LinkFault> drawn = new ArrayList<>(whole ? all() : sample(seededRandom));
        // Faults that clients detect late come first, so that recovery overlaps with the other faults.
        drawn.sort(Comparator.comparing(linkFault -> linkFault.fault() != NetworkFault.HALF_OPEN));
        return List.copyOf(drawn);
    }

    /** Alternates the links: a link that breaks again as soon as it has healed would be down for minutes. */
    private static List<LinkFault> all() {
        return Stream.of(NetworkFault.values())
                .flatMap(fault -> Stream.of(Link.values()).map(link -> new LinkFault(link, fault)))
                .toList();
    }

    private static List<LinkFault> sample(RandomGenerator seededRandom) {
        List<Link> links = shuffled(Link.values(), seededRandom);
        List<NetworkFault> troubles = new ArrayList<>();
        while (troubles.size() < links.size() * FAULTS_PER_LINK) {
            troubles.addAll(shuffled(NetworkFault.values(), seededRandom));
        }
        List<LinkFault> sample = new ArrayList<>();
        for (int i = 0; i < links.size() * FAULTS_PER_LINK; i++) {
            sample.add(new LinkFault(links.get(i / FAULTS_PER_LINK), troubles.get(i)));
        }
        return sample;
    }

    private static <T> List<T> shuffled(T[] all, RandomGenerator seededRandom) {
        List<T> list = new ArrayList<>(List.of(all));
        Collections.shuffle(list, seededRandom);
        return list;
    }

    /** Longer than the request timeout of this link's client. */
    Duration duration() {
        return link == Link.GATEWAY ? DURATION_FOR_AGENTS : DURATION;
    }

    /** Returns the part of a node name that stands for it. */
    String nodeNamePart() {
        return link.label() + "-" + fault.label();
    }
}
