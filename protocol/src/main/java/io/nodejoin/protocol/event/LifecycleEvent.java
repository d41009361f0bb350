package io.nodejoin.protocol.event;

/** The data of a CloudEvent on one of Nodejoin's topics. The CloudEvent's {@code type} says which record it is. */
public sealed interface LifecycleEvent {

    /** What a fleet autoscaler asks for, on the requests topic. */
    sealed interface Request extends LifecycleEvent permits JoinRequested, JoinCancelRequested, LeaveRequested {}

    /** What Nodejoin answers, on the events topic. */
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
