package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.csr.ServingCertificateRequest;
import java.time.Duration;

/** The allowed serving SANs; a running kubelet gets its certificate some seconds after its entry is stored. */
final class SimulatedServingCertificateActivities implements ServingCertificateActivities {
    private final World world;
    private final ActivityAttempt execution;
    private final FaultyCalls api;

    SimulatedServingCertificateActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.execution = execution;
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public void allowSans(AllowedServingSans sans) {
        api.effect("declare serving", () -> {
            // The entry names its Node as its owner: Kubernetes' garbage collector deletes one whose owner is gone.
            if (world.api.node != null && world.api.node.uid.equals(sans.node().uid())) {
                world.api.servingSans.put(sans.nodeName().value(), sans);
            }
            return true;
        });
    }

    @Override
    public CertificateResult awaitIssued(ServingCertificateRequest request) {
        while (true) {
            boolean runs = api.call("list serving requests", () -> world.host.runsKubelet());
            Duration left = Duration.between(world.timeline.now(), request.deadline());
            if (runs && world.random.nextPercent(50)) {
                return new CertificateResult.Issued(
                        "serving",
                        "serving-key",
                        world.api.time(),
                        world.api.time().plus(Duration.ofDays(1)));
            }
            if (!left.isPositive()) {
                return new CertificateResult.TimedOut(new Problem(ErrorCode.CSR_TIMEOUT, "no serving request"));
            }
            execution.reportWaiting();
            Duration poll = world.random.nextSeconds(1, 5);
            execution.sleep(left.compareTo(poll) < 0 ? left : poll);
        }
    }

    @Override
    public void disallowSans(AllowedServingSans sans) {
        api.effect(
                "withdraw serving",
                () -> world.api.servingSans.remove(sans.nodeName().value(), sans));
    }
}
