package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.protocol.ErrorCode;

/** The class of a failure's reason, by which an autoscaler decides what to do next. */
public enum ReasonClass {
    @JsonProperty("capacity")
    CAPACITY,
    @JsonProperty("host-preflight")
    HOST_PREFLIGHT,
    @JsonProperty("host-step")
    HOST_STEP,
    @JsonProperty("network")
    NETWORK,
    @JsonProperty("identity")
    IDENTITY,
    @JsonProperty("control-plane")
    CONTROL_PLANE,
    @JsonProperty("timeout")
    TIMEOUT,
    @JsonProperty("cancelled")
    CANCELLED,
    @JsonProperty("request")
    REQUEST;

    /** Returns the class of an error code. */
    public static ReasonClass of(ErrorCode code) {
        return switch (code) {
            case TOKEN_QUOTA_EXCEEDED, CLUSTER_THROTTLED, RATE_LIMITED -> CAPACITY;
            case HOST_PREFLIGHT_FAILED, HOST_CLOCK_SKEW -> HOST_PREFLIGHT;
            case HOST_PREPARE_FAILED,
                    HOST_COMMAND_FAILED,
                    HOST_DISK_FULL,
                    HOST_PATH_UNSAFE,
                    HOST_RESET_FAILED,
                    ARTIFACT_DIGEST_MISMATCH,
                    HOST_ROLLBACK_INCOMPLETE,
                    STEP_OUTPUT_LIMIT,
                    COMMAND_UNKNOWN,
                    COMMAND_STALE,
                    KUBELET_NOT_STARTED,
                    KUBELET_INSECURE -> HOST_STEP;
            case AGENT_UNREACHABLE, HOST_CANNOT_REACH_API_SERVER, GATEWAY_UNTRUSTED -> NETWORK;
            case ENROLLMENT_REFUSED,
                    AGENT_IDENTITY_MISMATCH,
                    AGENT_DUPLICATE_SESSION,
                    TOKEN_SEAL_INVALID,
                    CLUSTER_INFO_SIGNATURE_INVALID,
                    CLUSTER_INFO_CHANGED,
                    CA_PIN_MISMATCH,
                    NODE_IDENTITY_MISMATCH,
                    CSR_KEY_MISMATCH,
                    CSR_RULE_VIOLATED,
                    TOO_MANY_CSRS,
                    CSR_CN_NOT_REQUESTER,
                    SERVING_SAN_NOT_OWNED,
                    NODE_UID_CHANGED,
                    NODE_QUARANTINED,
                    QUARANTINED_NODE_APPEARED -> IDENTITY;
            case CLUSTER_AUTO_APPROVES_CSRS,
                    KAFKA_CONFIG_UNSAFE,
                    CLUSTER_UID_MISMATCH,
                    CLUSTER_UNAVAILABLE,
                    OBJECT_CONFLICT,
                    CLUSTER_AUTH_FAILED,
                    ANONYMOUS_ACCESS_TOO_WIDE,
                    CLUSTER_NOT_PREPARED,
                    BROKER_UNAVAILABLE,
                    BROKER_AUTH_FAILED,
                    AUDIT_UNAVAILABLE,
                    GATEWAY_UNAVAILABLE,
                    TOKEN_LOST,
                    REVOCATION_UNVERIFIED,
                    CLUSTER_INFO_SIGNATURE_MISSING,
                    CSR_DENIED_EXTERNALLY,
                    CERTIFICATE_NOT_ISSUED,
                    NODE_NOT_READY,
                    TERMINATED,
                    COMPENSATION_INCOMPLETE,
                    INTERNAL -> CONTROL_PLANE;
            case CSR_TIMEOUT,
                    NODE_NOT_REGISTERED,
                    JOIN_DEADLINE_EXCEEDED,
                    STEP_TIMED_OUT,
                    WORKER_INTERRUPTED,
                    DRAIN_BLOCKED -> TIMEOUT;
            case CANCELLED_BY_REQUEST -> CANCELLED;
            case EVENT_MALFORMED,
                    EVENT_UNAUTHENTICATED,
                    EVENT_EXPIRED,
                    INVALID_NODE_NAME,
                    LABEL_NOT_ALLOWED,
                    SUPERSEDED,
                    NOT_ABORTABLE,
                    NODE_NAME_IN_USE,
                    NODE_NOT_MANAGED,
                    UNKNOWN_CLUSTER -> REQUEST;
        };
    }
}
