package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.certificate.ServingOrder;
import java.time.Duration;

/** The serving inventory; a kubelet that runs gets its certificate some seconds after it is in it. */
final class ServingCalls implements ServingActivities {
    private final World world;
    private final ActivityExecution execution;
    private final Api api;

    ServingCalls(World world, ActivityExecution execution) {
        this.world = world;
        this.execution = execution;
        this.api = new Api(world, execution);
    }

    @Override
    public void declare(ServingInventory inventory) {
        api.effect("declare serving", () -> {
            world.api.served.put(inventory.name().value(), inventory);
            return true;
        });
    }

    @Override
    public CertificateDecision awaitIssued(ServingOrder order) {
        while (true) {
            boolean runs = api.call("list serving requests", () -> world.host.runsKubelet());
            Duration left = Duration.between(world.timeline.now(), order.deadline());
            if (runs && world.chance.percent(50)) {
                return new CertificateDecision.Issued(
                        "serving",
                        "serving-key",
                        world.api.time(),
                        world.api.time().plus(Duration.ofDays(1)));
            }
            if (!left.isPositive()) {
                return new CertificateDecision.Missing(new Problem(ErrorCode.CSR_TIMEOUT, "no serving request"));
            }
            execution.pulse();
            Duration poll = world.chance.seconds(1, 5);
            execution.sleep(left.compareTo(poll) < 0 ? left : poll);
        }
    }

    @Override
    public void withdraw(ServingInventory inventory) {
        api.effect(
                "withdraw serving",
                () -> world.api.served.remove(inventory.name().value(), inventory));
    }
}
