package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.links.Link;
import io.nodejoin.testbed.links.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** One link and what befalls it. */
record Breakage(Link link, Trouble trouble) {
    private static final int OF_A_LINK = 2;
    /** Longer than the service waits for one answer. */
    private static final Duration LENGTH = Duration.ofSeconds(12);
    /** Longer than an agent waits until its report has an answer, and so longer than anybody waits. */
    static final Duration LENGTH_FOR_AGENTS = Duration.ofSeconds(17);

    /** Every trouble of every link, or two of each link, among which every trouble is. */
    static List<Breakage> drawn(boolean whole, RandomGenerator lots) {
        List<Breakage> drawn = new ArrayList<>(whole ? all() : sample(lots));
        // What takes longest to be noticed comes first: it heals beside the others.
        drawn.sort(Comparator.comparing(breakage -> breakage.trouble() != Trouble.FORGOTTEN));
        return List.copyOf(drawn);
    }

    /** From link to link: one that is broken again as soon as it is mended is one that is away for minutes. */
    private static List<Breakage> all() {
        return Stream.of(Trouble.values())
                .flatMap(trouble -> Stream.of(Link.values()).map(link -> new Breakage(link, trouble)))
                .toList();
    }

    private static List<Breakage> sample(RandomGenerator lots) {
        List<Link> links = shuffled(Link.values(), lots);
        List<Trouble> troubles = new ArrayList<>();
        while (troubles.size() < links.size() * OF_A_LINK) {
            troubles.addAll(shuffled(Trouble.values(), lots));
        }
        List<Breakage> sample = new ArrayList<>();
        for (int i = 0; i < links.size() * OF_A_LINK; i++) {
            sample.add(new Breakage(links.get(i / OF_A_LINK), troubles.get(i)));
        }
        return sample;
    }

    private static <T> List<T> shuffled(T[] all, RandomGenerator lots) {
        List<T> list = new ArrayList<>(List.of(all));
        Collections.shuffle(list, lots);
        return list;
    }

    /** Longer than whoever asks over this link waits for an answer. */
    Duration length() {
        return link == Link.GATEWAY ? LENGTH_FOR_AGENTS : LENGTH;
    }

    /** As a node's name may hold it. */
    String words() {
        return link.word() + "-" + trouble.word();
    }
}
