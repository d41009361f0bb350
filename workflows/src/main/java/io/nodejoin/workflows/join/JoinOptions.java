package io.nodejoin.workflows.join;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** How long each step may take and how often its counterparty is asked again. Whether, is a matter of the failure's type. */
final class JoinOptions {
    /** A machine boots, fetches its agent and enrolls. */
    static final Duration AGENT_CONNECTS = Duration.ofMinutes(5);
    /** Checks read local files and open one connection. */
    static final Duration PREFLIGHT = Duration.ofSeconds(60);
    /** How often a host that cannot reach the API server is asked whether it can, and how long after the last time. */
    static final int LOOKS = 6;

    static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
    /** A container runtime may have to be installed from a slow mirror. */
    static final Duration PREPARE_HOST = Duration.ofMinutes(10);
    /** Covers 60 s for the unit to become active, and a gateway replica lost on the way. */
    static final Duration KUBELET_ACTIVE = Duration.ofSeconds(105);
    /** Two minutes until the request is seen, one for its signature. */
    static final Duration CERTIFICATE_ISSUED = Duration.ofMinutes(3);
    /** A kubelet registers within seconds of its certificate, unless the API server is under load. */
    static final Duration NODE_REGISTERED = Duration.ofMinutes(2);
    /** A network plugin pulls its images in this time. */
    static final Duration NODE_READY = Duration.ofMinutes(5);
    /** A kubelet asks within seconds of its registration; then an approval and a signature. */
    static final Duration SERVING_ISSUED = Duration.ofMinutes(2);
    /** The API server forgets a deleted token within seconds; an agent may have to restart and reconnect in between. */
    static final Duration TOKEN_REFUSED = Duration.ofMinutes(2);

    /** The tokens of one join, each in an attempt of its own. */
    static final int ATTEMPTS = 3;

    /** Whatever has made an attempt fail gets a moment to pass. */
    static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(5);
    /** A host is prepared, and its kubelet Ready, in less. */
    static final Duration LEAST_FOR_AN_ATTEMPT = Duration.ofMinutes(2);

    /** A worker that polls takes a task at once: nobody polls the queue of a replica that is gone. */
    static final Duration REPLICA_ANSWERS = Duration.ofSeconds(10);
    /** Three heartbeats of an agent at work. */
    static final Duration AGENT_SILENT = Duration.ofSeconds(30);
    /** Where only an answer was lost, the replica has the result, or the agent is still at it. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(2);
    /** An agent that lost its replica connects to another one in this time. */
    static final Duration RECONNECT = Duration.ofSeconds(30);
    /** What a host has done while no service lived is heard within this time of the service's start. */
    static final Duration ARREARS = Duration.ofSeconds(45);
    /** How often a command is sent over a connection that was not renewed meanwhile. */
    static final int LOSSES = 4;

    /** No undo waits longer than this for an earlier one that it does not need; the earlier one then goes on beside. */
    static final Duration HEAD_START = Duration.ofSeconds(30);
    /** A host that cannot be reset by then is named in the outcome instead of delaying it. */
    static final Duration RESET_HOST = Duration.ofMinutes(2);
    /** Kubernetes deletes the pods of a Node that is gone within a minute, or two on a busy control plane. */
    static final Duration OLD_NODE_GONE = Duration.ofMinutes(3);
    /** An agent that comes back this late still resets its host. */
    static final Duration RESET_STAYS_VALID = Duration.ofHours(1);
    /** As long as a token can live: by then a credential that the cluster refuses is replaced, or its token has ended by itself. */
    static final Duration REFUSED_UNDO = Duration.ofMinutes(15);
    /** Between two tries of an undo that the cluster refuses. */
    static final Duration REFUSED_UNDO_PAUSE = Duration.ofSeconds(20);
    /** One look for a Node whose registration was not waited for. */
    static final Duration NODE_LOOK = Duration.ofSeconds(2);
    /** An API server that has not yet heard of the deletion takes requests with the token for less than this. */
    static final Duration LATE_REQUESTS = Duration.ofSeconds(60);
    /** Kubernetes signs no kubelet's certificate for longer than a year. */
    static final Duration LONGEST_CERTIFICATE = Duration.ofDays(366);
    /** Between two tries of what must not fail. */
    static final Duration PERSIST = Duration.ofMinutes(1);

    /** A control plane that is away for longer ends the join rather than have its host wait. */
    private static final Duration CONTROL_PLANE_PATIENCE = Duration.ofMinutes(5);

    private static final Duration CONTROL_PLANE_CALLS = Duration.ofSeconds(20);
    private static final Duration SIGNATURE_VISIBLE = Duration.ofSeconds(45);
    private static final Duration BROKER_CALL = Duration.ofSeconds(30);
    /** How soon a process is missed that died in the middle of a call. It is heard of every two seconds. */
    private static final Duration PROCESS_SILENT = Duration.ofSeconds(6);
    /** Three looks; how soon a worker is missed that died while it waited. */
    private static final Duration WATCH_HEARTBEAT = Duration.ofSeconds(15);
    /** What a waiting activity may take beyond the deadline in its order, to say itself what it waited for. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private static final int SUMMARY_BYTES = 200;

    /** A short first step because a lost write is read again at once; a short maximum because the host waits. */
    private static final RetryOptions CONTROL_PLANE = RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofMillis(500))
            .setBackoffCoefficient(2)
            .setMaximumInterval(Duration.ofSeconds(10))
            .build();

    /** Nobody waits for an undo or an event: a broken counterparty is not pressed. */
    private static final RetryOptions PATIENT = RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofSeconds(1))
            .setBackoffCoefficient(2)
            .setMaximumInterval(Duration.ofSeconds(60))
            .build();

    /** The next try may need another queue, which only the workflow can choose. */
    private static final RetryOptions ONCE =
            RetryOptions.newBuilder().setMaximumAttempts(1).build();

    private JoinOptions() {}

    /** A few calls to the API server that leave nothing to be undone. */
    static ActivityOptions controlPlane(String summary) {
        return options(summary, CONTROL_PLANE_CALLS, CONTROL_PLANE)
                .setScheduleToCloseTimeout(CONTROL_PLANE_PATIENCE)
                .build();
    }

    /** A few calls to the API server that leave something: a join given up waits for their end before it undoes them. */
    static ActivityOptions effect(String summary) {
        return ActivityOptions.newBuilder(controlPlane(summary))
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .build();
    }

    /** A signature that is written and read back. */
    static ActivityOptions signature(String summary) {
        return ActivityOptions.newBuilder(effect(summary))
                .setStartToCloseTimeout(SIGNATURE_VISIBLE)
                .build();
    }

    /** A wait beside a watch, which ends by itself after the limit. */
    static ActivityOptions watch(String summary, Duration limit) {
        return options(summary, limit.plus(GRACE), CONTROL_PLANE)
                .setScheduleToCloseTimeout(limit.plus(GRACE))
                .setHeartbeatTimeout(WATCH_HEARTBEAT)
                .build();
    }

    /** What is taken back, however long the API server is away. */
    static ActivityOptions undo(String summary) {
        return options(summary, CONTROL_PLANE_CALLS, PATIENT).build();
    }

    /** What the outside is told, however long the broker is away. */
    static ActivityOptions event(String summary) {
        return options(summary, BROKER_CALL, PATIENT).build();
    }

    /**
     * One command through one gateway replica. A replica that dies within the limit is missed before the command is too late, so that its
     * host is not blamed.
     */
    static ActivityOptions host(String summary, String taskQueue, Duration limit) {
        return options(summary, limit.plus(AGENT_SILENT), ONCE)
                .setTaskQueue(taskQueue)
                .setScheduleToStartTimeout(REPLICA_ANSWERS)
                .setHeartbeatTimeout(AGENT_SILENT)
                .build();
    }

    private static ActivityOptions.Builder options(String summary, Duration startToClose, RetryOptions retry) {
        return ActivityOptions.newBuilder()
                .setSummary(summary.length() > SUMMARY_BYTES ? summary.substring(0, SUMMARY_BYTES - 1) + "~" : summary)
                .setStartToCloseTimeout(startToClose)
                .setHeartbeatTimeout(PROCESS_SILENT)
                .setRetryOptions(retry);
    }
}
