package io.nodejoin.workflows.temporal;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** Timeouts and retry options of each step. Whether a failure is retried depends on its type. */
public final class StepOptions {
    /** Time for a machine to boot, fetch its agent and enroll. */
    public static final Duration AGENT_CONNECT_TIMEOUT = Duration.ofMinutes(5);
    /** Checks read local files and open one connection. */
    public static final Duration PREFLIGHT_TIMEOUT = Duration.ofSeconds(60);
    /** Maximum number of preflights of a host that cannot reach the API server. */
    public static final int MAX_PREFLIGHTS = 6;

    public static final Duration POLL_INTERVAL = Duration.ofSeconds(10);
    /** Allows for the installation of a container runtime from a slow mirror. */
    public static final Duration PREPARE_HOST_TIMEOUT = Duration.ofMinutes(10);
    /** Covers 60 s for the unit to become active, and the loss of a gateway replica. */
    public static final Duration KUBELET_ACTIVE_TIMEOUT = Duration.ofSeconds(105);
    /** Two minutes until the CSR is created, one for its signature. */
    public static final Duration CERTIFICATE_TIMEOUT = Duration.ofMinutes(3);
    /** A kubelet registers within seconds after its certificate, unless the API server is overloaded. */
    public static final Duration REGISTRATION_TIMEOUT = Duration.ofMinutes(2);
    /** Most kubelets are Ready by then, so that one activity waits for both. */
    public static final Duration PROMPT_READY = Duration.ofSeconds(2);
    /** Allows for a network plugin to pull its images. */
    public static final Duration READY_TIMEOUT = Duration.ofMinutes(5);
    /** A kubelet creates its CSR within seconds after registration; then follow approval and signature. */
    public static final Duration SERVING_CERTIFICATE_TIMEOUT = Duration.ofMinutes(2);
    /**
     * An API server's cache accepts a deleted token for seconds; the agent may have to restart and reconnect meanwhile.
     */
    public static final Duration TOKEN_REFUSED_TIMEOUT = Duration.ofMinutes(2);

    /** A revocation that is not verified then is reported: three times as long as an API server's cache lasts. */
    public static final Duration REVOCATION_ALARM_DELAY = Duration.ofSeconds(30);

    /** How far ahead of the time of an extension the new deadline of a join may be. */
    public static final Duration MAX_DEADLINE_EXTENSION = Duration.ofHours(24);

    /** Maximum number of attempts of one join, each with a token of its own. */
    public static final int MAX_ATTEMPTS = 3;

    /** How often a token id is drawn. Of two thousand million ids hundreds are in use, so one collision is rare. */
    public static final int MAX_TOKEN_ID_DRAWS = 5;

    /** Pause between attempts, in which a transient cause may pass. */
    public static final Duration ATTEMPT_INTERVAL = Duration.ofSeconds(5);
    /** More than a host takes from preparation to a Ready kubelet. */
    public static final Duration MIN_TIME_FOR_ATTEMPT = Duration.ofMinutes(2);

    /**
     * A running worker takes a task immediately, unless hundreds of joins begin at once; a task queue without a worker belongs to a
     * dead replica, whose agents reconnect before this passes.
     */
    static final Duration REPLICA_START_TIMEOUT = Duration.ofSeconds(30);
    /** Three heartbeats of a working agent. */
    public static final Duration AGENT_HEARTBEAT_TIMEOUT = Duration.ofSeconds(30);
    /** If only the response was lost, the replica has the result, or the agent is still executing. */
    public static final Duration RESEND_INTERVAL = Duration.ofSeconds(2);
    /** Time for an agent that lost its replica to connect to another one. */
    public static final Duration RECONNECT_TIMEOUT = Duration.ofSeconds(30);
    /** After a start of the service, milestones that the host reported during the outage arrive within this time. */
    public static final Duration CATCH_UP_TIME = Duration.ofSeconds(45);
    /** How often a command is sent over the same connection. */
    public static final int MAX_LOST_SENDS = 4;

    /** How long a compensation waits for an earlier one that it does not depend on; then both run concurrently. */
    public static final Duration COMPENSATION_HEAD_START = Duration.ofSeconds(30);
    /** A host that is not reset by then becomes residue instead of delaying the outcome. */
    public static final Duration RESET_HOST_TIMEOUT = Duration.ofMinutes(2);
    /** Kubernetes deletes the pods of a deleted Node within a minute, or two on a busy control plane. */
    public static final Duration FREE_NAME_TIMEOUT = Duration.ofMinutes(3);

    /** The Node of a machine that has just gone is silent within a minute. */
    public static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(90);

    public static final Duration SILENCE_POLL_INTERVAL = Duration.ofSeconds(10);
    /** An agent that reconnects this late still resets its host. */
    public static final Duration RESET_COMMAND_TTL = Duration.ofHours(1);
    /** An activity of a closed run may still act until its start-to-close timeout (45 s), plus one request (10 s), rounded up. */
    public static final Duration RUN_QUIET_AFTER = Duration.ofSeconds(75);
    /** The maximum lifetime of a token: by then a rejected credential is replaced, or the token has expired. */
    public static final Duration UNAUTHORIZED_RETRY_TIME = Duration.ofMinutes(15);
    /** Pause between retries of a compensation that the cluster rejects. */
    public static final Duration UNAUTHORIZED_RETRY_INTERVAL = Duration.ofSeconds(20);
    /** One lookup of a Node whose registration was not waited for. */
    public static final Duration NODE_LOOKUP_TIMEOUT = Duration.ofSeconds(2);
    /** How long an API server may still authenticate a deleted token (cache), rounded up. */
    public static final Duration LATE_CSR_WINDOW = Duration.ofSeconds(60);
    /** One pass of denying rivals: an API server authenticates a deleted token for ten seconds. */
    public static final Duration RIVAL_CSR_WATCH = Duration.ofSeconds(12);
    /** Later passes where the success of the join waits for their end. */
    public static final Duration RIVAL_CSR_RECHECK = Duration.ofSeconds(2);
    /** Kubernetes signs kubelet certificates for at most one year. */
    public static final Duration MAX_CERTIFICATE_LIFETIME = Duration.ofDays(366);
    /** Pause before what must not fail is retried although it was refused for good; each further one is four times as long. */
    public static final Duration OUTCOME_RETRY_INTERVAL = Duration.ofMinutes(5);

    /** The longest of these pauses: each retry adds some ten events to the history. */
    public static final Duration MAX_OUTCOME_RETRY_INTERVAL = Duration.ofDays(1);

    /** Half of the workflow task timeout. What takes longer becomes a regular activity. */
    static final Duration LOCAL_ACTIVITY_TIMEOUT = Duration.ofSeconds(5);

    /** A longer outage of the control plane fails the join rather than keep its host waiting. */
    private static final Duration CONTROL_PLANE_RETRY_TIME = Duration.ofMinutes(5);

    private static final Duration CONTROL_PLANE_CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration ISSUE_TIMEOUT = Duration.ofSeconds(45);
    private static final Duration BROKER_CALL_TIMEOUT = Duration.ofSeconds(30);
    /** Detects a worker that died during a call; it heartbeats every two seconds. */
    private static final Duration WORKER_HEARTBEAT_TIMEOUT = Duration.ofSeconds(6);
    /** Three polls; detects a worker that died while it waited. */
    private static final Duration WATCH_HEARTBEAT_TIMEOUT = Duration.ofSeconds(15);
    /** Time beyond the deadline in its request in which a waiting activity reports what it waited for. */
    private static final Duration DEADLINE_GRACE = Duration.ofSeconds(15);

    private static final int SUMMARY_BYTES = 200;

    /**
     * A short first interval because a lost write is read again immediately; a short maximum because the host waits.
     */
    private static final RetryOptions CONTROL_PLANE_RETRY = RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofMillis(500))
            .setBackoffCoefficient(2)
            .setMaximumInterval(Duration.ofSeconds(10))
            .build();

    /** For compensations and events, which nothing waits for: backs off to a minute. */
    private static final RetryOptions BACKGROUND_RETRY = RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofSeconds(1))
            .setBackoffCoefficient(2)
            .setMaximumInterval(Duration.ofSeconds(60))
            .build();

    /** A retry may need another task queue, which only the workflow can choose. */
    private static final RetryOptions NO_RETRY =
            RetryOptions.newBuilder().setMaximumAttempts(1).build();

    private StepOptions() {}

    /** Options of a few API calls without an effect that needs compensation. */
    public static ActivityOptions read(String summary) {
        return options(summary, CONTROL_PLANE_CALL_TIMEOUT, CONTROL_PLANE_RETRY)
                .setScheduleToCloseTimeout(CONTROL_PLANE_RETRY_TIME)
                .build();
    }

    /** Options of calls with effects: an aborted join waits for them to end before it compensates. */
    public static ActivityOptions write(String summary) {
        return ActivityOptions.newBuilder(read(summary))
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .build();
    }

    /** As {@link #write}, of a wait that has effects meanwhile and ends by itself. */
    public static ActivityOptions write(String summary, Duration wait) {
        return ActivityOptions.newBuilder(write(summary))
                .setStartToCloseTimeout(wait.plus(CONTROL_PLANE_CALL_TIMEOUT))
                .setHeartbeatTimeout(WATCH_HEARTBEAT_TIMEOUT)
                .build();
    }

    /** Options of issuing a token, which competes with other writers for cluster-info. */
    public static ActivityOptions issueToken(String summary) {
        return ActivityOptions.newBuilder(write(summary))
                .setStartToCloseTimeout(ISSUE_TIMEOUT)
                .build();
    }

    /** Options of a wait on a watch, which ends by itself after the limit. */
    public static ActivityOptions watch(String summary, Duration limit) {
        return options(summary, limit.plus(DEADLINE_GRACE), CONTROL_PLANE_RETRY)
                .setScheduleToCloseTimeout(limit.plus(DEADLINE_GRACE))
                .setHeartbeatTimeout(WATCH_HEARTBEAT_TIMEOUT)
                .build();
    }

    /** As {@link #watch}, of a wait that has effects meanwhile: an aborted run waits for it to end before it compensates. */
    public static ActivityOptions watchWithEffects(String summary, Duration limit) {
        return ActivityOptions.newBuilder(watch(summary, limit))
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .build();
    }

    /** Options of a compensation; retried for as long as the API server is unavailable. */
    public static ActivityOptions compensation(String summary) {
        return options(summary, CONTROL_PLANE_CALL_TIMEOUT, BACKGROUND_RETRY).build();
    }

    /** Options of publishing an event; retried for as long as the broker is unavailable. */
    public static ActivityOptions event(String summary) {
        return options(summary, BROKER_CALL_TIMEOUT, BACKGROUND_RETRY).build();
    }

    /**
     * Options of one command through one gateway replica. A dead replica is detected before the command's limit, so
     * that its host is not blamed.
     */
    public static ActivityOptions hostCommand(String summary, String taskQueue, Duration limit) {
        return options(summary, limit.plus(AGENT_HEARTBEAT_TIMEOUT), NO_RETRY)
                .setTaskQueue(taskQueue)
                .setScheduleToStartTimeout(REPLICA_START_TIMEOUT)
                .setHeartbeatTimeout(AGENT_HEARTBEAT_TIMEOUT)
                .build();
    }

    /**
     * Returns these options for an activity of the approver. Temporal compares no task queue at a replay, so a history from
     * before this queue goes on: what it has scheduled stays on its queue, what comes next is the approver's.
     */
    public static ActivityOptions byApprover(ActivityOptions options) {
        return ActivityOptions.newBuilder(options)
                .setTaskQueue(TaskQueues.APPROVER)
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
