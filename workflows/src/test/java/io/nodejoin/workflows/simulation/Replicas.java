package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.temporal.TaskQueues;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The replicas of the service, and the queued tasks. */
final class Replicas {
    private static final Duration WAIT = Duration.ofSeconds(1);

    final List<Replica> replicas = List.of(new Replica("a"), new Replica("b"));

    private final VirtualTime timeline;
    private final SeededRandom random;
    private final Consumer<ActivityAttempt> executor;

    Replicas(VirtualTime timeline, SeededRandom random, Consumer<ActivityAttempt> executor) {
        this.timeline = timeline;
        this.random = random;
        this.executor = executor;
    }

    void execute(ActivityAttempt execution) {
        executor.accept(execution);
    }

    /** Dispatches a task to a replica that polls its queue, as soon as there is one, unless the task is cancelled. */
    void dispatch(String queue, BooleanSupplier wanted, Consumer<Replica> start) {
        timeline.scheduleAfter(random.nextMillis(1, 20), () -> dispatchOnce(queue, wanted, start));
    }

    private void dispatchOnce(String queue, BooleanSupplier wanted, Consumer<Replica> start) {
        if (!wanted.getAsBoolean()) {
            return;
        }
        List<Replica> polling = replicas.stream()
                .filter(replica -> replica.isResponsive(timeline.now()))
                .filter(replica -> queue.equals(TaskQueues.NODEJOIN)
                        || queue.equals(TaskQueues.APPROVER)
                        || queue.equals(TaskQueues.gateway(replica.name)))
                .toList();
        if (polling.isEmpty()) {
            timeline.scheduleAfter(WAIT, () -> dispatchOnce(queue, wanted, start));
        } else {
            start.accept(random.pick(polling));
        }
    }

    Replica named(String name) {
        return replicas.stream()
                .filter(replica -> replica.name.equals(name))
                .findFirst()
                .orElseThrow();
    }
}
