package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.temporal.TaskQueues;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The replicas of the service, and the tasks that wait for one of them. */
final class Replicas {
    private static final Duration WAIT = Duration.ofSeconds(1);

    final List<Replica> replicas = List.of(new Replica("a"), new Replica("b"));

    private final VirtualTime timeline;
    private final SeededRandom chance;
    private final Consumer<ActivityAttempt> executor;

    Replicas(VirtualTime timeline, SeededRandom chance, Consumer<ActivityAttempt> executor) {
        this.timeline = timeline;
        this.chance = chance;
        this.executor = executor;
    }

    void execute(ActivityAttempt execution) {
        executor.accept(execution);
    }

    /** Hands the task of a queue to a replica that polls it, as soon as there is one and as long as the task is wanted. */
    void dispatch(String queue, BooleanSupplier wanted, Consumer<Replica> start) {
        timeline.scheduleAfter(chance.nextMillis(1, 20), () -> dispatchOnce(queue, wanted, start));
    }

    private void dispatchOnce(String queue, BooleanSupplier wanted, Consumer<Replica> start) {
        if (!wanted.getAsBoolean()) {
            return;
        }
        List<Replica> polling = replicas.stream()
                .filter(replica -> replica.isResponsive(timeline.now()))
                .filter(replica -> queue.equals(TaskQueues.NODEJOIN) || queue.equals(TaskQueues.gateway(replica.name)))
                .toList();
        if (polling.isEmpty()) {
            timeline.scheduleAfter(WAIT, () -> dispatchOnce(queue, wanted, start));
        } else {
            start.accept(chance.pick(polling));
        }
    }

    Replica named(String name) {
        return replicas.stream()
                .filter(replica -> replica.name.equals(name))
                .findFirst()
                .orElseThrow();
    }
}
