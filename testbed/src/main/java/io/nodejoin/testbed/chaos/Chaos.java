package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.check.SecretLook;
import io.nodejoin.testbed.check.Violation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** All experiments, one after the other, on one bed, with one look a second for orphan tokens. */
final class Chaos {
    private static final List<Experiment> ALL = List.of(
            new Kills("service kills", Victim.service()),
            new LostAnswers(),
            new Refusals(),
            new Compensations(),
            new Kills("kafka kills", Victim.kafka()),
            new Kills("temporal kills", Victim.temporal()),
            new Pauses(),
            new BrokenLinks(),
            new Throttled(),
            new FullDisks(),
            new AllDown(),
            new Duplicates(),
            new Redeliveries(),
            new Storm());

    private Chaos() {}

    /** The names of all experiments. */
    static List<String> names() {
        return ALL.stream().map(Experiment::name).toList();
    }

    private static Findings run(String name, ChaosBed bed, Scale scale) {
        return ALL.stream()
                .filter(experiment -> experiment.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no experiment is called '" + name + "': " + names()))
                .run(bed, scale);
    }

    /**
     * Runs these experiments and tells each as it ends; at last, what the look for orphan tokens saw, what stays in the ledger, and which
     * secrets stand anywhere.
     */
    static void run(List<String> names, ChaosBed bed, Scale scale, Consumer<Findings> told) {
        OrphanWatch orphans = new OrphanWatch(bed.checker());
        orphans.start();
        for (String name : names) {
            told.accept(timed(() -> run(name, bed, scale)));
        }
        told.accept(orphans.stop());
        told.accept(emptyLedger(bed));
        told.accept(timed(() -> secrets(bed)));
    }

    private static Findings timed(Supplier<Findings> search) {
        long begin = System.nanoTime();
        return search.get().with("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
    }

    /** No join runs any more. */
    private static Findings emptyLedger(ChaosBed bed) {
        List<String> owed = bed.settle();
        return new Findings("ledger at the end", owed).with("entries", owed.size());
    }

    /** Whatever was ever written is still there, so one look sees it all. */
    private static Findings secrets(ChaosBed bed) {
        SecretLook look = bed.checker().lookForSecrets();
        return new Findings(
                        "secrets",
                        look.found().stream().map(Violation::toString).toList())
                .with("looked for", look.secrets())
                .with("places", look.places());
    }
}
