package io.nodejoin.workflows.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.ClusterName;
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
import java.time.Instant;

/**
 * An event to publish.
 *
 * @param id the CloudEvents id, derived from workflow, run and phase
 * @param cluster with the node, the record's key
 * @param node the node name as text
 * @param time when the reported change happened
 */
public record OutcomeEvent(
        String id,
        ClusterName cluster,
        String node,
        Instant time,

        @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
        @JsonSubTypes({
            @JsonSubTypes.Type(name = "JoinAccepted", value = JoinAccepted.class),
            @JsonSubTypes.Type(name = "JoinPhaseChanged", value = JoinPhaseChanged.class),
            @JsonSubTypes.Type(name = "JoinSucceeded", value = JoinSucceeded.class),
            @JsonSubTypes.Type(name = "JoinRevocationUnverified", value = JoinRevocationUnverified.class),
            @JsonSubTypes.Type(name = "JoinFailed", value = JoinFailed.class),
            @JsonSubTypes.Type(name = "JoinCancelled", value = JoinCancelled.class),
            @JsonSubTypes.Type(name = "JoinRejected", value = JoinRejected.class),
            @JsonSubTypes.Type(name = "LeaveAccepted", value = LeaveAccepted.class),
            @JsonSubTypes.Type(name = "LeaveSucceeded", value = LeaveSucceeded.class),
            @JsonSubTypes.Type(name = "LeaveFailed", value = LeaveFailed.class)
        })
        LifecycleEvent.Outcome event) {}
