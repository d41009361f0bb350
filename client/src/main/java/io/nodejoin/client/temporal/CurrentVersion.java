package io.nodejoin.client.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.client.config.TemporalDeployment;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether Temporal gives new joins to any version of the service. Workers with a version get none until somebody has said which version is
 * the current one.
 */
public final class CurrentVersion {
    /** Temporal is checked once a second; what is set rarely changes. */
    private static final int CHECKS = 30;

    private final TemporalDeployment deployment;
    private final TemporalEndpoint endpoint;
    private final Supplier<String> lookup;
    private int checksLeft;

    /** @param lookup returns the build id of the current version, empty if there is none */
    CurrentVersion(TemporalDeployment deployment, TemporalEndpoint endpoint, Supplier<String> lookup) {
        this.deployment = deployment;
        this.endpoint = endpoint;
        this.lookup = lookup;
    }

    /** Returns why new joins wait; empty if they do not. Calls the server until there is a current version, and then now and then. */
    public Optional<Problem> problem() {
        if (checksLeft > 0) {
            checksLeft--;
            return Optional.empty();
        }
        try {
            if (lookup.get().isEmpty()) {
                return Optional.of(unset());
            }
            checksLeft = CHECKS;
            return Optional.empty();
        } catch (StatusRuntimeException e) {
            // Not there before the first poll of its workers has arrived.
            return Optional.of(
                    e.getStatus().getCode() == Status.Code.NOT_FOUND ? unset() : TemporalFault.describe(e, endpoint));
        }
    }

    private Problem unset() {
        return new Problem(
                ErrorCode.TEMPORAL_NOT_PREPARED,
                "the worker deployment %s has no current version, so new joins wait; set it: temporal worker deployment"
                                .formatted(deployment.name())
                        + " set-current-version --namespace %s --deployment-name %s --build-id %s"
                                .formatted(endpoint.config().namespace(), deployment.name(), deployment.buildId()));
    }
}
