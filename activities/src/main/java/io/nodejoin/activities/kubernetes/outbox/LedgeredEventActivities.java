package io.nodejoin.activities.kubernetes.outbox;

import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.join.JoinAccepted;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinPhaseChanged;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveAccepted;
import io.nodejoin.protocol.join.LeaveFailed;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes like the activities behind it. From before a join or a leave is said to be accepted until after its outcome is out, its
 * cluster holds an entry that the outcome is owed: whoever finds the entry and no running workflow can pay it.
 */
public final class LedgeredEventActivities implements EventActivities {
    private static final Logger LOG = LoggerFactory.getLogger(LedgeredEventActivities.class);

    private final EventActivities events;
    private final ClusterClients clients;
    private final Supplier<WorkflowRun> run;

    /** @param run of the workflow that calls at the moment */
    public LedgeredEventActivities(EventActivities events, ClusterClients clients, Supplier<WorkflowRun> run) {
        this.events = events;
        this.clients = clients;
        this.run = run;
    }

    @Override
    public void publish(Announcement announcement) {
        switch (announcement.event()) {
            case JoinAccepted begun ->
                enter(OpenJoin.Way.IN, begun.cluster(), begun.nodeName(), begun.joinId(), announcement);
            case LeaveAccepted begun ->
                enter(OpenJoin.Way.OUT, begun.cluster(), begun.nodeName(), begun.leaveId(), announcement);
            case JoinPhaseChanged _, JoinRejected _ -> {}
            case JoinSucceeded _, JoinFailed _, JoinCancelled _, LeaveSucceeded _, LeaveFailed _ -> {}
        }
        events.publish(announcement);
        switch (announcement.event()) {
            case JoinSucceeded ended -> strike(OpenJoin.Way.IN, ended.cluster(), ended.joinId());
            case JoinFailed ended -> strike(OpenJoin.Way.IN, ended.cluster(), ended.joinId());
            case JoinCancelled ended -> strike(OpenJoin.Way.IN, ended.cluster(), ended.joinId());
            case LeaveSucceeded ended -> strike(OpenJoin.Way.OUT, ended.cluster(), ended.leaveId());
            case LeaveFailed ended -> strike(OpenJoin.Way.OUT, ended.cluster(), ended.leaveId());
            case JoinAccepted _, LeaveAccepted _, JoinPhaseChanged _, JoinRejected _ -> {}
        }
    }

    private void enter(OpenJoin.Way way, ClusterName cluster, NodeName node, JoinId joinId, Announcement accepted) {
        try {
            new OpenJoins(clients.client(cluster)).enter(way, node, joinId, accepted, run.get());
        } catch (RuntimeException e) { // an event must be told whatever the cluster says
            LOG.warn(
                    "{}{} is not in the ledger of {}; should Temporal lose it, nobody tells its outcome: {}",
                    way.prefix(),
                    joinId,
                    cluster,
                    RootCause.reason(e));
        }
    }

    /** An entry that stays is found by the janitor, which finds the join completed. */
    private void strike(OpenJoin.Way way, ClusterName cluster, JoinId joinId) {
        try {
            new OpenJoins(clients.client(cluster)).strike(way, joinId);
        } catch (RuntimeException e) { // the outcome is out already
            LOG.info("{}{} stays in the ledger of {}: {}", way.prefix(), joinId, cluster, RootCause.reason(e));
        }
    }
}
