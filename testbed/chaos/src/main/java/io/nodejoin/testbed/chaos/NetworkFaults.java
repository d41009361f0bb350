package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.testbed.links.InjectedFault;
import io.nodejoin.testbed.links.Link;
import io.nodejoin.testbed.links.Links;
import io.nodejoin.testbed.links.NetworkFault;
import io.nodejoin.testbed.process.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Injects each network fault into the links from the service to its dependencies and from agents to the service while
 * joins run, for longer than the clients' timeouts; at last partitions all links and heals them one by one.
 */
final class NetworkFaults implements Experiment {
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration PAUSE_BETWEEN_LINKS = Duration.ofSeconds(2);
    /** The longest time for which an agent does not contact the service: one long poll. */
    private static final Duration SILENCE = PollRequest.MAX_POLL_DURATION;

    @Override
    public String name() {
        return "broken links";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        ChaosBed linked = bed.restartOverLinks();
        try {
            return injectEach(LinkFault.draw(scale.full(), new SplittableRandom(scale.seed())), linked, scale);
        } finally {
            bed.restartWithoutProxies();
        }
    }

    private Findings injectEach(List<LinkFault> breakages, ChaosBed bed, Scale scale) {
        Random seededRandom = scale.randomFor(name());
        Links links = bed.testBed().links();
        Map<String, LongSupplier> troubles = new LinkedHashMap<>();
        breakages.forEach(linkFault -> troubles.put(linkFault.nodeNamePart(), () -> injectAndHeal(links, linkFault)));
        troubles.put("all-in-turn", () -> partitionAllAndHealInTurn(links, seededRandom));
        RandomFaults rounds = new RandomFaults(bed, seededRandom);
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        troubles.forEach((trouble, blow) -> rounds.startJoinsAndInject("link-" + trouble, () -> {
            long bytes = blow.getAsLong();
            figures.put("bytes that met " + trouble, bytes);
            if (bytes == 0) {
                failures.add(trouble + " met no bytes");
            }
        }));
        failures.addAll(rounds.awaitAndCheck(COMPLETION_TIMEOUT));
        figures.put("troubles", troubles.size());
        figures.put("joins", rounds.joins().size());
        return new Findings(name(), figures, failures);
    }

    /** Heals it once its time has passed and it has affected traffic. */
    private static long injectAndHeal(Links links, LinkFault linkFault) {
        InjectedFault broken = links.injectFault(linkFault.link(), linkFault.fault(), linkFault.duration());
        ChaosBed.waitFor(linkFault.duration());
        Await.until(SILENCE, () -> broken.affectedBytes() > 0);
        return broken.heal();
    }

    /** Returns the affected bytes of the least used link. */
    private static long partitionAllAndHealInTurn(Links links, Random seededRandom) {
        List<Link> order = new ArrayList<>(List.of(Link.values()));
        Collections.shuffle(order, seededRandom);
        List<InjectedFault> stopped = new ArrayList<>();
        for (Link link : order) {
            stopped.add(links.injectFault(link, NetworkFault.PARTITION, Duration.ZERO));
            ChaosBed.waitFor(PAUSE_BETWEEN_LINKS);
        }
        ChaosBed.waitFor(LinkFault.DURATION_FOR_AGENTS);
        Collections.shuffle(stopped, seededRandom);
        long least = Long.MAX_VALUE;
        for (InjectedFault link : stopped) {
            least = Math.min(least, link.heal());
            ChaosBed.waitFor(PAUSE_BETWEEN_LINKS);
        }
        return least;
    }
}
