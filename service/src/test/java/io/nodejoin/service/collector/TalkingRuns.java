package io.nodejoin.service.collector;

import static org.awaitility.Awaitility.await;

import io.nodejoin.activities.WorkflowRun;
import io.nodejoin.activities.kubernetes.outbox.OpenJoin;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.join.JoinAttributes;
import io.nodejoin.workflows.join.JoinMemo;
import io.nodejoin.workflows.join.LeaveRequest;
import io.nodejoin.workflows.join.NodeJoinWorkflow;
import io.nodejoin.workflows.join.NodeRuns;
import io.nodejoin.workflows.wire.Payloads;
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

/** Runs of one node, in a Temporal of their own, that say and reach what a test wants; and what the janitor reads of them. */
final class TalkingRuns implements AutoCloseable {
    static final ClusterName CLUSTER = new ClusterName("fra-1");
    static final NodeName NODE = new NodeName("n1");
    static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    private static final String QUEUE = "queue";

    private final TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(Payloads.converter())
                            .build())
                    .registerSearchAttribute(
                            JoinAttributes.PHASE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                    .build());
    private final WorkflowClient client = temporal.getWorkflowClient();
    private final Broker broker = new Broker();
    private final JoinRuns runs = new TemporalJoinRuns(client);

    TalkingRuns() {
        Worker worker = temporal.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(TalkingWorkflow.Talking.class);
        worker.registerActivitiesImplementations(broker);
        temporal.start();
    }

    /** Takes an outcome only once it is allowed to. */
    private static final class Broker implements EventActivities {
        private final CountDownLatch up = new CountDownLatch(1);
        private final CountDownLatch asked = new CountDownLatch(1);

        @Override
        public void publish(Announcement announcement) {
            if (announcement.event() instanceof JoinCancelled || announcement.event() instanceof LeaveSucceeded) {
                asked.countDown();
                try {
                    up.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** The run of the node's workflow that begins with this join or leave. */
    TalkingRun begin(JoinId join) {
        WorkflowStub stub = client.newUntypedWorkflowStub(
                "TalkingWorkflow",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(workflow())
                        .setTaskQueue(QUEUE)
                        .setMemo(Map.of(JoinMemo.JOIN_ID, join.value()))
                        .setTypedSearchAttributes(SearchAttributes.newBuilder()
                                .set(JoinAttributes.PHASE, Phase.Requested.name())
                                .build())
                        .build());
        stub.start();
        return new TalkingRun(stub);
    }

    /** Ends whichever run of the node there is. */
    void terminate() {
        client.newUntypedWorkflowStub(workflow()).terminate("by a person");
    }

    /** What the janitor finds of a join that the ledger says this run has accepted. */
    JoinFate fate(JoinId join, String run) {
        return fate(join, new WorkflowRun(client.getOptions().getNamespace(), run));
    }

    JoinFate fate(JoinId join, WorkflowRun run) {
        return runs.fate(remnant(OpenJoin.Way.IN, join, run));
    }

    JoinFate fateOfLeave(JoinId leave, String run) {
        return runs.fate(remnant(
                OpenJoin.Way.OUT, leave, new WorkflowRun(client.getOptions().getNamespace(), run)));
    }

    static Remnant remnant(OpenJoin.Way way, JoinId join, WorkflowRun run) {
        OpenJoin open = new OpenJoin(way, CLUSTER, NODE, join, "accepted/Requested", NOW, run, "uid");
        return Remnant.of(List.of(open), List.of()).getFirst();
    }

    static String workflow() {
        return NodeJoinWorkflow.id(CLUSTER, NODE);
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

        /** Publishes the event, an outcome too. */
        void tell(Outcome event) {
            broker.up.countDown();
            say(event);
        }

        /** Publishes an event that is no outcome. */
        void say(Outcome event) {
            long before = number(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED);
            stub.signal("say", announcement(event));
            await().until(() -> number(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) == before + 1);
        }

        /** Is about to publish this outcome, which the broker does not take. */
        void beginToTell(Outcome outcome) throws InterruptedException {
            stub.signal("say", announcement(outcome));
            broker.asked.await();
        }

        void supersede(LeaveRequest newer) {
            stub.signal(NodeRuns.SUPERSEDED, newer);
        }

        void supersede(String unreadable) {
            stub.signal(NodeRuns.SUPERSEDED, unreadable);
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
        return new LeaveRequest(leave, NOW, new LeaveRequested(CLUSTER, NODE, null, null, null, null), NOW);
    }

    static Announcement announcement(Outcome event) {
        return new Announcement("1", CLUSTER, NODE.value(), NOW, event);
    }
}
