package io.nodejoin.activities.kubernetes.node;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import java.net.HttpURLConnection;
import java.util.function.Supplier;

/** Tells a write of a Node that an admission policy refuses from one that lacks a right. */
final class PolicyRefusals {
    private PolicyRefusals() {}

    /** Runs a write. Fails with LABEL_NOT_ALLOWED if an admission policy refuses it. */
    static <T> T named(Supplier<T> write) {
        try {
            return write.get();
        } catch (KubernetesClientException e) {
            throw isByPolicy(e)
                    ? Failures.of(
                            FailureType.FORBIDDEN,
                            new Problem(
                                    ErrorCode.LABEL_NOT_ALLOWED, e.getStatus().getMessage()))
                    : e;
        }
    }

    /** A missing right is refused with the same status, but not by an admission policy. */
    private static boolean isByPolicy(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                && e.getStatus() != null
                && e.getStatus().getMessage().contains("ValidatingAdmissionPolicy");
    }
}
