package io.nodejoin.testbed.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** kill -9 of one component at every step of a join; it restarts with the state on its disk. */
record ComponentKills(String name, KillTarget target) implements Experiment {
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(4);

    @Override
    public Findings run(ChaosBed bed, Scale scale) {
        List<List<KillPoint>> rounds = KillPoint.rounds(scale, name);
        List<String> failures = new ArrayList<>();
        int cells = 0;
        int joins = 0;
        int kills = 0;
        for (int round = 0; round < rounds.size(); round++) {
            KillSweep sweep = new KillSweep(bed, name.replace(' ', '-') + round, rounds.get(round));
            failures.addAll(target.killDuring(bed, sweep));
            bed.killAndRestartService();
            failures.addAll(bed.awaitAndCheck(sweep.joins(), COMPLETION_TIMEOUT));
            cells += rounds.get(round).size();
            joins += sweep.joins().size();
            kills += sweep.kills();
        }
        return new Findings(name, failures)
                .with("joins", joins)
                .with("kill points", cells)
                .with("kills", kills);
    }
}
