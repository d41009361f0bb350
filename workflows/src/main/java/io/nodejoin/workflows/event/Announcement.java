package io.nodejoin.workflows.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import java.time.Instant;

/**
 * One event to be published.
 *
 * @param id the CloudEvents id, derived from workflow, run and phase
 * @param cluster with the node the record's key
 * @param node the node as text
 * @param time when what it tells happened
 */
public record Announcement(
        String id,
        ClusterName cluster,
        String node,
        Instant time,

        @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
        @JsonSubTypes({
            @JsonSubTypes.Type(name = "JoinAccepted", value = JoinAccepted.class),
            @JsonSubTypes.Type(name = "JoinPhaseChanged", value = JoinPhaseChanged.class),
            @JsonSubTypes.Type(name = "JoinSucceeded", value = JoinSucceeded.class),
            @JsonSubTypes.Type(name = "JoinFailed", value = JoinFailed.class),
            @JsonSubTypes.Type(name = "JoinCancelled", value = JoinCancelled.class),
            @JsonSubTypes.Type(name = "JoinRejected", value = JoinRejected.class),
            @JsonSubTypes.Type(name = "LeaveAccepted", value = LeaveAccepted.class),
            @JsonSubTypes.Type(name = "LeaveSucceeded", value = LeaveSucceeded.class),
            @JsonSubTypes.Type(name = "LeaveFailed", value = LeaveFailed.class)
        })
        JoinEvent.Outcome event) {}
