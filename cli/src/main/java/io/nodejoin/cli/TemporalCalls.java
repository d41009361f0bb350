package io.nodejoin.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.client.temporal.TemporalFault;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.visibility.join.Lookup;

/** Says why Temporal does not answer a command: with the address tried, and the setting or the command that helps. */
record TemporalCalls(TemporalEndpoint endpoint) {

    String describe(StatusRuntimeException e) {
        Problem problem = TemporalFault.describe(e, endpoint);
        return problem.code() == ErrorCode.TEMPORAL_UNAVAILABLE
                ? "cannot reach Temporal at %s: %s; set TEMPORAL_ADDRESS, or temporal.target in the file of --config"
                        .formatted(at().target(), reason(e))
                : problem.toLine();
    }

    /** Returns the answer; throws what its lack means for a command. */
    <T> T valueOf(Lookup<T> lookup) {
        return switch (lookup) {
            case Lookup.Found<T>(T value) -> value;
            case Lookup.NotFound<T>(String detail) -> throw new CliException(ExitCodes.NOT_FOUND, detail, null);
            case Lookup.Unreachable<T>(Lookup.Source source, String detail) -> throw unreachable(source, detail);
        };
    }

    CliException unreachable(Lookup.Source source, String detail) {
        return switch (source) {
            case TEMPORAL -> new CliException(ExitCodes.UNREACHABLE, detail, null);
            case WORKER -> noWorker();
        };
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
