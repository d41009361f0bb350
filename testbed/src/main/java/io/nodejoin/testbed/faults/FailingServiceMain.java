package io.nodejoin.testbed.faults;

import io.nodejoin.cli.Main;
import io.nodejoin.service.wiring.Seams;
import java.time.Clock;
import java.util.List;

/** Nodejoin's own program with fail points in it, see {@link FailPlan}. */
public final class FailingServiceMain {
    private FailingServiceMain() {}

    /** Arguments are those of {@code nodejoin}. */
    public static void main(String[] arguments) {
        Trap trap = new Trap(FailPlan.of(System.getenv()), Clock.systemUTC());
        TrappedKafka kafka = new TrappedKafka(trap);
        Main.run(
                arguments,
                new Seams(
                        List.of(new TrappedWorkers(trap)),
                        List.of(new TrappedClients(trap)),
                        kafka::around,
                        kafka::around));
    }
}
