package io.nodejoin.protocol.event;

import java.util.Arrays;
import java.util.Optional;

/** The CloudEvents {@code type} of each lifecycle event, with its version. Incompatible data gets a new type. */
public enum LifecycleEventType {
    JOIN_REQUESTED("io.nodejoin.join.requested.v1", JoinRequested.class),
    JOIN_CANCEL_REQUESTED("io.nodejoin.join.cancel-requested.v1", JoinCancelRequested.class),
    JOIN_ACCEPTED("io.nodejoin.join.accepted.v1", JoinAccepted.class),
    JOIN_PHASE_CHANGED("io.nodejoin.join.phase-changed.v1", JoinPhaseChanged.class),
    JOIN_SUCCEEDED("io.nodejoin.join.succeeded.v1", JoinSucceeded.class),
    JOIN_REVOCATION_UNVERIFIED("io.nodejoin.join.revocation-unverified.v1", JoinRevocationUnverified.class),
    JOIN_FAILED("io.nodejoin.join.failed.v1", JoinFailed.class),
    JOIN_CANCELLED("io.nodejoin.join.cancelled.v1", JoinCancelled.class),
    JOIN_REJECTED("io.nodejoin.join.rejected.v1", JoinRejected.class),
    LEAVE_REQUESTED("io.nodejoin.leave.requested.v1", LeaveRequested.class),
    LEAVE_ACCEPTED("io.nodejoin.leave.accepted.v1", LeaveAccepted.class),
    LEAVE_SUCCEEDED("io.nodejoin.leave.succeeded.v1", LeaveSucceeded.class),
    LEAVE_FAILED("io.nodejoin.leave.failed.v1", LeaveFailed.class),
    MACHINE_OFFERED("io.nodejoin.machine.offered.v1", MachineOffered.class),
    MACHINE_WITHDRAWN("io.nodejoin.machine.withdrawn.v1", MachineWithdrawn.class);

    private final String type;
    private final Class<? extends LifecycleEvent> data;

    LifecycleEventType(String type, Class<? extends LifecycleEvent> data) {
        this.type = type;
        this.data = data;
    }

    /** Returns the CloudEvents attribute {@code type}. */
    public String cloudEventType() {
        return type;
    }

    /** Returns the record type of the event's data. */
    public Class<? extends LifecycleEvent> dataClass() {
        return data;
    }

    /** Returns the event type with this CloudEvents {@code type}, if Nodejoin knows it. */
    public static Optional<LifecycleEventType> fromCloudEventType(String type) {
        return Arrays.stream(values()).filter(known -> known.type.equals(type)).findFirst();
    }

    /** Returns the type of this event. */
    public static LifecycleEventType of(LifecycleEvent event) {
        return switch (event) {
            case JoinRequested _ -> JOIN_REQUESTED;
            case JoinCancelRequested _ -> JOIN_CANCEL_REQUESTED;
            case JoinAccepted _ -> JOIN_ACCEPTED;
            case JoinPhaseChanged _ -> JOIN_PHASE_CHANGED;
            case JoinSucceeded _ -> JOIN_SUCCEEDED;
            case JoinRevocationUnverified _ -> JOIN_REVOCATION_UNVERIFIED;
            case JoinFailed _ -> JOIN_FAILED;
            case JoinCancelled _ -> JOIN_CANCELLED;
            case JoinRejected _ -> JOIN_REJECTED;
            case LeaveRequested _ -> LEAVE_REQUESTED;
            case LeaveAccepted _ -> LEAVE_ACCEPTED;
            case LeaveSucceeded _ -> LEAVE_SUCCEEDED;
            case LeaveFailed _ -> LEAVE_FAILED;
            case MachineOffered _ -> MACHINE_OFFERED;
            case MachineWithdrawn _ -> MACHINE_WITHDRAWN;
        };
    }
}
