package io.nodejoin.protocol.event;

/** The data of a CloudEvent on one of Nodejoin's topics. The CloudEvent's {@code type} names the record type. */
public sealed interface LifecycleEvent {

    /** A request of a fleet autoscaler, on the requests topic. */
    sealed interface Request extends LifecycleEvent permits JoinRequested, JoinCancelRequested, LeaveRequested {}

    /** An event that Nodejoin publishes, on the events topic. */
    sealed interface Outcome extends LifecycleEvent
            permits JoinAccepted,
                    JoinPhaseChanged,
                    JoinSucceeded,
                    JoinFailed,
                    JoinCancelled,
                    JoinRejected,
                    LeaveAccepted,
                    LeaveSucceeded,
                    LeaveFailed {}
}
