package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.testbed.links.BrokenLink;
import io.nodejoin.testbed.links.Link;
import io.nodejoin.testbed.links.Links;
import io.nodejoin.testbed.links.Trouble;
import io.nodejoin.testbed.process.Waiting;
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
 * The network between the service and what it needs, and between agents and service, is broken while joins run, for longer than anybody
 * waits for an answer, and mended: one link at a time in each way, and at last all links, which stop and come back one by one.
 */
final class BrokenLinks implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(5);
    private static final Duration BETWEEN_LINKS = Duration.ofSeconds(2);
    /** Agents that wait for the service, which waits for another link to heal, say nothing for this long. */
    private static final Duration SILENT = PollRequest.ANSWERED_WITHIN;

    @Override
    public String name() {
        return "broken links";
    }

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        ChaosBed linked = bed.overLinks();
        try {
            return breakEach(Breakage.drawn(scale.whole(), new SplittableRandom(scale.seed())), linked, scale);
        } finally {
            bed.directly();
        }
    }

    private Findings breakEach(List<Breakage> breakages, ChaosBed bed, Scale scale) {
        Random lots = scale.lots(name());
        Links links = bed.parts().links();
        Map<String, LongSupplier> troubles = new LinkedHashMap<>();
        breakages.forEach(breakage -> troubles.put(breakage.words(), () -> breakAndMend(links, breakage)));
        troubles.put("all-in-turn", () -> stopAndMendInTurn(links, lots));
        Rounds rounds = new Rounds(bed, lots);
        SequencedMap<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        troubles.forEach((trouble, blow) -> rounds.strike("link-" + trouble, () -> {
            long bytes = blow.getAsLong();
            figures.put("bytes that met " + trouble, bytes);
            if (bytes == 0) {
                failures.add(trouble + " met no bytes");
            }
        }));
        failures.addAll(rounds.finish(ENDS));
        figures.put("troubles", troubles.size());
        figures.put("joins", rounds.joins().size());
        return new Findings(name(), figures, failures);
    }

    /** Mends it once its time is over and it has met somebody. */
    private static long breakAndMend(Links links, Breakage breakage) {
        BrokenLink broken = links.breakDown(breakage.link(), breakage.trouble(), breakage.length());
        ChaosBed.letPass(breakage.length());
        Waiting.until(SILENT, () -> broken.met() > 0);
        return broken.mend();
    }

    /** Returns how many bytes have met the link that was least in use. */
    private static long stopAndMendInTurn(Links links, Random lots) {
        List<Link> order = new ArrayList<>(List.of(Link.values()));
        Collections.shuffle(order, lots);
        List<BrokenLink> stopped = new ArrayList<>();
        for (Link link : order) {
            stopped.add(links.breakDown(link, Trouble.PARTITION, Duration.ZERO));
            ChaosBed.letPass(BETWEEN_LINKS);
        }
        ChaosBed.letPass(Breakage.LENGTH_FOR_AGENTS);
        Collections.shuffle(stopped, lots);
        long least = Long.MAX_VALUE;
        for (BrokenLink link : stopped) {
            least = Math.min(least, link.mend());
            ChaosBed.letPass(BETWEEN_LINKS);
        }
        return least;
    }
}
