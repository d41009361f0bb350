package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.queue.TaskQueues;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The replicas of the service, and the tasks that wait for one of them. */
final class Workers {
    private static final Duration WAIT = Duration.ofSeconds(1);

    final List<Replica> replicas = List.of(new Replica("a"), new Replica("b"));

    private final Timeline timeline;
    private final Chance chance;
    private final Consumer<ActivityExecution> executor;

    Workers(Timeline timeline, Chance chance, Consumer<ActivityExecution> executor) {
        this.timeline = timeline;
        this.chance = chance;
        this.executor = executor;
    }

    void execute(ActivityExecution execution) {
        executor.accept(execution);
    }

    /** Hands the task of a queue to a replica that polls it, as soon as there is one and as long as the task is wanted. */
    void take(String queue, BooleanSupplier wanted, Consumer<Replica> start) {
        timeline.after(chance.millis(1, 20), () -> offer(queue, wanted, start));
    }

    private void offer(String queue, BooleanSupplier wanted, Consumer<Replica> start) {
        if (!wanted.getAsBoolean()) {
            return;
        }
        List<Replica> polling = replicas.stream()
                .filter(replica -> replica.answers(timeline.now()))
                .filter(replica -> queue.equals(TaskQueues.NODEJOIN) || queue.equals(TaskQueues.gateway(replica.name)))
                .toList();
        if (polling.isEmpty()) {
            timeline.after(WAIT, () -> offer(queue, wanted, start));
        } else {
            start.accept(chance.oneOf(polling));
        }
    }

    Replica named(String name) {
        return replicas.stream()
                .filter(replica -> replica.name.equals(name))
                .findFirst()
                .orElseThrow();
    }
}
