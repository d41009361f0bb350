package io.nodejoin.workflows.temporal;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** How long each step may take and how often its counterparty is asked again. Whether, is a matter of the failure's type. */
public final class StepOptions {
    /** A machine boots, fetches its agent and enrolls. */
    public static final Duration AGENT_CONNECT_TIMEOUT = Duration.ofMinutes(5);
    /** Checks read local files and open one connection. */
    public static final Duration PREFLIGHT_TIMEOUT = Duration.ofSeconds(60);
    /** How often a host that cannot reach the API server is asked whether it can, and how long after the last time. */
    public static final int MAX_PREFLIGHTS = 6;

    public static final Duration POLL_INTERVAL = Duration.ofSeconds(10);
    /** A container runtime may have to be installed from a slow mirror. */
    public static final Duration PREPARE_HOST_TIMEOUT = Duration.ofMinutes(10);
    /** Covers 60 s for the unit to become active, and a gateway replica lost on the way. */
    public static final Duration KUBELET_ACTIVE_TIMEOUT = Duration.ofSeconds(105);
    /** Two minutes until the request is seen, one for its signature. */
    public static final Duration CERTIFICATE_TIMEOUT = Duration.ofMinutes(3);
    /** A kubelet registers within seconds of its certificate, unless the API server is under load. */
    public static final Duration REGISTRATION_TIMEOUT = Duration.ofMinutes(2);
    /** A network plugin pulls its images in this time. */
    public static final Duration READY_TIMEOUT = Duration.ofMinutes(5);
    /** A kubelet asks within seconds of its registration; then an approval and a signature. */
    public static final Duration SERVING_CERTIFICATE_TIMEOUT = Duration.ofMinutes(2);
    /** The API server forgets a deleted token within seconds; an agent may have to restart and reconnect in between. */
    public static final Duration TOKEN_REFUSED_TIMEOUT = Duration.ofMinutes(2);

    /** The tokens of one join, each in an attempt of its own. */
    public static final int MAX_ATTEMPTS = 3;

    /** Whatever has made an attempt fail gets a moment to pass. */
    public static final Duration ATTEMPT_INTERVAL = Duration.ofSeconds(5);
    /** A host is prepared, and its kubelet Ready, in less. */
    public static final Duration MIN_TIME_FOR_ATTEMPT = Duration.ofMinutes(2);

    /** A worker that polls takes a task at once: nobody polls the queue of a replica that is gone. */
    static final Duration REPLICA_START_TIMEOUT = Duration.ofSeconds(10);
    /** Three heartbeats of an agent at work. */
    public static final Duration AGENT_HEARTBEAT_TIMEOUT = Duration.ofSeconds(30);
    /** Where only an answer was lost, the replica has the result, or the agent is still at it. */
    public static final Duration RESEND_INTERVAL = Duration.ofSeconds(2);
    /** An agent that lost its replica connects to another one in this time. */
    public static final Duration RECONNECT_TIMEOUT = Duration.ofSeconds(30);
    /** What a host has done while no service lived is heard within this time of the service's start. */
    public static final Duration CATCH_UP_TIME = Duration.ofSeconds(45);
    /** How often a command is sent over a connection that was not renewed meanwhile. */
    public static final int MAX_LOST_SENDS = 4;

    /** No undo waits longer than this for an earlier one that it does not need; the earlier one then goes on beside. */
    public static final Duration COMPENSATION_HEAD_START = Duration.ofSeconds(30);
    /** A host that cannot be reset by then is named in the outcome instead of delaying it. */
    public static final Duration RESET_HOST_TIMEOUT = Duration.ofMinutes(2);
    /** Kubernetes deletes the pods of a Node that is gone within a minute, or two on a busy control plane. */
    public static final Duration FREE_NAME_TIMEOUT = Duration.ofMinutes(3);
    /** An agent that comes back this late still resets its host. */
    public static final Duration RESET_COMMAND_TTL = Duration.ofHours(1);
    /** As long as a token can live: by then a credential that the cluster refuses is replaced, or its token has ended by itself. */
    public static final Duration UNAUTHORIZED_RETRY_TIME = Duration.ofMinutes(15);
    /** Between two tries of an undo that the cluster refuses. */
    public static final Duration UNAUTHORIZED_RETRY_INTERVAL = Duration.ofSeconds(20);
    /** One look for a Node whose registration was not waited for. */
    public static final Duration NODE_LOOKUP_TIMEOUT = Duration.ofSeconds(2);
    /** An API server that has not yet heard of the deletion takes requests with the token for less than this. */
    public static final Duration LATE_CSR_WINDOW = Duration.ofSeconds(60);
    /** Kubernetes signs no kubelet's certificate for longer than a year. */
    public static final Duration MAX_CERTIFICATE_LIFETIME = Duration.ofDays(366);
    /** Between two tries of what must not fail. */
    public static final Duration OUTCOME_RETRY_INTERVAL = Duration.ofMinutes(1);

    /** A control plane that is away for longer ends the join rather than have its host wait. */
    private static final Duration CONTROL_PLANE_RETRY_TIME = Duration.ofMinutes(5);

    private static final Duration CONTROL_PLANE_CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration SIGNATURE_TIMEOUT = Duration.ofSeconds(45);
    private static final Duration BROKER_CALL_TIMEOUT = Duration.ofSeconds(30);
    /** How soon a process is missed that died in the middle of a call. It is heard of every two seconds. */
    private static final Duration WORKER_HEARTBEAT_TIMEOUT = Duration.ofSeconds(6);
    /** Three looks; how soon a worker is missed that died while it waited. */
    private static final Duration WATCH_HEARTBEAT_TIMEOUT = Duration.ofSeconds(15);
    /** What a waiting activity may take beyond the deadline in its order, to say itself what it waited for. */
    private static final Duration DEADLINE_GRACE = Duration.ofSeconds(15);

    private static final int SUMMARY_BYTES = 200;

    /** A short first step because a lost write is read again at once; a short maximum because the host waits. */
    private static final RetryOptions CONTROL_PLANE_RETRY = RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofMillis(500))
            .setBackoffCoefficient(2)
            .setMaximumInterval(Duration.ofSeconds(10))
            .build();

    /** Nobody waits for an undo or an event: a broken counterparty is not pressed. */
    private static final RetryOptions BACKGROUND_RETRY = RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofSeconds(1))
            .setBackoffCoefficient(2)
            .setMaximumInterval(Duration.ofSeconds(60))
            .build();

    /** The next try may need another queue, which only the workflow can choose. */
    private static final RetryOptions NO_RETRY =
            RetryOptions.newBuilder().setMaximumAttempts(1).build();

    private StepOptions() {}

    /** A few calls to the API server that leave nothing to be undone. */
    public static ActivityOptions read(String summary) {
        return options(summary, CONTROL_PLANE_CALL_TIMEOUT, CONTROL_PLANE_RETRY)
                .setScheduleToCloseTimeout(CONTROL_PLANE_RETRY_TIME)
                .build();
    }

    /** A few calls to the API server that leave something: a join given up waits for their end before it undoes them. */
    public static ActivityOptions write(String summary) {
        return ActivityOptions.newBuilder(read(summary))
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .build();
    }

    /** A signature that is written and read back. */
    public static ActivityOptions publishSignature(String summary) {
        return ActivityOptions.newBuilder(write(summary))
                .setStartToCloseTimeout(SIGNATURE_TIMEOUT)
                .build();
    }

    /** A wait beside a watch, which ends by itself after the limit. */
    public static ActivityOptions watch(String summary, Duration limit) {
        return options(summary, limit.plus(DEADLINE_GRACE), CONTROL_PLANE_RETRY)
                .setScheduleToCloseTimeout(limit.plus(DEADLINE_GRACE))
                .setHeartbeatTimeout(WATCH_HEARTBEAT_TIMEOUT)
                .build();
    }

    /** What is taken back, however long the API server is away. */
    public static ActivityOptions compensation(String summary) {
        return options(summary, CONTROL_PLANE_CALL_TIMEOUT, BACKGROUND_RETRY).build();
    }

    /** What the outside is told, however long the broker is away. */
    public static ActivityOptions event(String summary) {
        return options(summary, BROKER_CALL_TIMEOUT, BACKGROUND_RETRY).build();
    }

    /**
     * One command through one gateway replica. A replica that dies within the limit is missed before the command is too late, so that its
     * host is not blamed.
     */
    public static ActivityOptions hostCommand(String summary, String taskQueue, Duration limit) {
        return options(summary, limit.plus(AGENT_HEARTBEAT_TIMEOUT), NO_RETRY)
                .setTaskQueue(taskQueue)
                .setScheduleToStartTimeout(REPLICA_START_TIMEOUT)
                .setHeartbeatTimeout(AGENT_HEARTBEAT_TIMEOUT)
                .build();
    }

    private static ActivityOptions.Builder options(String summary, Duration startToClose, RetryOptions retry) {
        return ActivityOptions.newBuilder()
                .setSummary(summary.length() > SUMMARY_BYTES ? summary.substring(0, SUMMARY_BYTES - 1) + "~" : summary)
                .setStartToCloseTimeout(startToClose)
                .setHeartbeatTimeout(WORKER_HEARTBEAT_TIMEOUT)
                .setRetryOptions(retry);
    }
}
