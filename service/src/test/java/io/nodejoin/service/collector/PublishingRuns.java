package io.nodejoin.service.collector;

import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.PendingOutcome;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.lifecycle.JoinSearchAttributes;
import io.nodejoin.workflows.lifecycle.LeaveRequest;
import io.nodejoin.workflows.lifecycle.MemoKeys;
import io.nodejoin.workflows.lifecycle.NodeJoinWorkflow;
import io.nodejoin.workflows.lifecycle.NodeWorkflows;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributes;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** Runs of one node, in a Temporal of their own, that say and reach what a test wants; and what the garbage collector reads of them. */
final class PublishingRuns implements AutoCloseable {
    static final ClusterName CLUSTER = new ClusterName("fra-1");
    static final NodeName NODE = new NodeName("n1");
    static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    private static final String QUEUE = "queue";

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(DataConverters.dataConverter())
                            .build())
                    .registerSearchAttribute(
                            JoinSearchAttributes.PHASE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                    .build());
    private final WorkflowClient client = temporal.getWorkflowClient();
    private final Broker broker = new Broker();
    private final WorkflowStatuses workflows = new TemporalWorkflowStatuses(client);

    PublishingRuns() {
        Worker worker = temporal.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(PublishingWorkflow.Talking.class);
        worker.registerActivitiesImplementations(broker);
        temporal.start();
    }

    /** Takes an outcome only once it is allowed to. */
    private static final class Broker implements EventActivities {
        private final CountDownLatch up = new CountDownLatch(1);
        private final CountDownLatch asked = new CountDownLatch(1);

        @Override
        public void publish(List<OutcomeEvent> events) {
            if (events.stream().anyMatch(Broker::isOutcome)) {
                asked.countDown();
                try {
                    up.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private static boolean isOutcome(OutcomeEvent event) {
            return event.event() instanceof JoinCancelled || event.event() instanceof LeaveSucceeded;
        }
    }

    /** The run of the node's workflow that begins with this join or leave. */
    TalkingRun begin(JoinId join) {
        WorkflowStub stub = client.newUntypedWorkflowStub(
                "PublishingWorkflow",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(workflow())
                        .setTaskQueue(QUEUE)
                        .setMemo(Map.of(MemoKeys.JOIN_ID, join.value()))
                        .setTypedSearchAttributes(SearchAttributes.newBuilder()
                                .set(JoinSearchAttributes.PHASE, Phase.Requested.name())
                                .build())
                        .build());
        stub.start();
        return new TalkingRun(stub);
    }

    /** Ends whichever run of the node there is. */
    void terminate() {
        client.newUntypedWorkflowStub(workflow()).terminate("by a person");
    }

    /** What the garbage collector finds of a join that the ledger says this run has accepted. */
    WorkflowStatus fate(JoinId join, String run) {
        return fate(join, new WorkflowRun(client.getOptions().getNamespace(), run));
    }

    WorkflowStatus fate(JoinId join, WorkflowRun run) {
        return workflows.status(remnant(PendingOutcome.RequestKind.JOIN, join, run));
    }

    WorkflowStatus fateOfLeave(JoinId leave, String run) {
        return workflows.status(remnant(
                PendingOutcome.RequestKind.LEAVE,
                leave,
                new WorkflowRun(client.getOptions().getNamespace(), run)));
    }

    static OrphanedJoin remnant(PendingOutcome.RequestKind kind, JoinId join, WorkflowRun run) {
        PendingOutcome pending =
                new PendingOutcome(kind, CLUSTER, NODE, join, "accepted/Requested", NOW, run, "uid", null, null);
        return OrphanedJoin.groupByJoin(List.of(pending), List.of(), List.of()).getFirst();
    }

    static String workflow() {
        return NodeJoinWorkflow.workflowId(CLUSTER, NODE);
    }

    @Override
    public void close() {
        broker.up.countDown();
        temporal.close();
    }

    /** One run, told what to do; each call returns when its history says that it is done. */
    final class TalkingRun {
        private final WorkflowStub stub;

        private TalkingRun(WorkflowStub stub) {
            this.stub = stub;
        }

        String id() {
            return Objects.requireNonNull(stub.getExecution()).getRunId();
        }

        void reach(Phase... phases) {
            long before = number(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES);
            for (Phase phase : phases) {
                stub.signal("reach", phase.name());
            }
            await().until(() ->
                    number(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES) == before + phases.length);
        }

        /** Publishes the events in one call, an outcome too. */
        void tell(Outcome... events) {
            broker.up.countDown();
            say(events);
        }

        /** Publishes events without an outcome in one call. */
        void say(Outcome... events) {
            long before = number(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
            stub.signal("say", announcements(events));
            await().until(() -> number(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) == before + 1);
        }

        /** Is about to publish this outcome, which the broker does not take. */
        void beginToTell(Outcome outcome) throws InterruptedException {
            stub.signal("say", announcements(outcome));
            broker.asked.await();
        }

        void supersede(LeaveRequest newer) {
            stub.signal(NodeWorkflows.SUPERSEDED, newer);
        }

        void supersede(String unreadable) {
            stub.signal(NodeWorkflows.SUPERSEDED, unreadable);
        }

        void giveWay(JoinId next) {
            stub.signal("giveWay", next.value());
            await().until(() -> number(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW) == 1);
        }

        void complete() {
            stub.signal("end");
            stub.getResult(Void.class);
        }

        void terminate() {
            stub.terminate("by a person");
        }

        Instant closedAt() {
            return Objects.requireNonNull(stub.describe().getCloseTime());
        }

        private long number(EventType type) {
            return client.fetchHistory(workflow(), id()).getEvents().stream()
                    .filter(event -> event.getEventType() == type)
                    .count();
        }
    }

    static LeaveRequest leave(JoinId leave) {
        return new LeaveRequest(leave, NOW, new LeaveRequested(CLUSTER, NODE, null, null, null, null, null), NOW);
    }

    private static List<OutcomeEvent> announcements(Outcome... events) {
        return Stream.of(events).map(PublishingRuns::announcement).toList();
    }

    static OutcomeEvent announcement(Outcome event) {
        return new OutcomeEvent("1", CLUSTER, NODE.value(), NOW, event);
    }
}
