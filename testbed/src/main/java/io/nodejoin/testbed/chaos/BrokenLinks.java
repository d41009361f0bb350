package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.links.BrokenLink;
import io.nodejoin.testbed.links.Links;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The network between the service and what it needs, and between agents and service, is broken while joins run, for longer than anybody
 * waits for an answer, and mended.
 */
final class BrokenLinks implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(5);

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
        Rounds rounds = new Rounds(bed, scale.lots(name()));
        Map<String, Number> figures = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (Breakage breakage : breakages) {
            rounds.strike("link-" + breakage.words(), () -> {
                int open = rounds.joins().size() - bed.ends().of(rounds.joins()).size();
                long bytes = breakAndMend(bed.parts().links(), breakage);
                figures.put("bytes that met " + breakage.words(), bytes);
                if (bytes == 0 || open == 0) {
                    failures.add(breakage.words() + " met " + bytes + " bytes, and " + open + " joins under way");
                }
            });
        }
        failures.addAll(bed.finish(rounds.joins(), ENDS));
        figures.put("troubles", breakages.size());
        figures.put("joins", rounds.joins().size());
        return new Findings(name(), figures, failures);
    }

    private static long breakAndMend(Links links, Breakage breakage) {
        BrokenLink broken = links.breakDown(breakage.link(), breakage.trouble(), breakage.length());
        ChaosBed.letPass(breakage.length());
        return broken.mend();
    }
}
