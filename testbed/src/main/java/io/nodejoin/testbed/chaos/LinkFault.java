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

/** One link and what befalls it. */
record LinkFault(Link link, NetworkFault fault) {
    private static final int FAULTS_PER_LINK = 2;
    /** Longer than the service waits for one answer. */
    private static final Duration DURATION = Duration.ofSeconds(12);
    /** Longer than an agent waits until its report has an answer, and so longer than anybody waits. */
    static final Duration DURATION_FOR_AGENTS = Duration.ofSeconds(17);

    /** Every trouble of every link, or two of each link, among which every trouble is. */
    static List<LinkFault> draw(boolean whole, RandomGenerator seededRandom) {
        List<LinkFault> drawn = new ArrayList<>(whole ? all() : sample(seededRandom));
        // What takes longest to be noticed comes first: it heals beside the others.
        drawn.sort(Comparator.comparing(linkFault -> linkFault.fault() != NetworkFault.HALF_OPEN));
        return List.copyOf(drawn);
    }

    /** From link to link: one that is broken again as soon as it is mended is one that is away for minutes. */
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

    /** Longer than whoever asks over this link waits for an answer. */
    Duration duration() {
        return link == Link.GATEWAY ? DURATION_FOR_AGENTS : DURATION;
    }

    /** As a node's name may hold it. */
    String nodeNamePart() {
        return link.label() + "-" + fault.label();
    }
}
