package io.nodejoin.testbed.failpoint;

import io.nodejoin.service.main.ServiceMain;
import io.nodejoin.service.wiring.EffectInterceptors;
import java.time.Clock;
import java.util.List;

/** Nodejoin's own program with fail points in it, see {@link FailPlan}. */
public final class FailPointServiceMain {
    private FailPointServiceMain() {}

    /** Arguments are those of {@code nodejoin}. */
    public static void main(String[] arguments) {
        FailPointTrigger trigger =
                new FailPointTrigger(FailPlan.readFromEnvironment(System.getenv()), Clock.systemUTC());
        FailPointKafkaClients kafka = new FailPointKafkaClients(trigger);
        ServiceMain.run(
                arguments,
                new EffectInterceptors(
                        List.of(new FailPointWorkerInterceptor(trigger)),
                        List.of(new FailPointClientInterceptor(trigger)),
                        kafka::wrap,
                        kafka::wrap));
    }
}
