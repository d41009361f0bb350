package io.nodejoin.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.client.temporal.TemporalFault;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;

/** Says why Temporal does not answer a command: with the address tried, and the setting or the command that helps. */
record TemporalCalls(TemporalEndpoint endpoint) {

    String describe(StatusRuntimeException e) {
        Problem problem = TemporalFault.describe(e, endpoint);
        return problem.code() == ErrorCode.TEMPORAL_UNAVAILABLE
                ? "cannot reach Temporal at %s: %s; set TEMPORAL_ADDRESS, or temporal.target in the file of --config"
                        .formatted(at().target(), reason(e))
                : problem.toLine();
    }

    /** Returns the failure of a call that Temporal accepted, and no worker of the service took. */
    CliException noWorker() {
        return new CliException(
                ExitCodes.UNREACHABLE,
                "the service is down: Temporal at %s responds, and no worker of Nodejoin polls its namespace %s"
                                .formatted(at().target(), at().namespace())
                        + ". Start it (nodejoin serve), or set temporal.namespace in the file of --config",
                null);
    }

    private TemporalConfig at() {
        return endpoint.config();
    }

    private static String reason(StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "no answer in time";
        }
        if (e.getCause() != null) {
            return ConnectionFault.describe(e);
        }
        String description = e.getStatus().getDescription();
        return description == null ? e.getStatus().getCode().name() : description;
    }
}
