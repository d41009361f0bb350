package io.nodejoin.client.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import io.nodejoin.activities.RootCause;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.config.TemporalTls;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a call of Temporal failed: in a sentence with the address tried, and with the code that has the remedy. */
public final class TemporalFault {
    private static final String ALERT = "Received fatal alert: ";
    /** What gRPC says of an alert in place of a frame: the answer of a server that wants TLS. */
    private static final String NO_HTTP = "http2 exception";

    private final StatusRuntimeException thrown;
    private final TemporalEndpoint endpoint;
    private final TemporalConfig at;

    private TemporalFault(StatusRuntimeException thrown, TemporalEndpoint endpoint) {
        this.thrown = thrown;
        this.endpoint = endpoint;
        this.at = endpoint.config();
    }

    /** Returns the problem of a call at this address. */
    public static Problem describe(StatusRuntimeException thrown, TemporalEndpoint endpoint) {
        return new TemporalFault(thrown, endpoint).problem();
    }

    private Problem problem() {
        return switch (thrown.getStatus().getCode()) {
            case NOT_FOUND -> problem(ErrorCode.TEMPORAL_NOT_PREPARED, "has no namespace " + at.namespace());
            case INVALID_ARGUMENT ->
                problem(
                        ErrorCode.TEMPORAL_NOT_PREPARED,
                        "refuses the search in namespace " + at.namespace() + " (" + description()
                                + "); the service registers the search attributes when it starts");
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                problem(ErrorCode.TEMPORAL_AUTH_FAILED, "refuses " + credential() + ": " + description());
            case UNAVAILABLE, INTERNAL -> unavailable();
            case DEADLINE_EXCEEDED -> problem(ErrorCode.TEMPORAL_UNAVAILABLE, "does not answer in time");
            default -> problem(ErrorCode.TEMPORAL_UNAVAILABLE, "does not answer: " + description());
        };
    }

    private Problem unavailable() {
        SSLException tls = tlsFailure(thrown);
        if (tls != null) {
            return handshake(tls, RootCause.find(tls));
        }
        String reason = thrown.getCause() == null ? description() : RootCause.message(thrown);
        return at.tls() == null && description().contains(NO_HTTP)
                ? problem(ErrorCode.TEMPORAL_UNTRUSTED, "wants TLS, it seems, and temporal.tls is not set")
                : problem(ErrorCode.TEMPORAL_UNAVAILABLE, "does not answer: " + reason);
    }

    private Problem handshake(SSLException tls, Throwable cause) {
        String message = String.valueOf(tls.getMessage());
        if (message.contains(ALERT)) {
            return problem(
                    ErrorCode.TEMPORAL_AUTH_FAILED,
                    "refuses " + certificate() + " (TLS alert "
                            + message.substring(message.indexOf(ALERT) + ALERT.length()) + ")");
        }
        return switch (cause) {
            case CertPathBuilderException _, CertPathValidatorException _ ->
                problem(
                        ErrorCode.TEMPORAL_UNTRUSTED,
                        "has a certificate that cannot be verified with " + authorities() + ": " + cause.getMessage());
            case CertificateException _ ->
                problem(ErrorCode.TEMPORAL_UNTRUSTED, "has a certificate that is not accepted: " + cause.getMessage());
            case NotSslRecordException _ -> problem(ErrorCode.TEMPORAL_UNTRUSTED, "does not speak TLS");
            default -> problem(ErrorCode.TEMPORAL_UNTRUSTED, "makes no TLS connection: " + cause.getMessage());
        };
    }

    private Problem problem(ErrorCode code, String what) {
        return new Problem(code, "Temporal at " + at.target() + " " + what);
    }

    private String credential() {
        return endpoint.hasApiKey() ? "the API key" : certificate();
    }

    private String certificate() {
        TemporalTls tls = at.tls();
        return tls == null || tls.certFile() == null ? "a client without a certificate" : "the client certificate";
    }

    private String authorities() {
        TemporalTls tls = at.tls();
        return tls == null || tls.caFile() == null
                ? "the CAs that Java trusts"
                : tls.caFile().toString();
    }

    private String description() {
        Status status = thrown.getStatus();
        return status.getDescription() == null ? status.getCode().name() : status.getDescription();
    }

    private static @Nullable SSLException tlsFailure(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException tls) {
                return tls;
            }
        }
        return null;
    }
}
