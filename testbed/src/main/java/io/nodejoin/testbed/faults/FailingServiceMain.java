package io.nodejoin.testbed.faults;

import io.nodejoin.service.Main;
import io.nodejoin.service.Seams;
import java.util.List;

/** Nodejoin's own program with one fail point in it. What fails where is in the environment, see {@link FailPoint}. */
public final class FailingServiceMain {
    private FailingServiceMain() {}

    /** Arguments are those of {@code nodejoin}. */
    public static void main(String[] arguments) {
        Trap trap = new Trap(FailPoint.of(System.getenv()));
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
