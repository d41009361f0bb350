package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.check.Checker.SecretScan;
import io.nodejoin.testbed.check.Violation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs experiments in sequence on one bed, and checks for orphaned tokens every second. */
final class Chaos {
    private static final List<Experiment> ALL = List.of(
            new ComponentKills("service kills", KillTarget.service()),
            new LostResponses(),
            new ApiErrors(),
            new Compensations(),
            new ComponentKills("kafka kills", KillTarget.kafka()),
            new ComponentKills("temporal kills", KillTarget.temporal()),
            new Pauses(),
            new NetworkFaults(),
            new TemporalThrottling(),
            new FullDisks(),
            new TotalOutage(),
            new Duplicates(),
            new Redeliveries(),
            new JoinStorm(),
            new WideKills(),
            new RollingUpgrade());

    private Chaos() {}

    /** The names of all experiments. */
    static List<String> names() {
        return ALL.stream().map(Experiment::name).toList();
    }

    private static Experiment find(String name) {
        return ALL.stream()
                .filter(experiment -> experiment.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no experiment is called '" + name + "': " + names()));
    }

    /** Those of these experiments that need a wide bed, or those that do not. */
    static List<String> select(List<String> names, boolean wide) {
        return names.stream().filter(name -> find(name).isWide() == wide).toList();
    }

    /**
     * Runs these experiments and reports each as it ends; at last the orphaned tokens, the remaining ledger entries,
     * and the places that contain secrets.
     */
    static void run(List<String> names, ChaosBed bed, Scale scale, Consumer<Findings> told) {
        OrphanTokenMonitor orphans = new OrphanTokenMonitor(bed.checker());
        orphans.start();
        for (String name : names) {
            told.accept(timed(() -> find(name).run(bed, scale)));
        }
        told.accept(orphans.stopAndReport());
        told.accept(checkLedger(bed));
        told.accept(timed(() -> checkSecrets(bed)));
    }

    private static Findings timed(Supplier<Findings> search) {
        long begin = System.nanoTime();
        return search.get().with("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
    }

    /** No join runs any more. */
    private static Findings checkLedger(ChaosBed bed) {
        List<String> owed = bed.awaitEmptyLedger();
        return new Findings("ledger at the end", owed).with("entries", owed.size());
    }

    /** Nothing written is ever deleted, so one scan at the end covers everything. */
    private static Findings checkSecrets(ChaosBed bed) {
        SecretScan scan = bed.checker().scanForSecrets();
        return new Findings(
                        "secrets",
                        scan.found().stream().map(Violation::toString).toList())
                .with("looked for", scan.secrets())
                .with("places", scan.places());
    }
}
