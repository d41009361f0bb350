package io.nodejoin.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.service.config.TemporalConfig;
import io.nodejoin.service.temporal.TemporalEndpoint;
import io.nodejoin.service.temporal.TemporalFault;
import io.temporal.client.WorkflowServiceException;
import java.util.function.Supplier;

/** Calls Temporal. A failure names the address tried, and the setting or the command that helps. */
record TemporalCalls(TemporalEndpoint endpoint) {

    <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw unanswered(e);
        } catch (WorkflowServiceException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw unanswered(status);
            }
            throw e;
        }
    }

    /** Returns the failure of a call that Temporal accepted, and no worker of the service took. */
    CliException noWorker(Throwable thrown) {
        return new CliException(
                ExitCodes.UNREACHABLE,
                "the service is down: Temporal at %s responds, and no worker of Nodejoin polls its namespace %s"
                                .formatted(at().target(), at().namespace())
                        + ". Start it (nodejoin serve), or set temporal.namespace in the file of --config",
                thrown);
    }

    private CliException unanswered(StatusRuntimeException e) {
        return switch (e.getStatus().getCode()) {
            case FAILED_PRECONDITION -> noWorker(e);
            case NOT_FOUND ->
                failure(
                        "Temporal at %s has no namespace %s: create it, or set temporal.namespace in the file of --config"
                                .formatted(at().target(), at().namespace()),
                        e);
            case INVALID_ARGUMENT ->
                failure(
                        "Temporal at %s refuses the search in namespace %s (%s): start the service once (nodejoin serve),"
                                        .formatted(at().target(), at().namespace(), description(e.getStatus()))
                                + " which registers the search attributes of joins",
                        e);
            default -> unanswered(TemporalFault.describe(e, endpoint), e);
        };
    }

    private CliException unanswered(Problem problem, StatusRuntimeException e) {
        return problem.code() == ErrorCode.TEMPORAL_UNAVAILABLE
                ? failure(
                        "cannot reach Temporal at %s: %s; set TEMPORAL_ADDRESS, or temporal.target in the file of --config"
                                .formatted(at().target(), reason(e)),
                        e)
                : failure(problem.toLine(), e);
    }

    private TemporalConfig at() {
        return endpoint.config();
    }

    private static CliException failure(String message, Throwable thrown) {
        return new CliException(ExitCodes.UNREACHABLE, message, thrown);
    }

    private static String reason(StatusRuntimeException e) {
        return switch (e.getStatus().getCode()) {
            case DEADLINE_EXCEEDED -> "no answer in time";
            case UNAVAILABLE -> e.getCause() == null ? description(e.getStatus()) : ConnectionFault.describe(e);
            default -> description(e.getStatus());
        };
    }

    private static String description(Status status) {
        String description = status.getDescription();
        return description == null ? status.getCode().name() : description;
    }
}
