package io.nodejoin.testbed.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** kill -9 of one part at every step of a join; it comes back with what it had on its disk. */
record Kills(String name, Victim victim) implements Experiment {
    private static final Duration ENDS = Duration.ofMinutes(4);

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        List<List<Cell>> rounds = Cell.rounds(scale, name);
        List<String> failures = new ArrayList<>();
        int cells = 0;
        int joins = 0;
        int kills = 0;
        for (int round = 0; round < rounds.size(); round++) {
            Sweep sweep = new Sweep(bed, name.replace(' ', '-') + round, rounds.get(round));
            failures.addAll(victim.strike(bed, sweep));
            bed.serve();
            failures.addAll(bed.finish(sweep.joins(), ENDS));
            cells += rounds.get(round).size();
            joins += sweep.joins().size();
            kills += sweep.blows();
        }
        return new Findings(name, failures)
                .with("joins", joins)
                .with("steps with a cut", cells)
                .with("kills", kills);
    }
}
