package io.nodejoin.visibility.event;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinPhaseChanged;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveAccepted;
import io.nodejoin.protocol.event.LeaveFailed;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event on the events topic.
 *
 * @param id the CloudEvents id; an event that is published again has the same
 * @param time when Nodejoin made it
 */
public record PublishedEvent(String id, Instant time, LifecycleEvent.Outcome data) {

    /** Returns the CloudEvents type. */
    public String type() {
        return LifecycleEventType.of(data).cloudEventType();
    }

    /** Returns the cluster; null for a rejected request whose cluster could not be read. */
    public @Nullable String cluster() {
        return switch (data) {
            case JoinAccepted event -> event.cluster().value();
            case JoinPhaseChanged event -> event.cluster().value();
            case JoinSucceeded event -> event.cluster().value();
            case JoinRevocationUnverified event -> event.cluster().value();
            case JoinFailed event -> event.cluster().value();
            case JoinCancelled event -> event.cluster().value();
            case JoinRejected event -> event.cluster();
            case LeaveAccepted event -> event.cluster().value();
            case LeaveSucceeded event -> event.cluster().value();
            case LeaveFailed event -> event.cluster().value();
        };
    }

    /** Returns the node's name; null for a rejected request whose name could not be read. Of such a one it is any text. */
    public @Nullable String node() {
        return switch (data) {
            case JoinAccepted event -> event.nodeName().value();
            case JoinPhaseChanged event -> event.nodeName().value();
            case JoinSucceeded event -> event.nodeName().value();
            case JoinRevocationUnverified event -> event.nodeName().value();
            case JoinFailed event -> event.nodeName().value();
            case JoinCancelled event -> event.nodeName().value();
            case JoinRejected event -> event.nodeName();
            case LeaveAccepted event -> event.nodeName().value();
            case LeaveSucceeded event -> event.nodeName().value();
            case LeaveFailed event -> event.nodeName().value();
        };
    }

    /** Returns the id of the join or leave; null for a rejected request. */
    public @Nullable JoinId joinId() {
        return data.joinId();
    }
}
